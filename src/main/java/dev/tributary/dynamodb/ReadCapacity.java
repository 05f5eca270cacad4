package dev.tributary.dynamodb;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How much of a table's read capacity its readers may take. What a page has taken is known afterwards: the next one of any
 * segment waits until as much has come in. Safe for any thread.
 */
public final class ReadCapacity {
    private static final double NANOS = 1e9;

    private final double unitsPerSecond;
    private final LongSupplier nanos;
    /** When all that was taken has come in. */
    private final AtomicLong even;

    /** @param unitsPerSecond 0 for no limit */
    public ReadCapacity(int unitsPerSecond, LongSupplier nanos) {
        this.unitsPerSecond = unitsPerSecond;
        this.nanos = nanos;
        this.even = new AtomicLong(nanos.getAsLong());
    }

    /** A page was read. */
    public void take(@Nullable Double units) {
        if (unitsPerSecond > 0 && units != null) {
            long cost = (long) (units / unitsPerSecond * NANOS);
            even.updateAndGet(until -> Math.max(until, nanos.getAsLong()) + cost);
        }
    }

    /** How long the next page has to wait, in milliseconds. */
    public long waitMillis() {
        long left = even.get() - nanos.getAsLong();
        return unitsPerSecond > 0 && left > 0 ? left / 1_000_000 + 1 : 0;
    }
}
