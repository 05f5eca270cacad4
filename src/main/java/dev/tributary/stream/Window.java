package dev.tributary.stream;

import dev.tributary.record.ChangeBatch;

/**
 * What one stream holds: records that are read, and batches that are sent and not yet acknowledged. Keeps the process's
 * budget told of it, and forgets it all at once when the stream is stopped. Used on the context of its verticle only.
 */
final class Window {
    /** Batches on their way: one that is written, and one that is ready when that is done. */
    private static final int BATCHES = 2;

    private final ByteBudget budget;
    private int batches;
    private long bytes;
    private boolean closed;

    Window(ByteBudget budget) {
        this.budget = budget;
    }

    /** A record was read. */
    void read(long size) {
        bytes += size;
        budget.take(size);
    }

    void sent() {
        batches++;
    }

    /** Whether the batch was on its way; it is not once the stream is stopped, whatever comes of it. */
    boolean acknowledged(ChangeBatch batch) {
        if (closed) {
            return false;
        }
        batches--;
        bytes -= batch.bytes();
        budget.give(batch.bytes());
        return true;
    }

    boolean isFull() {
        return batches >= BATCHES;
    }

    /** Whether nothing is on its way. */
    boolean isQuiet() {
        return batches == 0;
    }

    boolean isClosed() {
        return closed;
    }

    /** Bytes that are read and not durable. */
    long bytes() {
        return bytes;
    }

    /** Gives all of it back; what is still on its way does not count any more. */
    void close() {
        closed = true;
        budget.give(bytes);
        bytes = 0;
        batches = 0;
    }
}
