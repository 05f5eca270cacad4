package dev.tributary.diff;

import io.vertx.sqlclient.Row;
import java.math.BigInteger;

/**
 * Of a set of rows: how many there are, and the sum of their digests, so that neither the rows' order nor how they are
 * spread over servers matters, and equal rows don't cancel each other.
 *
 * @param unrendered rows that the server could make no text of
 * @param low the sum of the digests' first 64 bits
 * @param high that of the last 64; zero where only one is asked for
 */
record Checksum(long rows, long unrendered, BigInteger low, BigInteger high) {
    static final Checksum NONE = new Checksum(0, 0, BigInteger.ZERO, BigInteger.ZERO);

    /** Of columns {@code from} on: rows, rows with a digest, one sum or two. */
    static Checksum of(Row row, int from) {
        long rows = row.getLong(from);
        return new Checksum(
                rows,
                rows - row.getLong(from + 1),
                new BigInteger(row.getString(from + 2)),
                row.size() > from + 3 ? new BigInteger(row.getString(from + 3)) : BigInteger.ZERO);
    }

    Checksum plus(Checksum other) {
        return new Checksum(rows + other.rows, unrendered + other.unrendered, low.add(other.low), high.add(other.high));
    }
}
