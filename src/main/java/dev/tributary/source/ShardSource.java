package dev.tributary.source;

import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A sharded database whose snapshot and changes can be read, shard by shard. Methods may be called on any thread and fail
 * with a {@link dev.tributary.record.PipelineException}.
 */
public interface ShardSource {
    /** Whether tables are copied first; if not, a new shard starts at the current position. */
    boolean snapshot();

    /**
     * Fails if the shards to read can't be found, or a stream of one of them can't be opened. What fails now is not tried
     * again: a wrong address must not look like a server that is slow to come.
     */
    default Uni<Void> open() {
        return Uni.createFrom().voidItem();
    }

    /**
     * The shards to read. Fails as LOST if one of them has rows of shards that have come to their end and was not opened with
     * that, for to copy it would double what is there; or if one is gone before its last changes were read.
     */
    Uni<SourceShards> shards(KnownShards known);

    /** Fails if the shard takes no writes now: from before its reshard on, until that is taken back, it takes none. */
    default Uni<Void> takesWrites(ShardId shard) {
        return Uni.createFrom().voidItem();
    }

    /** Whether a keyspace is read, by this process or by others of the same URL. */
    default boolean reads(String keyspace) {
        return true;
    }

    /** Whether tables of one name may be in several keyspaces: one of these carries it, and the others' are left out. */
    default boolean hasManyKeyspaces() {
        return false;
    }

    /** Whether this process is to read a shard, now or once it is there. */
    default boolean selects(ShardId shard) {
        return true;
    }

    /** What the tables that are read are called everywhere, if they have such names: no sink may write there. */
    default Set<String> identities() {
        return Set.of();
    }

    /** The tables to read, as they are now, in the order of their names. */
    Uni<List<SourceTable>> tables();

    /**
     * The tables as one shard has them now: while a schema is changed it may be ahead of others, or behind them. Of one that is not
     * served, as the others have them.
     */
    default Uni<List<SourceTable>> tables(ShardId shard) {
        return tables();
    }

    /**
     * Cuts tables of a shard into the parts that are copied on their own; not started.
     *
     * @param ranged which tables may be cut into key ranges; the others are one part each
     */
    Uni<List<PartCheckpoint>> parts(ShardId shard, List<SourceTable> tables, Predicate<SourceTable> ranged);

    /** A position that holds everything that is committed in the shard now, which is served. */
    Uni<Position> current(ShardId shard);

    /**
     * Fails if the source does not answer for a shard while that is copied; as LOST if changes that are made meanwhile are not kept
     * for when it is, so that the copy is in vain. Asked again and again.
     */
    default Uni<Void> answers(ShardId shard) {
        return current(shard).replaceWithVoid();
    }

    /** The position that a change stream begins at which follows copied parts: that of the part which ended first. */
    Position first(List<PartCheckpoint> copied);

    /**
     * Fails as LOST if the shard no longer has what a change stream would need that goes on from the position. Of one that is not
     * served nothing is known.
     */
    Uni<Void> verify(ShardId shard, Position position);

    /** Whether everything up to {@code goal} is part of {@code reached}, two positions of this source's change streams. */
    boolean reached(Position reached, Position goal);

    /** A number that grows with a change stream's position, for a graph of it; NaN if there is none. */
    default double ordinal(Position position) {
        return Double.NaN;
    }

    /**
     * Copies a part, from its position or from the beginning; or follows the changes of one that is copied, from there.
     *
     * @param table the part's table
     * @param until of a part that is copied, what it is to hold at its end; null for another, which ends with its copy
     * @param context where the listener is called, and the reader is to be called
     */
    ChangeReader copy(
            ShardId shard,
            PartCheckpoint part,
            SourceTable table,
            @Nullable Position until,
            Context context,
            ChangeListener listener);

    /**
     * Reads a shard's changes.
     *
     * @param from where the stream goes on, or begins
     * @param parts the parts that are not forgotten: of each, changes up to its position are left out; of the tables of late
     *     ones, nothing is told but that the stream has come to a schema change of theirs
     * @param tables the tables whose changes are told, with the columns that they have at {@code from}
     * @param discovered a position not later than when {@code tables} was looked up: changes of tables that are not
     *     among them are left out up to there, and are a transient failure behind it; null for a shard that is not served: they
     *     are the matter of those that have its rows
     */
    ChangeReader changes(
            ShardId shard,
            Position from,
            List<PartCheckpoint> parts,
            List<SourceTable> tables,
            @Nullable Position discovered,
            Context context,
            ChangeListener listener);

    /**
     * What the target has of a table whose columns its rows tell alone ({@link dev.tributary.record.TableSchema#open}); told
     * before a shard's rows are read, again and again.
     *
     * @param grows whether the target gets columns that it lacks
     */
    default void meet(SourceTable table, List<ColumnDefinition> columns, boolean grows) {}

    /** What it is in words, for an operator. */
    default Uni<String> version() {
        return Uni.createFrom().item("");
    }

    /** What an operator should know of the tables that were looked up last. */
    default List<String> warnings() {
        return List.of();
    }

    /** Whether a part can be taken up in the middle; if not, it is committed as a whole. */
    boolean resumable(SourceTable table);

    /** Closes every connection. */
    Uni<Void> close();
}
