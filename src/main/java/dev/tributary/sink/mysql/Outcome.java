package dev.tributary.sink.mysql;

import org.jspecify.annotations.Nullable;

/**
 * What became of a transaction's statements, once every one of them is answered.
 *
 * @param matched how many rows each matched
 * @param failedAt the first statement that failed, or -1
 * @param failure why
 */
record Outcome(int[] matched, int failedAt, @Nullable Throwable failure) {}
