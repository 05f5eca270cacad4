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
 *     bytes and nothing else (BINARY, BLOB, BIT, GEOMETRY), or text in a charset that Java does not know
 * @param encoding what MySQL calls the charset of a text column, such as {@code cp932}: a column of the same takes the
 *     values' bytes as they are; empty where the values are no text, or their charset is not known
 */
public record Column(String name, String type, @Nullable Charset charset, String encoding) {
    public Column {
        Objects.requireNonNull(name);
        Objects.requireNonNull(type);
        Objects.requireNonNull(encoding);
    }

    /** One whose charset has no name of MySQL's. */
    public Column(String name, String type, @Nullable Charset charset) {
        this(name, type, charset, "");
    }

    public boolean isBinary() {
        return charset == null && encoding.isEmpty();
    }
}
