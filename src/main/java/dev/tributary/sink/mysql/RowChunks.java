package dev.tributary.sink.mysql;

import dev.tributary.record.Row;
import java.util.List;

/**
 * Cuts rows into statements: by powers of two, so that a table needs few different statements and they stay prepared, and
 * not beyond a size in bytes.
 */
final class RowChunks {
    /** More placeholders make a statement slower on the older servers, fewer on all. */
    private static final int PLACEHOLDERS = 640;

    private static final int MAX_ROWS = 256;

    private final int rows;
    private final long bytes;

    /**
     * @param placeholders for one row
     * @param bytes for one statement
     */
    RowChunks(int placeholders, long bytes) {
        this.rows = Integer.highestOneBit(Math.clamp(PLACEHOLDERS / placeholders, 1, MAX_ROWS));
        this.bytes = bytes;
    }

    /** How many rows, from one on, the next statement takes. */
    int next(List<Row> all, int from) {
        int count = Math.min(rows, Integer.highestOneBit(all.size() - from));
        while (count > 1 && !fits(all, from, count)) {
            count >>= 1;
        }
        return count;
    }

    private boolean fits(List<Row> all, int from, int count) {
        long sum = 0;
        for (int i = from; i < from + count; i++) {
            sum += size(all.get(i));
        }
        return sum <= bytes;
    }

    /** Bytes of a row's values as they were read; in the session's charset they may become more. */
    static long size(Row row) {
        return row.length() + 9L * row.size();
    }
}
