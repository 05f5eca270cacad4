package dev.tributary.record;

import java.util.Objects;

/**
 * A place in a stream, from which it can be read again. Opaque: written and compared by the source that made it alone.
 *
 * @param text what that source wrote; printable, without secrets and without row values other than keys
 */
public record Position(String text) {
    public Position {
        Objects.requireNonNull(text);
        if (text.isBlank()) {
            throw new IllegalArgumentException("a position is not blank");
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
