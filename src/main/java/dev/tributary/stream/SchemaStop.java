package dev.tributary.stream;

import dev.tributary.record.SchemaChange;
import org.jspecify.annotations.Nullable;

/** The schema change that a change stream has come to, if it has. Used by one pump, on its context. */
final class SchemaStop {
    private @Nullable SchemaChange change;
    private boolean pastParts;
    private long committedAt;
    private boolean told;
    private boolean passed;

    void reach(SchemaChange reached, boolean isPastParts, long at) {
        change = reached;
        pastParts = isPastParts;
        committedAt = at;
    }

    boolean isReached() {
        return change != null;
    }

    /** The change, once, where it is to be told. */
    @Nullable
    SchemaChange tell() {
        SchemaChange untold = told ? null : change;
        told = true;
        return untold;
    }

    /** The stream may go on behind it. */
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
