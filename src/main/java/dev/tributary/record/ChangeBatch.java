package dev.tributary.record;

import java.util.List;
import java.util.Objects;

/**
 * What travels on the channels: changes of one stream in source order, and what is true once they are durable.
 *
 * @param stream whose changes these are
 * @param epoch the claim under which they were read; a sink refuses a batch whose epoch is no longer the stream's
 * @param records the changes; may be empty where only the position moved
 * @param mark what may be saved with them
 * @param bytes size of the row images, in bytes
 * @param committedAt when the last of them was committed at the source, in milliseconds since 1970; 0 if not known
 */
public record ChangeBatch(
        StreamId stream, long epoch, List<ChangeRecord> records, Mark mark, long bytes, long committedAt) {
    public ChangeBatch {
        Objects.requireNonNull(stream);
        Objects.requireNonNull(records);
        Objects.requireNonNull(mark);
    }

    /** What a sink saves in the transaction of a batch's rows. */
    public sealed interface Mark {
        /** The batch ends between transactions, at this position. */
        record Boundary(Position position) implements Mark {}

        /** The batch ends inside a transaction too large for one commit; the position says how much of it is durable. */
        record Chunk(Position position) implements Mark {}

        /**
         * Nothing may be saved yet: the rows belong to the same target transaction as the batches that follow. So are
         * tables without a key copied, whose copy can't be taken up in the middle.
         */
        record Open() implements Mark {}

        /** The part is copied whole, and true at this position. */
        record Copied(Position position) implements Mark {}

        /** A boundary of the change stream behind every part's position: the parts can be forgotten. */
        record PastParts(Position position) implements Mark {}
    }
}
