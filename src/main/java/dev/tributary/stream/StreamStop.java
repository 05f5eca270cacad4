package dev.tributary.stream;

import dev.tributary.record.Reshard;
import dev.tributary.record.SchemaChange;
import org.jspecify.annotations.Nullable;

/** What a change stream has ended at, if it has: a schema change, or the end of its shard. Used by one pump, on its context. */
final class StreamStop {
    private @Nullable SchemaChange change;
    private @Nullable Reshard reshard;
    private boolean pastParts;
    private long committedAt;
    private boolean told;
    private boolean passed;

    void reach(SchemaChange reached, boolean isPastParts, long at) {
        change = reached;
        pastParts = isPastParts;
        committedAt = at;
    }

    void reach(Reshard reached) {
        reshard = reached;
    }

    boolean isReached() {
        return change != null || reshard != null;
    }

    /** Whether it is the end of its shard. */
    boolean isEnd() {
        return reshard != null;
    }

    /** Tells it once. */
    void tell(StreamPump pump, PumpOwner owner) {
        if (told) {
            return;
        }
        told = true;
        if (change != null) {
            owner.onSchemaChange(pump, change);
        } else if (reshard != null) {
            owner.onReshard(pump, reshard);
        }
    }

    /** The stream may go on behind the schema change. */
    void pass(NextBatch next) {
        if (change != null) {
            passed = true;
            next.reach(change.after(), pastParts, committedAt);
        }
    }

    boolean isPassed() {
        return passed;
    }
}
