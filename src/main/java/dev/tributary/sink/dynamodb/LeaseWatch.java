package dev.tributary.sink.dynamodb;

import dev.tributary.checkpoint.Lease;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Leases without a common clock. A lease is a counter that its owner raises. Whoever looks at another's measures by its own clock for
 * how long the counter has stood still: a whole lease means that it is over. The owner itself takes its lease for over after three
 * quarters of that, counted from before it asked for the renewal; the rest is for what it has sent by then. Safe for any thread.
 */
final class LeaseWatch {
    private final Lease lease;
    private final LongSupplier nanos;
    private final LongSupplier millis;
    private final Map<String, Seen> others = new ConcurrentHashMap<>();
    private volatile @Nullable Moment renewed;

    private record Seen(long counter, long since) {}

    /** By both clocks: the one stands still while a machine sleeps, the other may be set. */
    record Moment(long nanos, long millis) {}

    LeaseWatch(Lease lease, LongSupplier nanos, LongSupplier millis) {
        this.lease = lease;
        this.nanos = nanos;
        this.millis = millis;
    }

    Lease lease() {
        return lease;
    }

    /** For how long another's counter was not seen to change. */
    Duration age(String owner, long counter) {
        long now = nanos.getAsLong();
        Seen seen = others.compute(
                owner, (name, last) -> last != null && last.counter() == counter ? last : new Seen(counter, now));
        return Duration.ofNanos(now - seen.since());
    }

    /** Others that are gone for good are no longer remembered. */
    void keepOnly(java.util.Set<String> owners) {
        others.keySet().retainAll(owners);
    }

    /** To be called before a renewal is asked for. */
    Moment now() {
        return new Moment(nanos.getAsLong(), millis.getAsLong());
    }

    /** The lease was renewed, which was asked for at that moment. */
    void renewed(Moment asked) {
        renewed = asked;
    }

    /** It was given back. */
    void ended() {
        renewed = null;
    }

    /** Whether no other process may have taken this one's shards, or will within the last quarter of the lease. */
    boolean holds() {
        Moment last = renewed;
        if (last == null) {
            return false;
        }
        long limit = lease.duration().toNanos() / 4 * 3;
        return nanos.getAsLong() - last.nanos() < limit && (millis.getAsLong() - last.millis()) * 1_000_000 < limit;
    }

    /** @throws PipelineException of kind TRANSIENT if it does not hold */
    void verify() {
        if (!holds()) {
            throw new PipelineException(
                    Kind.TRANSIENT,
                    "the lease of " + lease.owner() + " was not renewed within three quarters of "
                            + lease.duration().toMillis() / 1000.0
                            + " s (TRIBUTARY_LEASE_DURATION): nothing more is written, as another process may have"
                            + " taken the shards; this machine stood still, or DynamoDB did not answer");
        }
    }
}
