package dev.tributary.source.vitess;

/**
 * What VTGate sends at once, a {@code VStreamResponse}, as the bytes that came: nearly all of them are rows, which are read where
 * they lie.
 *
 * @param bytes not to be changed, nor looked at once the message has been handled: the next one may be in them
 * @param length how many of them are the message
 */
record VStreamMessage(byte[] bytes, int length) {
    /** The events. */
    WireReader reader() {
        return new WireReader(bytes, length);
    }
}
