package dev.tributary.stream;

import dev.tributary.record.ChangeBatch;
import dev.tributary.record.StreamId;

/** What one stream has done since it was opened. Written on its verticle's context, read by whoever looks. */
public final class StreamProgress {
    private final StreamId stream;
    private volatile long rowsRead;
    private volatile long bytesRead;
    private volatile long rowsDurable;
    private volatile long bytesDurable;
    private volatile boolean over;

    StreamProgress(StreamId stream) {
        this.stream = stream;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void read(long rows, long bytes) {
        rowsRead += rows;
        bytesRead += bytes;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void durable(ChangeBatch batch) {
        rowsDurable += batch.records().size();
        bytesDurable += batch.bytes();
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
        return rowsDurable;
    }

    public long bytesDurable() {
        return bytesDurable;
    }
}
