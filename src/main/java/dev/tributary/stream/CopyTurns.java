package dev.tributary.stream;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/**
 * Lets a few shards of the process copy at a time, in the order in which they asked: so that each has room for whole batches, and
 * the source no more copies open than it must. Safe for any thread.
 */
final class CopyTurns {
    private final Semaphore free;
    /** At most one of each shard. */
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    CopyTurns(int most) {
        this.free = new Semaphore(most);
    }

    /** Calls back when it is the caller's turn, on the thread of whoever gives one up or at once; {@link #give} ends that. */
    void take(Runnable waiter) {
        waiting.add(waiter);
        serve();
    }

    /** Does not call back any more; whether that was still to come. */
    boolean forget(Runnable waiter) {
        return waiting.remove(waiter);
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
