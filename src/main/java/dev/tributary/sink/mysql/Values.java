package dev.tributary.sink.mysql;

import dev.tributary.record.Column;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Row;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.impl.BufferImpl;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Values as parameters: text as text in the session's charset, bytes as bytes, which the server takes as they are. */
final class Values {
    /** What MySQL calls latin1; but it also has characters for the five bytes that this charset leaves open. */
    private static final Charset LATIN1 = Charset.forName("windows-1252");

    private static final char UNKNOWN = '\ufffd';

    private Values() {}

    static @Nullable Object of(Column column, Row row, int index) {
        if (row.isNull(index)) {
            return null;
        }
        Charset charset = column.charset();
        int start = row.start(index);
        int length = row.length(index);
        if (charset == null) {
            return BufferImpl.buffer(Unpooled.wrappedBuffer(row.bytes(), start, length));
        }
        String text = new String(row.bytes(), start, length, charset);
        // in UTF-8 this is a character like others; out of any other charset it is one that was lost
        if (charset.equals(StandardCharsets.UTF_8) || text.indexOf(UNKNOWN) < 0) {
            return text;
        }
        if (charset.equals(LATIN1)) {
            return latin1(text, row.bytes(), start);
        }
        throw new PipelineException(
                Kind.FATAL, "column " + column.name() + ": a value can't be read in its charset " + charset.name());
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
}
