package dev.tributary.stream;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes on the heap that the records of all streams of the process may take together. Counts, and never refuses: whoever sees that
 * there is no room asks its server for nothing more until there is. Safe for any thread.
 */
final class ByteBudget {
    private final long max;
    private final AtomicLong used = new AtomicLong();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    ByteBudget(long max) {
        this.max = max;
    }

    long used() {
        return used.get();
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

    /** Calls back once there is room, on the thread of whoever gives it. */
    void onRoom(Runnable waiter) {
        waiting.add(waiter);
        if (used.get() <= max / 2 && waiting.remove(waiter)) {
            waiter.run();
        }
    }
}
