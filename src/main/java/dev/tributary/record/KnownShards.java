package dev.tributary.record;

import java.util.Set;

/**
 * The shards that there are positions of.
 *
 * @param open whose streams have not come to their end
 * @param ended whose streams have, and whose rows are handed over once those of others have that end by the same reshard
 * @param closed whose rows other shards have
 */
public record KnownShards(Set<ShardId> open, Set<ShardId> ended, Set<ShardId> closed) {
    /** None: a pipeline that has not begun. */
    public static final KnownShards NONE = new KnownShards(Set.of(), Set.of(), Set.of());

    public KnownShards {
        open = Set.copyOf(open);
        ended = Set.copyOf(ended);
        closed = Set.copyOf(closed);
    }

    /** Whether there is nothing to be read of a shard any more. */
    public boolean isOver(ShardId shard) {
        return ended.contains(shard) || closed.contains(shard);
    }
}
