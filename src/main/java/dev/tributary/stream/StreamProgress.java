package dev.tributary.stream;

import dev.tributary.record.ChangeBatch;
import dev.tributary.record.StreamId;

/** What one stream has done since it was opened. Written on its verticle's context, read by whoever looks. */
public final class StreamProgress {
    private final StreamId stream;
    /** Read since the last {@link #publish()}; a write that others see for every row would cost too much. */
    private long freshRows;

    private long freshBytes;
    private volatile long rowsRead;
    private volatile long bytesRead;
    private final CommittedRows committed = new CommittedRows();
    private volatile boolean over;

    StreamProgress(StreamId stream) {
        this.stream = stream;
    }

    void read(long bytes) {
        freshRows++;
        freshBytes += bytes;
    }

    /** Lets others see what was read. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void publish() {
        if (freshRows > 0) {
            rowsRead += freshRows;
            bytesRead += freshBytes;
            freshRows = 0;
            freshBytes = 0;
        }
    }

    /** The target has taken a batch. */
    void durable(ChangeBatch batch) {
        committed.add(batch);
    }

    /** The part is copied. */
    void end() {
        over = true;
    }

    public boolean isOver() {
        return over;
    }

    public StreamId stream() {
        return stream;
    }

    public long rowsRead() {
        return rowsRead;
    }

    public long bytesRead() {
        return bytesRead;
    }

    public long rowsDurable() {
        return committed.rows();
    }

    public long bytesDurable() {
        return committed.bytes();
    }
}
