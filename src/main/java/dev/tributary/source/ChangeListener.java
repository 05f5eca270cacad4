package dev.tributary.source;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.SchemaChange;

/**
 * What a reader tells. All methods are called on the context that the reader was opened on, and none after it was
 * cancelled or after {@link #onCopied} or {@link #onFailure}.
 */
public interface ChangeListener {
    /**
     * One change.
     *
     * @param bytes the size of its images
     */
    void onRecord(ChangeRecord record, int bytes);

    /**
     * A place between transactions from which the stream can be read again: all records before it are part of it.
     *
     * @param pastParts a change stream: whether this lies behind the positions of all copied parts
     * @param committedAt when the last transaction was committed, in milliseconds since 1970; 0 if not known
     */
    void onPosition(Position position, boolean pastParts, long committedAt);

    /**
     * The change stream has come to a schema change, and has ended in front of it: it goes on behind, with tables that are
     * looked up anew.
     *
     * @param pastParts as in {@link #onPosition}, of the position behind it
     * @param committedAt when it was made, in milliseconds since 1970; 0 if not known
     */
    void onSchemaChange(SchemaChange change, boolean pastParts, long committedAt);

    /**
     * The stream has come to the end of its shard: what follows is told by the children's, behind their positions. A part was not
     * copied there yet, and can't be any more from where it is. The reader has ended.
     */
    void onReshard(Reshard reshard);

    /** The part is copied whole; its rows are true at this position. The reader has ended. */
    void onCopied(Position position);

    /** The server lives, whether or not there is anything to read. */
    void onHeartbeat();

    /** All of one requested message has been told: ask for the next with {@link ChangeReader#request()}. */
    void onMessageEnd();

    /** The reader has ended, and why: a {@link dev.tributary.record.PipelineException}. */
    void onFailure(Throwable failure);
}
