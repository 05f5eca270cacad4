package dev.tributary.checkpoint;

import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import io.smallrye.mutiny.Uni;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps where every stream stands. Positions of running streams are saved by the sink, with the rows; the store claims and
 * plans. May be called on any thread; fails with a {@link dev.tributary.record.PipelineException}.
 */
public interface CheckpointStore {
    /** Makes ready what holds the checkpoints, if it is not there yet. */
    Uni<Void> open();

    /** The shards that were ever planned. */
    default Uni<KnownShards> shards() {
        return Uni.createFrom().item(KnownShards.NONE);
    }

    /**
     * Ends a shard whose stream has come to its end; and where it is the last of those that end together, closes them and opens
     * their children, all at once. The children carry on with the tables that every parent has carried to its end; what others
     * are at the target of some is to be swept, as their copies begin again. Fails as {@code FENCED} if another process has
     * claimed it since, as {@code FATAL} where such a table has no key.
     *
     * @param kept tables that are not to be copied over rows that are there
     */
    default Uni<Void> close(ShardId shard, long epoch, Reshard reshard, Set<String> kept) {
        return Uni.createFrom().voidItem();
    }

    /**
     * Has a claimed shard carry tables no more that are not wholly copied, and forget how far they are. Where nothing is left, and
     * no changes were followed, it is as if the shard had never been planned, and as if it had ended with others that wait for
     * that. Fails as {@link #close} does.
     *
     * @param left the tables
     * @param swept those of them of which the target may have rows
     * @param kept tables that are not to be copied over rows that are there
     */
    default Uni<Void> leave(ShardCheckpoint claimed, Set<String> left, Set<String> swept, Set<String> kept) {
        return Uni.createFrom().voidItem();
    }

    /**
     * Tables that are to be swept.
     *
     * @param served the shards that the source serves
     */
    default Uni<List<Sweep>> sweeps(Set<ShardId> served) {
        return Uni.createFrom().item(List.of());
    }

    /** What is not at the source any more is deleted, unless that is wanted again since. */
    default Uni<Void> swept(Sweep sweep) {
        return Uni.createFrom().voidItem();
    }

    /**
     * Forgets closed shards that nobody can need again, the oldest first and no more than a few dozen at a time; what is left is
     * the next call's. One goes if it has been closed for {@link KnownShards#OLD}, every shard that has its rows is known itself,
     * and none is left that was before it and is one of {@code gone}, or younger. May be asked for again and again, and by several
     * processes at once. Fails as {@code FENCED} if another process has claimed {@code holder} since: nothing is
     * forgotten then, or, where more than one transaction is needed (DynamoDB) and the claim came between two of them, what the
     * first have deleted.
     *
     * @param holder a shard of the same keyspace that this process has claimed, under this epoch
     * @param gone shards of the keyspace that the source has no more
     * @return how many are forgotten
     */
    default Uni<Integer> forget(ShardId holder, long epoch, Set<ShardId> gone) {
        return Uni.createFrom().item(0);
    }

    /**
     * Renews this process's lease, or takes one; tells every process of the pipeline that has or had one, this one too.
     *
     * @param waiting which of its shards stand still
     * @param stopping whether others see it as {@link Lease#stopping()} from now on
     */
    Uni<Members> renew(WaitingShards waiting, boolean stopping);

    /** Every process that has or had a lease; without taking one. None where there is no checkpoint. */
    Uni<List<Replica>> replicas();

    /** Who has the shards that were ever claimed; none where there is no checkpoint. */
    Uni<List<ShardOwner>> owners();

    /** What a claim of a shard would find. */
    Uni<ShardCheckpoint> look(ShardId shard);

    /** Gives shards back that this process has and writes no more, so that another may claim them at once. */
    Uni<Void> release(Collection<ShardId> shards);

    /** The same at the end of the process, whose lease ends. */
    Uni<Void> resign(Collection<ShardId> shards);

    /**
     * Takes a shard over: raises its epoch, so that whoever had it can't save any more, waits for what that one has
     * under way, and tells what is durable. Fails as {@code FENCED} where another process has it that has a lease.
     */
    Uni<ShardCheckpoint> claim(ShardId shard);

    /**
     * Stores which tables a claimed shard carries and which parts are to be copied first, all or nothing.
     *
     * @param claimed the shard, under the epoch of its claim; fails as {@code FENCED} if that is no longer its epoch
     * @param changes where the change stream begins if it does so without a snapshot, or null
     * @param tables every table that the shard carries from now on
     * @param added parts to add, not started
     */
    Uni<Void> plan(ShardCheckpoint claimed, @Nullable Position changes, Set<String> tables, List<PartCheckpoint> added);

    /** Which keyspaces carry, or carried, tables of which name. */
    default Uni<CarriedTables> carried() {
        return Uni.createFrom().item(CarriedTables.NONE);
    }

    /**
     * As {@link #plan}, where there are several keyspaces. Fails as {@code TRANSIENT} if shards of another one carry a table that
     * has parts to add.
     *
     * @param inherited tables of which the target has rows that another keyspace's shards have left there: to be swept
     */
    default Uni<Void> planAlone(
            ShardCheckpoint claimed,
            @Nullable Position changes,
            Set<String> tables,
            List<PartCheckpoint> added,
            Set<String> inherited) {
        return plan(claimed, changes, tables, added);
    }

    /**
     * Hands the tables that came later over to a claimed shard's change stream: their parts are copied, and hold everything that
     * it has passed. Fails as {@code FENCED} if another process has claimed it since, as {@code TRANSIENT} if it stands elsewhere.
     *
     * @param at where the change stream stands
     */
    default Uni<Void> join(ShardId shard, long epoch, Position at) {
        return Uni.createFrom().voidItem();
    }

    /** The columns that the rows of a shard's tables have where its change stream goes on, by source table. */
    default Uni<Map<String, TableColumns>> columns(ShardId shard) {
        return Uni.createFrom().item(Map.of());
    }

    /** Stores the columns of tables of a claimed shard; fails as {@code FENCED} if another process has claimed it since. */
    default Uni<Void> keepColumns(ShardCheckpoint claimed, Map<String, List<ColumnDefinition>> columns) {
        return Uni.createFrom().voidItem();
    }
}
