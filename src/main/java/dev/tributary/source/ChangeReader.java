package dev.tributary.source;

import dev.tributary.record.Position;

/** An open stream. To be called on the context that it was opened on. */
public interface ChangeReader {
    /** Asks for one more message of the server; nothing is read that was not asked for. */
    void request();

    /** A position inside the transaction that is being told: where that began, and how much of it has been told. */
    Position midway();

    /** Ends the stream; nothing is told afterwards. */
    void cancel();
}
