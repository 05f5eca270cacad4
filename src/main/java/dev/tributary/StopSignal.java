package dev.tributary;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import sun.misc.Signal;

/**
 * The wish of the process's owner that it ends: SIGTERM, SIGINT or SIGHUP. The JVM's own way would end with their number as
 * exit code, and before anything is drained. A second signal ends at once.
 */
final class StopSignal {
    /** What a stop may take beyond the time to drain: closing connections, the HTTP server, the event loops. */
    static final Duration CLOSING = Duration.ofSeconds(5);

    private static final CompletableFuture<Void> REQUESTED = new CompletableFuture<>();

    private StopSignal() {}

    /** Takes the signals over, from now until the process ends. */
    static void listen(Duration timeout) {
        for (String name : new String[] {"TERM", "INT", "HUP"}) {
            try {
                Signal.handle(new Signal(name), signal -> request(timeout));
            } catch (IllegalArgumentException e) {
                // a system without this signal
            }
        }
    }

    private static void request(Duration timeout) {
        if (!REQUESTED.complete(null)) {
            Failures.say("stopped by a second signal: what was under way is not saved and will be read again");
            Runtime.getRuntime().halt(1);
        }
        endWithin(timeout.plus(CLOSING), 1);
    }

    /** Done when the stop is requested. */
    static CompletableFuture<Void> requested() {
        return REQUESTED;
    }

    /** Sees to it that the process ends, even if something hangs while it is closed. */
    static void endSoon(int code) {
        endWithin(CLOSING, code);
    }

    private static void endWithin(Duration time, int code) {
        CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> Runtime.getRuntime().halt(code));
    }
}
