package dev.tributary.stream;

import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Position;
import dev.tributary.record.StreamId;
import dev.tributary.source.ChangeReader;
import org.jspecify.annotations.Nullable;

/** A stream's next batch, as it grows: its records, and what may be saved with them. Used by one pump, on its context. */
final class NextBatch {
    /** @param size what the batch's records take on the heap */
    record Taken(ChangeBatch batch, long size) {}

    /** Of the bytes of a batch, the share that a transaction may always have, so that small ones are never cut. */
    private static final int NEVER_CUT = 32;

    private final StreamId stream;
    private final long epoch;
    private final boolean atOnce;
    private final BatchLimits limits;
    private final BatchBuilder builder = new BatchBuilder();
    private final NextMark mark;
    private long committedAt;
    private boolean open;

    /**
     * @param atOnce the stream can't be taken up in the middle: nothing is saved before it is copied whole
     * @param partsRemembered a change stream whose parts are still in the checkpoint
     */
    NextBatch(StreamId stream, long epoch, boolean atOnce, boolean partsRemembered, BatchLimits limits) {
        this.stream = stream;
        this.epoch = epoch;
        this.atOnce = atOnce;
        this.limits = limits;
        this.mark = new NextMark(atOnce, partsRemembered);
    }

    void add(ChangeRecord record, int bytes, long size) {
        builder.add(record, bytes, size);
    }

    /** The stream has come to a place between transactions. */
    void reach(Position position, boolean pastParts, long committed) {
        mark.reach(position, pastParts);
        committedAt = committed;
        builder.boundary();
    }

    /** The last place between transactions. */
    @Nullable
    Position reached() {
        return mark.reached();
    }

    /** The part is copied. */
    void copied(Position end) {
        mark.copied(end);
        builder.boundary();
    }

    boolean isCopied() {
        return mark.isCopied();
    }

    boolean isEmpty() {
        return builder.isEmpty();
    }

    /** Whether the target holds a transaction open for what comes. */
    boolean isOpen() {
        return open;
    }

    /** Whether it has whole transactions. */
    boolean hasWhole() {
        return builder.wholeRecords() > 0;
    }

    /** Whether its whole transactions are as many as a batch is to have. */
    boolean isFull() {
        return builder.wholeRecords() >= limits.rows() || builder.wholeSize() >= limits.bytes();
    }

    /** Whether the transaction that has begun is too large to be held until it is over. */
    boolean isTooLarge() {
        return builder.openSize() >= limits.bytes();
    }

    /** Whether it is large enough to be cut where memory is short; smaller ones do not add up to much. */
    boolean mayBeCut() {
        return builder.openSize() >= limits.bytes() / NEVER_CUT;
    }

    /** Whether it is a position alone, which is to be saved all the same. */
    boolean isPositionOnly() {
        return builder.isEmpty() && mark.isUnsaved();
    }

    /** Takes the whole transactions, with the position behind them; null where there is nothing to save. */
    @Nullable
    Taken takeWhole() {
        if (!hasWhole() && !mark.isUnsaved() && !mark.isCopied()) {
            return null;
        }
        Mark next = mark.take();
        return next == null ? null : take(next);
    }

    /** Takes all that there is, in the middle of a transaction, if the stream may be cut there. */
    @Nullable
    Taken takeChunk(ChangeReader reader) {
        Position midway = atOnce ? null : reader.midway();
        return midway != null || atOnce ? takeChunk(midway) : null;
    }

    /** The same where the reader could not come back to the middle: the target is to hold the transaction open. */
    @Nullable
    Taken takeOpen(ChangeReader reader) {
        return reader.midway() == null ? takeChunk((Position) null) : null;
    }

    private @Nullable Taken takeChunk(@Nullable Position midway) {
        if (builder.isEmpty()) {
            return null;
        }
        mark.pass();
        builder.boundary();
        return take(midway == null || atOnce ? new Mark.Open() : new Mark.Chunk(midway));
    }

    private Taken take(Mark next) {
        long bytes = builder.wholeBytes();
        long size = builder.wholeSize();
        open = next instanceof Mark.Open;
        return new Taken(new ChangeBatch(stream, epoch, builder.takeWhole(), next, bytes, committedAt), size);
    }
}
