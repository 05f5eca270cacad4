package dev.tributary.stream;

/**
 * How far a shard's target is behind its source. Told on the verticle's context, read by whoever looks. A stream that stands
 * still, for whatever reason, falls behind: only one that has nothing on its way and hears its server does not.
 */
final class Lag {
    private volatile boolean following;
    private volatile boolean quiet;
    private volatile long knownUntil;
    /** Whether {@code knownUntil} was heard of the source; for the context only. */
    private boolean exact;

    /** The snapshot is over, and from now on there is a lag. */
    void follow(long now) {
        if (!following) {
            following = true;
            knownUntil = now;
        }
    }

    /** Something was read that is not durable yet. */
    void busy() {
        quiet = false;
    }

    /** All changes up to this time, in milliseconds since 1970, are durable; 0 if the time is not known. */
    void durable(long committedAt) {
        if (committedAt > 0 && (committedAt > knownUntil || !exact)) {
            knownUntil = committedAt;
            exact = true;
        }
    }

    /** There is nothing on its way, and nothing to be read. */
    void quiet(long now) {
        quiet = true;
        knownUntil = now;
        exact = true;
    }

    /** The stream is broken: what happens at the source is not seen. */
    void lost(long now) {
        if (quiet) {
            knownUntil = now;
        }
        quiet = false;
    }

    /** In milliseconds; -1 while the shard is not yet copied. */
    long millis(long now) {
        if (!following) {
            return -1;
        }
        return quiet ? 0 : Math.max(0, now - knownUntil);
    }
}
