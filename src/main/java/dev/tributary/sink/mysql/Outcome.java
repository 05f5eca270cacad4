package dev.tributary.sink.mysql;

import org.jspecify.annotations.Nullable;

/** What became of a transaction's statements, once every one of them is answered. */
final class Outcome {
    private final int[] matched;
    private final int failedAt;
    private final @Nullable Throwable failure;

    /**
     * @param matched how many rows each matched
     * @param failedAt the first statement that failed, or -1
     * @param failure why
     */
    Outcome(int[] matched, int failedAt, @Nullable Throwable failure) {
        this.matched = matched;
        this.failedAt = failedAt;
        this.failure = failure;
    }

    int matched(int statement) {
        return matched[statement];
    }

    int failedAt() {
        return failedAt;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }
}
