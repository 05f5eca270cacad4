package dev.tributary.stream;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses between tries. */
final class Backoff {
    private Backoff() {}

    /** Doubles from the first pause to the longest, less a random fifth, so that shards do not come back all at once. */
    static long pause(int failures, Duration first, Duration longest) {
        long doubled = first.toMillis() << Math.min(20, Math.max(0, failures - 1));
        long pause = Math.min(longest.toMillis(), doubled);
        return pause - ThreadLocalRandom.current().nextLong(pause / 5 + 1);
    }
}
