package dev.tributary.stream;

import org.jspecify.annotations.Nullable;

/**
 * What one stream holds: records that are read, and batches that are sent and not yet acknowledged. Keeps the process's
 * budget told of it, and forgets it all at once when the stream is stopped. Used on the context of its verticle only.
 */
final class Window {
    /** Batches on their way: one that is written, and one that is ready when that is done. */
    private static final int BATCHES = 2;

    private final BudgetShare share;
    private @Nullable Runnable waiter;
    private int batches;
    private long bytes;
    private boolean closed;

    Window(BudgetShare share) {
        this.share = share;
    }

    /** A record was read. */
    void read(long size) {
        bytes += size;
        share.take(size);
    }

    void sent() {
        batches++;
    }

    /** Whether a batch was on its way; none is once the stream is stopped, whatever comes of them. */
    boolean acknowledged(long size) {
        if (closed) {
            return false;
        }
        batches--;
        bytes -= size;
        share.give(size);
        return true;
    }

    /** Whether the shard holds as much as it may, beside what the others of the process hold. */
    boolean isTight() {
        return !share.hasRoom();
    }

    /** Calls back once there is room, on any thread; one call waits at a time, until it is {@link #woken}. */
    void onRoom(Runnable action) {
        if (waiter == null && !closed) {
            waiter = action;
            share.onRoom(action);
        }
    }

    void woken() {
        waiter = null;
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

    /** What is read and not durable takes on the heap. */
    long bytes() {
        return bytes;
    }

    /** Gives all of it back; what is still on its way does not count any more. */
    void close() {
        closed = true;
        if (waiter != null) {
            share.forget(waiter);
            waiter = null;
        }
        share.give(bytes);
        bytes = 0;
        batches = 0;
    }
}
