package dev.tributary.source;

import dev.tributary.record.Position;
import org.jspecify.annotations.Nullable;

/** An open stream. To be called on the context that it was opened on. */
public interface ChangeReader {
    /** Asks for one more message of the server; nothing is read that was not asked for. */
    void request();

    /**
     * A position inside the transaction that is being told: where that began, and how much of it has been told. Null
     * where there is none that could be saved: then all of it is to be durable at once.
     */
    @Nullable
    Position midway();

    /** Ends the stream; nothing is told afterwards. */
    void cancel();
}
