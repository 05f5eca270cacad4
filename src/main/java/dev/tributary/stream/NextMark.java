package dev.tributary.stream;

import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.Position;
import org.jspecify.annotations.Nullable;

/**
 * What may be saved with the whole transactions that a stream has read: the last position between transactions, until it is
 * sent, or the end of a part. Used on the context of its verticle only.
 */
final class NextMark {
    private final boolean atOnce;
    private boolean partsRemembered;
    private @Nullable Position position;
    private boolean unsaved;
    private boolean pastParts;
    private @Nullable Position copied;

    /**
     * @param atOnce the stream can't be taken up in the middle: nothing is saved before it is copied whole
     * @param partsRemembered a change stream whose parts are still in the checkpoint
     */
    NextMark(boolean atOnce, boolean partsRemembered) {
        this.atOnce = atOnce;
        this.partsRemembered = partsRemembered;
    }

    /** The stream has come to a place between transactions. */
    void reach(Position reached, boolean isPastParts) {
        position = reached;
        pastParts = isPastParts;
        unsaved = true;
    }

    /** The last place between transactions. */
    @Nullable
    Position reached() {
        return position;
    }

    /** The part is copied, and no position follows. */
    void copied(Position end) {
        copied = end;
    }

    boolean isCopied() {
        return copied != null;
    }

    /** Whether there is a position to save though no row comes with it. */
    boolean isUnsaved() {
        return unsaved && !atOnce;
    }

    /** A piece of a transaction is sent: what that saves lies behind the last place between transactions. */
    void pass() {
        unsaved = false;
    }

    /** Takes the mark of the transactions that are whole; null as long as there is none. */
    @Nullable
    Mark take() {
        if (copied != null) {
            return new Mark.Copied(copied);
        }
        if (position == null) {
            return null;
        }
        unsaved = false;
        if (atOnce) {
            return new Mark.Open();
        }
        if (partsRemembered && pastParts) {
            partsRemembered = false;
            return new Mark.PastParts(position);
        }
        return new Mark.Boundary(position);
    }
}
