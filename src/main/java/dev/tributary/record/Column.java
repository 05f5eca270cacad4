package dev.tributary.record;

import java.nio.charset.Charset;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A column as it was when its rows were written.
 *
 * @param name the name, as the source spells it
 * @param type the declared type in the source's own words, lower case, such as {@code decimal(10,2) unsigned}
 * @param charset in which charset a value's bytes are text (numbers, dates and JSON are text too); null where they are
 *     bytes and nothing else (BINARY, BLOB, BIT, GEOMETRY)
 */
public record Column(String name, String type, @Nullable Charset charset) {
    public Column {
        Objects.requireNonNull(name);
        Objects.requireNonNull(type);
    }

    public boolean isBinary() {
        return charset == null;
    }
}
