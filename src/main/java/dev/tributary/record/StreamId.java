package dev.tributary.record;

import java.util.Objects;

/** One ordered stream of a shard: the unit of order, of positions and of what a sink writes one after the other. */
public record StreamId(ShardId shard, PartId part) {
    public StreamId {
        Objects.requireNonNull(shard);
        Objects.requireNonNull(part);
    }

    @Override
    public String toString() {
        return shard + " " + part;
    }
}
