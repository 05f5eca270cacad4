package dev.tributary.stream;

import dev.tributary.record.Position;
import dev.tributary.record.ShardId;

/** What a shard stream tells its supervisor, on the stream's own thread. */
sealed interface ShardEvent {
    /** The source serves the shard, and had this position when the stream began. */
    record Served(ShardId shard, Position position) implements ShardEvent {}

    /** Every part of the snapshot is durable. */
    record Copied(ShardId shard) implements ShardEvent {}

    /** The change stream is durable up to there. */
    record Reached(ShardId shard, Position position) implements ShardEvent {}

    /** The stream has ended with its shard. */
    record Closed(ShardId shard) implements ShardEvent {}

    /** The stream has ended: another process has the shard. */
    record Released(ShardId shard) implements ShardEvent {}

    /** The stream has failed and won't try again. */
    record Failed(ShardId shard, Throwable failure) implements ShardEvent {}
}
