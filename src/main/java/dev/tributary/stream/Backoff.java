package dev.tributary.stream;

import dev.tributary.config.Settings.Retry;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses between tries, longer with every failure in a row. Used on the context of its verticle only. */
final class Backoff {
    private final long first;
    private final long longest;
    private int failures;

    Backoff(Retry retry) {
        this.first = retry.delay().toMillis();
        this.longest = retry.maxDelay().toMillis();
    }

    /** Failures in a row. */
    int failures() {
        return failures;
    }

    /** Something has become durable. */
    void reset() {
        failures = 0;
    }

    /**
     * How long to wait after one more failure, in milliseconds. Doubles from the first pause to the longest, less a random
     * fifth, so that shards do not come back all at once.
     */
    long next() {
        failures++;
        long doubled = first << Math.min(20, failures - 1);
        long pause = Math.min(longest, doubled);
        return Math.max(1, pause - ThreadLocalRandom.current().nextLong(pause / 5 + 1));
    }
}
