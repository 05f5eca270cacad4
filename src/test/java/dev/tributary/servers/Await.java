package dev.tributary.servers;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for a condition, with a deadline and an error that shows what was seen instead. */
public final class Await {
    private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();

    private Await() {}

    /** Something that becomes true, or throws for as long as it can't be told. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws Exception;
    }

    /**
     * Returns once {@code condition} holds. An exception of the condition counts as "not yet".
     *
     * @param what names the condition in the error
     * @param evidence is added to the error: a log's tail, a state
     */
    public static void until(String what, Duration limit, Condition condition, Supplier<String> evidence) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            Exception last = null;
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (InterruptedException e) {
                throw interrupted(what, e);
            } catch (Exception e) {
                last = e;
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "not within " + limit.toSeconds() + " s: " + what + "\n" + evidence.get(), last);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
            if (Thread.interrupted()) {
                throw interrupted(what, null);
            }
        }
    }

    private static CancellationException interrupted(String what, @Nullable InterruptedException cause) {
        Thread.currentThread().interrupt();
        CancellationException e = new CancellationException("interrupted while waiting: " + what);
        if (cause != null) {
            e.initCause(cause);
        }
        return e;
    }
}
