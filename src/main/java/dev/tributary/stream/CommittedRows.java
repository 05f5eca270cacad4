package dev.tributary.stream;

import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeBatch.Mark;

/**
 * What the target has committed of a stream. Rows of a transaction that it holds open count with the mark that ends it, not
 * before: until then they may be given up.
 */
final class CommittedRows {
    private long openRows;
    private long openBytes;
    private volatile long rows;
    private volatile long bytes;

    /** The target has taken a batch; to be called on the context of its verticle. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void add(ChangeBatch batch) {
        openRows += batch.records().size();
        openBytes += batch.bytes();
        if (!(batch.mark() instanceof Mark.Open)) {
            rows += openRows;
            bytes += openBytes;
            openRows = 0;
            openBytes = 0;
        }
    }

    long rows() {
        return rows;
    }

    long bytes() {
        return bytes;
    }
}
