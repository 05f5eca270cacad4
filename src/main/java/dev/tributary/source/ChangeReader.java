package dev.tributary.source;

import dev.tributary.record.Position;
import org.jspecify.annotations.Nullable;

/** An open stream. To be called on the context that it was opened on. */
public interface ChangeReader {
    /**
     * Asks for one more message of the server. It may be told before this returns, but not while another is being told. No more
     * is read than that, but for a few messages ahead.
     */
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
