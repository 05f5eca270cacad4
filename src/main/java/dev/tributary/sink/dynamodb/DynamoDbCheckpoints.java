package dev.tributary.sink.dynamodb;

import dev.tributary.checkpoint.CarriedTables;
import dev.tributary.checkpoint.CheckpointStore;
import dev.tributary.checkpoint.Members;
import dev.tributary.checkpoint.Replica;
import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.checkpoint.ShardOwner;
import dev.tributary.checkpoint.TableColumns;
import dev.tributary.checkpoint.WaitingShards;
import dev.tributary.dynamodb.DynamoDbFailures;
import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import dev.tributary.record.StreamId;
import io.smallrye.mutiny.Uni;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints in a table of their own: an entry for each shard's change stream, which has the shard's epoch, and one for each part that is
 * not forgotten. Every change of one is made under the condition that its epoch is still the writer's.
 */
final class DynamoDbCheckpoints implements CheckpointStore {
    /** The table's name, behind the prefix. */
    static final String TABLE = "tributary_checkpoint";

    private final Entries entries;
    private final String pipeline;
    private final TargetTables tables;
    private final LongSupplier clock;
    private final LeaseEntries leases;
    private final OwnClaims own;
    private final ShardClaims claims;
    private final ColumnEntries columns;
    private final HandOvers handOvers;
    private final LateTables late;
    private final Function<ShardId, Uni<Void>> quiet;

    /**
     * @param ahead deletes what a copy has written beyond its position
     * @param clock the service's time, in milliseconds since 1970
     * @param quiet has this process end what it has under way of a shard
     */
    DynamoDbCheckpoints(
            Entries entries,
            String pipeline,
            LeaseEntries leases,
            TargetTables tables,
            KeysAhead ahead,
            LongSupplier clock,
            Function<ShardId, Uni<Void>> quiet) {
        if (pipeline.isBlank() || pipeline.length() > 128) {
            throw new PipelineException(Kind.SETTING, "TRIBUTARY_PIPELINE: a name of 1 to 128 characters is expected");
        }
        this.entries = entries;
        this.pipeline = pipeline;
        this.tables = tables;
        this.clock = clock;
        this.quiet = quiet;
        this.leases = leases;
        this.own = new OwnClaims(leases.watch());
        this.claims = new ShardClaims(
                entries, pipeline, leases, leases.watch().lease().owner(), ahead, new ConcurrentHashMap<>());
        this.columns = new ColumnEntries(entries, pipeline);
        this.handOvers = new HandOvers(entries, pipeline, claims, columns, clock);
        this.late = new LateTables(entries, pipeline, claims);
    }

    ColumnEntries columnEntries() {
        return columns;
    }

    @Override
    public Uni<Void> open() {
        return tables.createCheckpoints(entries.table());
    }

    @Override
    public Uni<KnownShards> shards() {
        return handOvers.settled().map(heads -> {
            long now = clock.getAsLong();
            List<ShardHead> planned = heads.values().stream()
                    .filter(head -> head.tables() != null)
                    .toList();
            return new KnownShards(
                    shards(planned, ShardHead::isOpen),
                    shards(planned, head -> head.state().equals(ShardHead.ENDED)),
                    shards(planned, head -> head.state().equals(ShardHead.CLOSED)),
                    shards(planned, head -> head.isOld(now)));
        });
    }

    @Override
    public Uni<Integer> forget(ShardId holder, long epoch, Set<ShardId> gone) {
        return new ClosedEntries(entries, pipeline, claims, clock).forget(holder, epoch, handOvers.heads(), gone);
    }

    private static Set<ShardId> shards(List<ShardHead> heads, Predicate<ShardHead> wanted) {
        return heads.stream().filter(wanted).map(ShardHead::shard).collect(Collectors.toSet());
    }

    @Override
    public Uni<Void> close(ShardId shard, long epoch, Reshard reshard, Set<String> kept) {
        return handOvers.close(shard, epoch, reshard, kept);
    }

    @Override
    public Uni<Void> leave(ShardCheckpoint claimed, Set<String> left, Set<String> swept, Set<String> kept) {
        if (!swept.isEmpty()) {
            // never, as TRIBUTARY_LOST_POSITION=resnapshot is refused at the start
            return Uni.createFrom()
                    .failure(new PipelineException(
                            Kind.FATAL,
                            claimed.shard() + ": tables " + swept
                                    + " would have to be copied again over their items: start a new pipeline"
                                    + " (TRIBUTARY_PIPELINE) into empty tables (a prefix in TRIBUTARY_SINK)"));
        }
        return claims.leave(claimed, left).chain(handOvers::settled).replaceWithVoid();
    }

    @Override
    public Uni<Members> renew(WaitingShards waiting, boolean stopping) {
        return leases.renew(waiting, stopping);
    }

    @Override
    public Uni<List<Replica>> replicas() {
        return orNone(leases.told());
    }

    @Override
    public Uni<List<ShardOwner>> owners() {
        return orNone(handOvers
                .heads()
                .map(heads -> heads.values().stream()
                        .map(head -> new ShardOwner(
                                head.shard(),
                                head.owner(),
                                head.epoch(),
                                head.position(),
                                head.isCopied(),
                                head.stage()))
                        .toList()));
    }

    private static <T> Uni<List<T>> orNone(Uni<List<T>> found) {
        return found.onFailure(DynamoDbFailures::isMissing).recoverWithItem(List.of());
    }

    @Override
    public Uni<ShardCheckpoint> look(ShardId shard) {
        return claims.look(shard);
    }

    @Override
    public Uni<Void> release(Collection<ShardId> shards) {
        return Entries.forEach(List.copyOf(shards), shard -> {
            Uni<Void> released = claims.release(shard);
            return own.left(shard).chain(() -> quiet.apply(shard)).chain(() -> released);
        });
    }

    @Override
    public Uni<Void> resign(Collection<ShardId> shards) {
        return release(shards).chain(leases::end);
    }

    @Override
    public Uni<ShardCheckpoint> claim(ShardId shard) {
        // nothing but time keeps a write apart that was sent under the epoch before
        return own.claim(shard, permit -> quiet.apply(shard).chain(() -> claims.claim(shard, permit)));
    }

    /** Throws if what was claimed under that epoch may be another process's by now. */
    void verify(ShardId shard, long epoch) {
        own.verify(shard, epoch);
    }

    @Override
    public Uni<Void> plan(
            ShardCheckpoint claimed, @Nullable Position changes, Set<String> tables, List<PartCheckpoint> added) {
        return claims.plan(claimed, changes, tables, added);
    }

    @Override
    public Uni<CarriedTables> carried() {
        return handOvers.heads().map(heads -> {
            Map<String, Set<String>> carried = new HashMap<>();
            Map<String, Set<String>> left = new HashMap<>();
            for (ShardHead head : heads.values()) {
                for (String name : head.state().equals(ShardHead.CLOSED) ? Set.<String>of() : head.carried()) {
                    (name.endsWith(ShardCheckpoint.LEFT) ? left : carried)
                            .computeIfAbsent(name.stripTrailing(), table -> new HashSet<>())
                            .add(head.shard().keyspace());
                }
            }
            return new CarriedTables(carried, left);
        });
    }

    @Override
    public Uni<Void> join(ShardId shard, long epoch, Position at) {
        return late.join(shard, epoch, at);
    }

    @Override
    public Uni<Map<String, TableColumns>> columns(ShardId shard) {
        return columns.byTable(shard);
    }

    @Override
    public Uni<Void> keepColumns(ShardCheckpoint claimed, Map<String, List<ColumnDefinition>> kept) {
        return columns.keep(claimed, kept);
    }

    /**
     * Saves a batch's mark, whose rows are durable. Fails as {@code FENCED} if another process has claimed the shard since.
     *
     * @param number of the batch, greater than those of all that its stream had before under its epoch; a save that comes too late
     *     does not undo a later one
     */
    Uni<Void> save(ChangeBatch batch, long number) {
        return switch (batch.mark()) {
            case Mark.Boundary(Position at) -> save(batch, number, at, false);
            case Mark.Chunk(Position at) -> save(batch, number, at, false);
            case Mark.Copied(Position at) -> save(batch, number, at, true);
            case Mark.PastParts(Position at) -> save(batch, number, at, false).chain(() -> forgetParts(batch));
            case Mark.Open() ->
                Uni.createFrom()
                        .failure(new PipelineException(
                                Kind.FATAL,
                                batch.stream()
                                        + ": its table can't be taken up in the middle of its copy, and DynamoDB has no"
                                        + " transaction that would hold all of it: leave the table out (TRIBUTARY_SOURCE,"
                                        + " parameter 'exclude')"));
        };
    }

    private Uni<Void> save(ChangeBatch batch, long number, Position at, boolean copied) {
        StreamId stream = batch.stream();
        EntryChange change = new EntryChange(EntryId.stream(pipeline, stream))
                .set("position", at.text())
                .set("saved_epoch", batch.epoch())
                .set("saves", number)
                .when(
                        "{epoch} = ? AND (attribute_not_exists({saved_epoch}) OR {saved_epoch} <> ? OR {saves} <= ?)",
                        batch.epoch(),
                        batch.epoch(),
                        number);
        return entries.change(copied ? change.set("copied", true) : change)
                .invoke(saved -> {
                    if (saved.isEmpty()) {
                        throw ShardClaims.fenced(stream.shard(), batch.epoch());
                    }
                })
                .replaceWithVoid();
    }

    private Uni<Void> forgetParts(ChangeBatch batch) {
        return entries.query(EntryId.group(pipeline, batch.stream().shard()), EntryId.PART)
                .flatMap(parts -> Entries.forEach(
                        parts.stream()
                                .filter(part -> part.flag("copied") && !part.flag("late"))
                                .toList(),
                        part -> entries.together(List.of(
                                        new EntryChange(part.id()).delete().when("{epoch} = ?", batch.epoch())))
                                .replaceWithVoid()));
    }
}
