package dev.tributary.record;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One row image: its values as the source sent them, undecoded, one after the other in a single array.
 *
 * <p>Immutable by agreement: neither array may be changed once the row is made. Safe to read from any thread.
 */
public final class Row {
    private final byte[] bytes;
    private final int[] offsets;
    private final @Nullable Gaps gaps;

    /**
     * A whole image.
     *
     * @param bytes the values, one after the other
     * @param offsets {@code n + 1} ascending offsets for {@code n} values; the start of a NULL is written as its bitwise
     *     complement, and it has no bytes
     */
    public Row(byte[] bytes, int[] offsets) {
        this(bytes, offsets, null);
    }

    private Row(byte[] bytes, int[] offsets, @Nullable Gaps gaps) {
        this.bytes = Objects.requireNonNull(bytes);
        this.offsets = Objects.requireNonNull(offsets);
        this.gaps = gaps;
    }

    /** The same values, of an image that does not hold all. */
    public Row with(Gaps missing) {
        return new Row(bytes, offsets, missing);
    }

    /** A row of separate values, null for NULL; for tests and for sources that have no packed form. */
    public static Row of(byte[] @Nullable ... values) {
        int length = 0;
        for (byte[] value : values) {
            length += value == null ? 0 : value.length;
        }
        byte[] bytes = new byte[length];
        int[] offsets = new int[values.length + 1];
        int at = 0;
        for (int i = 0; i < values.length; i++) {
            byte[] value = values[i];
            if (value == null) {
                offsets[i] = ~at;
            } else {
                offsets[i] = at;
                System.arraycopy(value, 0, bytes, at, value.length);
                at += value.length;
            }
        }
        offsets[values.length] = at;
        return new Row(bytes, offsets);
    }

    /** What the image does not hold; null where it is whole. */
    public @Nullable Gaps gaps() {
        return gaps;
    }

    public int size() {
        return offsets.length - 1;
    }

    public boolean isNull(int column) {
        return offsets[column] < 0;
    }

    /** Where the value starts in {@link #bytes()}. */
    public int start(int column) {
        int offset = offsets[column];
        return offset < 0 ? ~offset : offset;
    }

    /** The value's length in bytes; 0 for NULL. */
    public int length(int column) {
        return start(column + 1) - start(column);
    }

    /** The array that holds every value; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** A copy of one value, or null. */
    public byte @Nullable [] value(int column) {
        return isNull(column) ? null : Arrays.copyOfRange(bytes, start(column), start(column + 1));
    }
}
