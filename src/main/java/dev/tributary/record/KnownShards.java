package dev.tributary.record;

import java.time.Duration;
import java.util.Set;

/**
 * The shards that there are positions of.
 *
 * @param open whose streams have not come to their end
 * @param ended whose streams have, and whose rows are handed over once those of others have that end by the same reshard
 * @param closed whose rows other shards have
 * @param old those of {@code closed} that have been so for {@link #OLD}
 */
public record KnownShards(Set<ShardId> open, Set<ShardId> ended, Set<ShardId> closed, Set<ShardId> old) {
    /** Longer than any stream keeps a shard that has ended, by a day. */
    public static final Duration OLD = Duration.ofDays(2);

    /** None: a pipeline that has not begun. */
    public static final KnownShards NONE = new KnownShards(Set.of(), Set.of(), Set.of());

    public KnownShards {
        open = Set.copyOf(open);
        ended = Set.copyOf(ended);
        closed = Set.copyOf(closed);
        old = Set.copyOf(old);
    }

    /** Where none of the closed ones is old. */
    public KnownShards(Set<ShardId> open, Set<ShardId> ended, Set<ShardId> closed) {
        this(open, ended, closed, Set.of());
    }

    /** Whether anything is known of a shard. */
    public boolean knows(ShardId shard) {
        return open.contains(shard) || isOver(shard);
    }

    /** Whether there is nothing to be read of a shard any more. */
    public boolean isOver(ShardId shard) {
        return ended.contains(shard) || closed.contains(shard);
    }
}
