package dev.tributary.checkpoint;

import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a shard when it is claimed.
 *
 * @param shard whose
 * @param epoch the claim's number; every later claim has a greater one
 * @param changes where the change stream goes on; null before it has begun
 * @param tables the source tables whose rows are carried, or will be once their parts are copied; null if the shard was
 *     never planned
 * @param parts the parts of the snapshot that are not yet forgotten
 * @param closed whether it has come to its end: its rows are others', or will be
 */
public record ShardCheckpoint(
        ShardId shard,
        long epoch,
        @Nullable Position changes,
        @Nullable Set<String> tables,
        List<PartCheckpoint> parts,
        boolean closed) {
    /** Behind the name of a table that is followed no more; no table's own name can end with a blank. */
    public static final String LEFT = " ";

    /** A shard that has not come to its end. */
    public ShardCheckpoint(
            ShardId shard,
            long epoch,
            @Nullable Position changes,
            @Nullable Set<String> tables,
            List<PartCheckpoint> parts) {
        this(shard, epoch, changes, tables, parts, false);
    }

    public ShardCheckpoint {
        Objects.requireNonNull(shard);
        tables = tables == null ? null : Set.copyOf(tables);
        parts = List.copyOf(parts);
    }

    /** What is left without some tables; closed if that is nothing, and nothing was followed. */
    public ShardCheckpoint without(Set<String> left) {
        Set<String> remaining = new HashSet<>(Objects.requireNonNullElse(tables, Set.of()));
        remaining.removeAll(left);
        return new ShardCheckpoint(
                shard,
                epoch,
                changes,
                remaining,
                parts.stream().filter(part -> !left.contains(part.id().table())).toList(),
                changes == null && remaining.stream().allMatch(name -> name.endsWith(LEFT)));
    }
}
