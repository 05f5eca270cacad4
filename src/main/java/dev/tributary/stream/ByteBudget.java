package dev.tributary.stream;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes on the heap that the records of all streams of the process may take together. Counts, and never refuses: whoever sees that
 * there is no room takes no more messages until there is. Safe for any thread.
 */
final class ByteBudget {
    private final long max;
    private final AtomicLong used = new AtomicLong();
    /** At most one of each open stream. */
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    ByteBudget(long max) {
        this.max = max;
    }

    long used() {
        return used.get();
    }

    /** How many wait for room. */
    int waiting() {
        return waiting.size();
    }

    boolean hasRoom() {
        return used.get() < max;
    }

    void take(long bytes) {
        used.addAndGet(bytes);
    }

    /** Gives bytes back; once half of all is free, everybody who waits is called. */
    void give(long bytes) {
        if (used.addAndGet(-bytes) <= max / 2) {
            for (Runnable waiter = waiting.poll(); waiter != null; waiter = waiting.poll()) {
                waiter.run();
            }
        }
    }

    /** Calls back once there is room, on the thread of whoever gives it; not if it is forgotten first. */
    void onRoom(Runnable waiter) {
        waiting.add(waiter);
        if (used.get() <= max / 2 && waiting.remove(waiter)) {
            waiter.run();
        }
    }

    /** Does not call back any more: who waited has ended, and is not to be kept in memory by its place in the queue. */
    void forget(Runnable waiter) {
        waiting.remove(waiter);
    }
}
