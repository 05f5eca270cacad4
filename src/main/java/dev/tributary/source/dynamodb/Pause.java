package dev.tributary.source.dynamodb;

import dev.tributary.source.dynamodb.DynamoDbAddress.Period;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses that double between two bounds, less a random tenth, so that many do not ask at once. Used on one loop. */
final class Pause {
    /** Where the service says that it is asked too much. */
    static final Period THROTTLED = new Period(Duration.ofMillis(250), Duration.ofSeconds(5));

    private final Period bounds;
    private long last;

    Pause(Period bounds) {
        this.bounds = bounds;
    }

    /** In milliseconds. */
    long next() {
        long longest = bounds.longest().toMillis();
        last = Math.min(longest, Math.max(bounds.shortest().toMillis(), 2 * last));
        return Math.max(1, last - ThreadLocalRandom.current().nextLong(last / 10 + 1));
    }

    /** The next one is short again. */
    void reset() {
        last = 0;
    }
}
