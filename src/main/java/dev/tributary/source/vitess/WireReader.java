package dev.tributary.source.vitess;

import com.google.protobuf.WireFormat;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks through the fields of a protocol buffer that lies in a part of an array, without making objects of them. Source of the
 * format: protobuf.dev/programming-guides/encoding. What does not keep to it is {@link Malformed}.
 */
final class WireReader {
    private final byte[] bytes;
    private int at;
    private int end;

    /** The beginning of the array. */
    WireReader(byte[] bytes, int length) {
        this.bytes = bytes;
        this.end = length;
    }

    boolean hasMore() {
        return at < end;
    }

    /** The next field's number and type; it is to be read or skipped then. */
    int tag() {
        return (int) varint();
    }

    long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (at >= end) {
                throw broken();
            }
            byte next = bytes[at++];
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw broken();
    }

    /** A number of type {@code sint64}. */
    long signed() {
        long value = varint();
        return value >>> 1 ^ -(value & 1);
    }

    /**
     * Goes into a message, string, bytes or packed numbers, which end what is left until {@link #leave}.
     *
     * @return where to leave to
     */
    int enter() {
        int length = length();
        int outer = end;
        end = at + length;
        return outer;
    }

    /** Goes behind what was entered, be it read or not. */
    void leave(int outer) {
        at = end;
        end = outer;
    }

    /** Goes to a place and reads on up to another one, both of which it has been to. */
    void seek(int from, int to) {
        at = from;
        end = to;
    }

    private int length() {
        long length = varint();
        if (length < 0 || length > end - at) {
            throw broken();
        }
        return (int) length;
    }

    void skip(int tag) {
        switch (WireFormat.getTagWireType(tag)) {
            case WireFormat.WIRETYPE_VARINT -> varint();
            case WireFormat.WIRETYPE_LENGTH_DELIMITED -> forward(length());
            case WireFormat.WIRETYPE_FIXED32 -> forward(Integer.BYTES);
            case WireFormat.WIRETYPE_FIXED64 -> forward(Long.BYTES);
            default -> throw broken();
        }
    }

    private void forward(int count) {
        if (count > end - at) {
            throw broken();
        }
        at += count;
    }

    byte[] bytes() {
        return bytes;
    }

    int at() {
        return at;
    }

    int end() {
        return end;
    }

    int left() {
        return end - at;
    }

    /** All that is left, as text. */
    String text() {
        return new String(bytes, at, end - at, StandardCharsets.UTF_8);
    }

    /** Whether this is all that is left. */
    boolean isLeft(byte[] other) {
        return Arrays.equals(bytes, at, end, other, 0, other.length);
    }

    private static Malformed broken() {
        return new Malformed(null);
    }

    /** What came is no protocol buffer, or not a whole one. */
    static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Malformed(@Nullable Throwable cause) {
            super("not a protocol buffer", cause);
        }
    }
}
