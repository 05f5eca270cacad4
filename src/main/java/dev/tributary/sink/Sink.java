package dev.tributary.sink;

import dev.tributary.checkpoint.CheckpointStore;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.SchemaStep;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.route.RoutedBatch;
import dev.tributary.route.TargetTable;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes batches. All methods may be called on any thread, never block it, and fail with a
 * {@link dev.tributary.record.PipelineException}.
 */
public interface Sink {
    /** Connects, and nothing else. */
    Uni<Void> connect();

    /** Connects, and looks whether the target can be written to; changes nothing. Tells what it found, a line each. */
    Uni<List<String>> check();

    /**
     * Whether these source tables have a place at the target, or would get one; creates nothing. After {@link #check}.
     *
     * @see #prepare
     */
    Uni<Void> verify(Map<SourceTable, TargetTable> tables);

    /** Connects and makes the checkpoints ready. */
    Uni<Void> open();

    /**
     * Whether what is written of an open batch is gone if its stream breaks off: of a target that can't do so, no table may be
     * copied that can't be taken up in the middle.
     */
    boolean rollsBack();

    /** The columns of a table that is made ready; none if it is not there, or if rows of it need not have the same ones. */
    List<ColumnDefinition> columns(TargetTable target);

    /** Whether tables whose columns their rows tell get those that they lack. */
    boolean grows();

    /** The checkpoints that {@link #write} saves positions to. */
    CheckpointStore checkpoints();

    /**
     * To be called before tables are made ready.
     *
     * @param identities what the source's tables are called everywhere: the sink writes to none of them
     */
    default void avoid(Set<String> identities) {}

    /**
     * Makes the target tables ready for rows of these source tables: creates what is missing (unless told not to) and
     * checks what is there. May be called again, with tables that it has seen or not.
     */
    Uni<Void> prepare(Map<SourceTable, TargetTable> tables);

    /**
     * Follows a schema change of the source as the settings say, before which a shard's stream has stopped. May be called
     * again with the same change, in this process or a later one.
     *
     * @param tables where the tables' rows go
     * @return whether the stream may go on; if not, other shards have to come to the same change first
     */
    Uni<Boolean> evolve(SchemaStep step, Map<SourceTable, TargetTable> tables);

    /**
     * Writes one batch; done when it is durable (or, for a batch marked open, taken into its transaction). Batches of one
     * stream are written in the order of the calls, a call need not wait for the one before. After a failure every later
     * batch of that stream and epoch fails too.
     */
    Uni<Void> write(RoutedBatch batch);

    /** Gives up what a stream has under way, without saving: its open transaction, and batches not yet begun. */
    Uni<Void> abandon(ShardId shard, long epoch);

    /** Closes every connection; what is under way is rolled back by the server. */
    Uni<Void> close();
}
