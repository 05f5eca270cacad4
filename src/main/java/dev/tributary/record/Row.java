package dev.tributary.record;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One row image: its values as the source sent them, undecoded, one after the other in an array, which may hold those of other
 * rows besides.
 *
 * <p>Immutable by agreement: what a row has in its arrays may not be changed once it is made. Safe to read from any thread.
 */
public final class Row {
    /** An object of this class, and the end of its offsets; measured on 64-bit JVMs with compressed references. */
    private static final int SHARING = 40;
    /** And two arrays of its own. */
    private static final int ALONE = SHARING + 56;

    private final byte[] bytes;
    private final int at;
    private final int[] offsets;
    private final int first;
    private final int size;
    private final @Nullable Gaps gaps;

    /**
     * A whole image.
     *
     * @param bytes the values, one after the other
     * @param offsets {@code n + 1} ascending offsets for {@code n} values; the start of a NULL is written as its bitwise
     *     complement, and it has no bytes
     */
    public Row(byte[] bytes, int[] offsets) {
        this(bytes, 0, offsets, 0, offsets.length - 1, null);
    }

    /**
     * @param at what the offsets are counted from
     * @param first where the first of the {@code size + 1} offsets is
     */
    Row(byte[] bytes, int at, int[] offsets, int first, int size, @Nullable Gaps gaps) {
        this.bytes = Objects.requireNonNull(bytes);
        this.at = at;
        this.offsets = Objects.requireNonNull(offsets);
        this.first = first;
        this.size = size;
        this.gaps = gaps;
    }

    /** The same values, of an image that does not hold all. */
    public Row with(Gaps missing) {
        return new Row(bytes, at, offsets, first, size, missing);
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
        return size;
    }

    public boolean isNull(int column) {
        return offsets[first + Objects.checkIndex(column, size)] < 0;
    }

    /** Where the value starts in {@link #bytes()}. */
    public int start(int column) {
        // the offsets behind its own are another row's
        int offset = offsets[first + Objects.checkIndex(column, size + 1)];
        return at + (offset < 0 ? ~offset : offset);
    }

    /** The value's length in bytes; 0 for NULL. */
    public int length(int column) {
        return start(column + 1) - start(column);
    }

    /** The bytes of all values. */
    public int length() {
        return start(size) - start(0);
    }

    /** The array that holds every value, and maybe more; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** A copy of one value, or null. */
    public byte @Nullable [] value(int column) {
        return isNull(column) ? null : Arrays.copyOfRange(bytes, start(column), start(column + 1));
    }

    /** Whether a value is the same as another row's, byte by byte, or neither is there. */
    public boolean isSame(int column, Row other, int its) {
        return isNull(column) == other.isNull(its)
                && Arrays.equals(
                        bytes, start(column), start(column + 1), other.bytes, other.start(its), other.start(its + 1));
    }

    /** About what it takes on the heap besides its values, in bytes. */
    public int overhead() {
        boolean alone = bytes.length == length();
        return (alone ? ALONE : SHARING) + size * Integer.BYTES;
    }
}
