package dev.tributary.bench;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CancellationException;

/** Waits for what a contestant does, and for no longer than its process lives. */
final class Watch {
    private Watch() {}

    /** Something that becomes true. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws SQLException;
    }

    /**
     * Returns when it holds.
     *
     * @param pauseMillis between two looks
     * @throws IllegalStateException if the process ends or the time is over before
     */
    static void until(String what, BenchProcess process, Duration limit, int pauseMillis, Condition condition)
            throws SQLException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.holds()) {
            if (!process.isAlive()) {
                throw new IllegalStateException("ended before " + what + ":\n" + process.tail());
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "not within " + limit.toSeconds() + " s: " + what + "\n" + process.tail());
            }
            pause(pauseMillis);
        }
    }

    static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting");
        }
    }
}
