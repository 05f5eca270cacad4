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
    private volatile long committedAt;
    private volatile boolean quiet;
    private volatile boolean over;

    StreamProgress(StreamId stream) {
        this.stream = stream;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void read(long rows, long bytes) {
        quiet = false;
        rowsRead += rows;
        bytesRead += bytes;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void durable(ChangeBatch batch) {
        rowsDurable += batch.records().size();
        bytesDurable += batch.bytes();
        if (batch.committedAt() > 0) {
            committedAt = batch.committedAt();
        }
    }

    /** The server said that it lives; {@code quiet} if nothing is on its way. */
    void heard(boolean quiet) {
        this.quiet = quiet;
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

    /**
     * How far the target is behind the source, in milliseconds: since the last durable change was committed, and 0 if the
     * server has had nothing to send since.
     *
     * @param now in milliseconds since 1970
     */
    public long lagMillis(long now) {
        long last = committedAt;
        return quiet || last == 0 ? 0 : Math.max(0, now - last);
    }
}
