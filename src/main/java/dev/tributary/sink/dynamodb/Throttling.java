package dev.tributary.sink.dynamodb;

import dev.tributary.dynamodb.DynamoDbFailures;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Tells that the service takes less than it is given, or fails: each time by a metric, once a minute in the log. Safe for any thread. */
final class Throttling {
    private static final Logger LOG = Logger.getLogger(Throttling.class);
    private static final long QUIET = 60_000_000_000L;

    private final Counter counter;
    private final LongSupplier nanos;
    private final AtomicLong said;

    Throttling(MeterRegistry registry, LongSupplier nanos) {
        this.counter = Counter.builder("tributary.sink.throttled")
                .description("Requests of rows that DynamoDB did not take, or not all of")
                .register(registry);
        this.nanos = nanos;
        this.said = new AtomicLong(nanos.getAsLong() - QUIET);
    }

    /** @param failure what was answered; null if only some of a request was taken */
    void count(String what, @Nullable Throwable failure) {
        counter.increment();
        long now = nanos.getAsLong();
        long last = said.get();
        if (now - last >= QUIET && said.compareAndSet(last, now)) {
            if (failure == null || DynamoDbFailures.isThrottled(failure)) {
                LOG.warnf(
                        "%s: DynamoDB takes less than there is to be written; it is written as fast as that allows: give"
                                + " the tables more write capacity if the lag grows",
                        what);
            } else {
                LOG.warnf(
                        "%s: DynamoDB fails (%s); what it did not take is sent again until it does",
                        what, DynamoDbFailures.code(failure));
            }
        }
    }
}
