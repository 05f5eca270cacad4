package dev.tributary.stream;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes on the heap that the records of all streams of the process may take together. Counts, and never refuses: whoever sees
 * that its {@link BudgetShare} has no room takes no more messages until it has. Safe for any thread.
 */
final class ByteBudget {
    private final long max;
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong mostUsed = new AtomicLong();
    /** At most one of each open stream. */
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    ByteBudget(long max) {
        this.max = max;
    }

    long used() {
        return used.get();
    }

    /** The most that was used at once. */
    long mostUsed() {
        return mostUsed.get();
    }

    /** How many wait for room. */
    int waiting() {
        return waiting.size();
    }

    /** What may still be taken; negative where more was taken. */
    long free() {
        return max - used.get();
    }

    void take(long bytes) {
        long now = used.addAndGet(bytes);
        // once it has been there it costs each record a look
        if (now > mostUsed.get()) {
            mostUsed.accumulateAndGet(now, Math::max);
        }
    }

    /**
     * Gives bytes back, and calls whoever has waited longest; once half of all is free, everybody. That may never be while a
     * shard stalls that holds the other half.
     */
    void give(long bytes) {
        long left = used.addAndGet(-bytes);
        Runnable waiter = left < max ? waiting.poll() : null;
        while (waiter != null) {
            waiter.run();
            waiter = left <= max / 2 ? waiting.poll() : null;
        }
    }

    /** Is called with room that is given from now on, on the thread of whoever gives it; not if it is forgotten first. */
    void onRoom(Runnable waiter) {
        waiting.add(waiter);
    }

    /**
     * Does not call back any more: who waited has ended, and is not to be kept in memory by its place in the queue. Whether it
     * was still waiting.
     */
    boolean forget(Runnable waiter) {
        return waiting.remove(waiter);
    }
}
