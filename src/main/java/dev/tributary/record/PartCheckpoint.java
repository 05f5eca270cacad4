package dev.tributary.record;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A part of a shard's snapshot.
 *
 * @param id which part
 * @param range the key range, in words of the source that made it; empty for a whole table
 * @param position where its copy goes on, or where it ended; null if nothing of it is durable
 * @param copied whether its copy is over
 * @param late whether the change stream goes on without its table: behind its copy it follows the table's changes itself, until
 *     both are at one place
 */
public record PartCheckpoint(
        PartId id, String range, @Nullable Position position, boolean copied, boolean late) {
    public PartCheckpoint {
        Objects.requireNonNull(id);
        Objects.requireNonNull(range);
        if (copied && position == null) {
            throw new IllegalArgumentException("part " + id + " is copied but has no position");
        }
    }

    /** A part that the change stream waits for, or takes into account. */
    public PartCheckpoint(PartId id, String range, @Nullable Position position, boolean copied) {
        this(id, range, position, copied, false);
    }
}
