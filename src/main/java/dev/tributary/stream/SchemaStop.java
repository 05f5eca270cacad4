package dev.tributary.stream;

import dev.tributary.record.SchemaChange;

/**
 * A schema change that a change stream has come to. Used by one pump, on its context.
 */
final class SchemaStop {
    private final SchemaChange change;
    private final boolean pastParts;
    private final long committedAt;
    private boolean told;
    private boolean passed;

    SchemaStop(SchemaChange change, boolean pastParts, long committedAt) {
        this.change = change;
        this.pastParts = pastParts;
        this.committedAt = committedAt;
    }

    SchemaChange change() {
        return change;
    }

    /** Whether it is to be told now; once. */
    boolean tell() {
        boolean first = !told;
        told = true;
        return first;
    }

    /** The stream may go on behind it. */
    void pass(NextBatch next) {
        passed = true;
        next.reach(change.after(), pastParts, committedAt);
    }

    boolean isPassed() {
        return passed;
    }
}
