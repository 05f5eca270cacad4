package dev.tributary.stream;

import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/**
 * Lets a few shards of the process copy at a time, in the order in which they asked: so that each has room for whole batches, and
 * the source no more copies open than it must. Safe for any thread.
 */
final class CopyTurns {
    private final Semaphore free;
    /** At most one of each shard. */
    private final Deque<Runnable> waiting = new ConcurrentLinkedDeque<>();

    CopyTurns(int most) {
        this.free = new Semaphore(most);
    }

    /**
     * Calls back when it is the caller's turn, on the thread of whoever gives one up or at once; {@link #give} ends that.
     *
     * @param first whether it goes before those that wait already
     */
    void take(Runnable waiter, boolean first) {
        if (first) {
            waiting.addFirst(waiter);
        } else {
            waiting.addLast(waiter);
        }
        serve();
    }

    /** Does not call back any more, unless it is doing so already. */
    void forget(Runnable waiter) {
        waiting.remove(waiter);
    }

    void give() {
        free.release();
        serve();
    }

    private void serve() {
        while (!waiting.isEmpty() && free.tryAcquire()) {
            Runnable next = waiting.poll();
            if (next == null) {
                free.release();
            } else {
                next.run();
            }
        }
    }
}
