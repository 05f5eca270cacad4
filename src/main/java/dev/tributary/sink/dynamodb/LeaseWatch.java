package dev.tributary.sink.dynamodb;

import dev.tributary.checkpoint.Lease;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Leases without a common clock. A lease is a counter that its owner raises. Whoever looks at another's measures by its own clock for
 * how long the counter has stood still: a whole lease means that it is over. The owner itself takes its lease for over after half of
 * that, counted from before it asked for the renewal; the rest is for what it has sent by then. A lease that was over and is renewed is
 * another tenure: what was claimed in the one before may be others' by now. Safe for any thread.
 */
final class LeaseWatch {
    /** Of a lease: as many are for what is begun, one is to spare, and the rest for what is on its way by then. */
    private static final int PARTS = 8;

    private static final int HELD_PARTS = 4;

    private final Lease lease;
    private final LongSupplier nanos;
    private final LongSupplier millis;
    private final Map<String, Seen> others = new ConcurrentHashMap<>();
    private final AtomicLong tenure = new AtomicLong();
    private volatile @Nullable Moment renewed;

    /** @param ended when its process was first known to have ended; 0 if it is not */
    private record Seen(long counter, long since, long ended) {}

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

    /**
     * For how long another's counter was not seen to change.
     *
     * @param asked before it was asked for: the answer may have waited here
     */
    Duration age(String owner, long counter, Moment asked) {
        return since(asked, seen(owner, counter).since());
    }

    /** For how long a process is known to have ended. */
    Duration endedFor(String owner, long counter, Moment asked) {
        long now = nanos.getAsLong();
        seen(owner, counter);
        Seen seen = others.compute(
                owner,
                (name, last) -> last == null || last.ended() == 0
                        ? new Seen(counter, last == null ? now : last.since(), now == 0 ? 1 : now)
                        : last);
        return since(asked, seen.ended());
    }

    private Seen seen(String owner, long counter) {
        long now = nanos.getAsLong();
        return others.compute(
                owner, (name, last) -> last != null && last.counter() == counter ? last : new Seen(counter, now, 0));
    }

    private static Duration since(Moment asked, long since) {
        return Duration.ofNanos(Math.max(0, asked.nanos() - since));
    }

    /** Others that are gone for good are no longer remembered. */
    void keepOnly(java.util.Set<String> owners) {
        others.keySet().retainAll(owners);
    }

    /** To be called before a renewal is asked for. */
    Moment now() {
        return new Moment(nanos.getAsLong(), millis.getAsLong());
    }

    /** The lease was renewed, which was asked for at that moment; one after the other. */
    void renewed(Moment asked) {
        if (!holds()) {
            tenure.incrementAndGet();
        }
        renewed = asked;
    }

    /** For how long a request may be on its way, so that it has come to its end before others take the lease for over. */
    static Duration longestRequest(Lease lease) {
        return lease.duration().dividedBy(PARTS).multipliedBy(PARTS - HELD_PARTS - 1);
    }

    /** It was given back. */
    void ended() {
        renewed = null;
    }

    /** Whether no other process may have taken this one's shards, or will within the last half of the lease. */
    boolean holds() {
        Moment last = renewed;
        if (last == null) {
            return false;
        }
        long limit = lease.duration().toNanos() / PARTS * HELD_PARTS;
        return nanos.getAsLong() - last.nanos() < limit && (millis.getAsLong() - last.millis()) * 1_000_000 < limit;
    }

    /** The number of the last tenure, which need not hold. */
    long tenure() {
        return tenure.get();
    }

    /** @throws PipelineException of kind TRANSIENT if that tenure does not hold any more */
    void verify(long claimed) {
        // in this order: a tenure begins before it holds
        boolean held = holds();
        if (!held || tenure.get() != claimed) {
            throw new PipelineException(
                    Kind.TRANSIENT,
                    "the lease of " + lease.owner() + " was not renewed within half of "
                            + lease.duration().toMillis() / 1000.0
                            + " s (TRIBUTARY_LEASE_DURATION): nothing more is written of what was claimed before, as another"
                            + " process may have taken the shards; this machine stood still, or DynamoDB did not answer");
        }
    }
}
