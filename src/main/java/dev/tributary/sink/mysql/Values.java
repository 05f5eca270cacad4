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

/** Values as parameters: text as text in the session's charset, integers as such, all else as bytes, which the server takes as they are. */
final class Values {
    /** What MySQL calls latin1; but it also has characters for the five bytes that this charset leaves open. */
    private static final Charset LATIN1 = Charset.forName("windows-1252");

    /** Of numbers that every long can hold. */
    private static final int DIGITS = 18;

    private static final char UNKNOWN = '\ufffd';

    private Values() {}

    static @Nullable Buffer bytes(Row row, int index) {
        return row.isNull(index)
                ? null
                : BufferImpl.buffer(Unpooled.wrappedBuffer(row.bytes(), row.start(index), row.length(index)));
    }

    /**
     * A BIT's bytes, with one before them that is zero and adds nothing: MySQL 9.7.4 takes those that read as a number below
     * zero ({@code 0x2D31}) for one, and refuses them.
     */
    static Buffer bits(Row row, int index) {
        byte[] bits = new byte[1 + row.length(index)];
        System.arraycopy(row.bytes(), row.start(index), bits, 1, bits.length - 1);
        return BufferImpl.buffer(Unpooled.wrappedBuffer(bits));
    }

    /** A value that is an integer, with zeros before it or not; null if it is not, or none of those that every long holds. */
    static @Nullable Long integer(Row row, int index) {
        byte[] bytes = row.bytes();
        int at = row.start(index);
        int end = at + row.length(index);
        boolean negative = at < end && bytes[at] == '-';
        at += negative ? 1 : 0;
        if (at == end) {
            return null;
        }
        while (at < end && bytes[at] == '0') {
            at++;
        }
        if (end - at > DIGITS) {
            return null;
        }
        long number = 0;
        for (; at < end; at++) {
            int digit = bytes[at] - '0';
            if (digit < 0 || digit > 9) {
                return null;
            }
            number = 10 * number + digit;
        }
        return negative ? -number : number;
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
