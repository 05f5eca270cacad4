package dev.tributary.record;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A part of a shard's snapshot.
 *
 * @param id which part
 * @param range the key range, in words of the source that made it; empty for a whole table
 * @param position where its copy goes on, or where it ended; null if nothing of it is durable
 * @param copied whether it is over
 */
public record PartCheckpoint(
        PartId id, String range, @Nullable Position position, boolean copied) {
    public PartCheckpoint {
        Objects.requireNonNull(id);
        Objects.requireNonNull(range);
        if (copied && position == null) {
            throw new IllegalArgumentException("part " + id + " is copied but has no position");
        }
    }
}
