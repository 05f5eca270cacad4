package dev.tributary.record;

import java.util.Set;

/**
 * The shards that there are positions of.
 *
 * @param open whose streams have not come to their end
 * @param closed whose streams have: other shards have their rows
 */
public record KnownShards(Set<ShardId> open, Set<ShardId> closed) {
    /** None: a pipeline that has not begun. */
    public static final KnownShards NONE = new KnownShards(Set.of(), Set.of());

    public KnownShards {
        open = Set.copyOf(open);
        closed = Set.copyOf(closed);
    }
}
