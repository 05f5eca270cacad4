package dev.tributary.sink.mysql;

import dev.tributary.record.Column;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Row;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.buffer.impl.BufferImpl;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Values as parameters: text as text in the session's charset, bytes as bytes, which the server takes as they are. */
final class Values {
    /** What MySQL calls latin1; but it also has characters for the five bytes that this charset leaves open. */
    private static final Charset LATIN1 = Charset.forName("windows-1252");

    private static final char UNKNOWN = '\ufffd';

    private Values() {}

    static @Nullable Buffer bytes(Row row, int index) {
        return row.isNull(index)
                ? null
                : BufferImpl.buffer(Unpooled.wrappedBuffer(row.bytes(), row.start(index), row.length(index)));
    }

    static @Nullable Object of(Column column, Row row, int index) {
        if (row.isNull(index) || column.isBinary()) {
            return bytes(row, index);
        }
        Charset charset = column.charset();
        if (charset == null) {
            throw new PipelineException(
                    Kind.FATAL,
                    "column " + column.name() + ": text in charset " + column.encoding()
                            + " can only be carried into a column of the same charset; give it that at the target");
        }
        int start = row.start(index);
        int length = row.length(index);
        String text = new String(row.bytes(), start, length, charset);
        if (text.indexOf(UNKNOWN) < 0 || isThere(text, charset, row, index)) {
            return text;
        }
        if (charset.equals(LATIN1)) {
            return latin1(text, row.bytes(), start);
        }
        throw new PipelineException(
                Kind.FATAL, "column " + column.name() + ": a value can't be read in its charset " + charset.name());
    }

    /** In a charset of Unicode it is a character like others; elsewhere, and where a sequence is wrong, one that was lost. */
    private static boolean isThere(String text, Charset charset, Row row, int index) {
        return charset.name().startsWith("UTF-") && Arrays.equals(text.getBytes(charset), row.value(index));
    }

    private static String latin1(String text, byte[] bytes, int start) {
        char[] characters = text.toCharArray();
        for (int i = 0; i < characters.length; i++) {
            if (characters[i] == UNKNOWN) {
                characters[i] = (char) (bytes[start + i] & 0xff);
            }
        }
        return new String(characters);
    }

    /** A value's text in UTF-8, whatever {@link #of} makes of it. */
    static @Nullable Object utf8(@Nullable Object value) {
        return value instanceof String text ? Buffer.buffer(text.getBytes(StandardCharsets.UTF_8)) : value;
    }
}
