package dev.tributary.stream;

import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A shard stream as seen from outside.
 *
 * @param trouble why its last try failed, as long as it does not read again; else null
 * @param epoch the number of this process's last claim; 0 before the first
 * @param position the change stream's last durable position; null before there is one
 * @param heldBytes what changes that are read and not durable take on the heap
 * @param failures transient failures since the process began
 * @param lagMillis how far the target is behind the source; -1 while the shard is not yet copied
 * @param streams progress of the streams that are open, and of the parts that are copied while others are not
 */
public record ShardStatus(
        ShardId shard,
        StreamState state,
        @Nullable String trouble,
        long epoch,
        @Nullable Position position,
        long heldBytes,
        long rowsDurable,
        long bytesDurable,
        long failures,
        long lagMillis,
        List<StreamProgress> streams) {}
