package dev.tributary.record;

import java.util.Arrays;

/**
 * Keeps the values of rows that come one after the other: small ones share arrays, since what a collector has to do grows with
 * the number of objects that live. A row keeps the page alive that it is in, and so a few neighbours. Used by one thread at a time.
 */
public final class RowPages {
    private static final int PAGE_BYTES = 8 << 10;
    private static final int PAGE_OFFSETS = 1 << 10;
    /** What is larger than this part of a page has arrays of its own: no more than that is ever left over. */
    private static final int PART = 8;

    private byte[] bytes = {};
    private int usedBytes;
    private int[] offsets = {};
    private int usedOffsets;

    /**
     * Where the offsets of the next row may be written, as {@link Row} has them, from {@link #first()} on.
     *
     * @param count how many, one more than there are values
     */
    public int[] offsets(int count) {
        if (count > offsets.length - usedOffsets) {
            offsets = new int[count > PAGE_OFFSETS / PART ? count : PAGE_OFFSETS];
            usedOffsets = 0;
        }
        return offsets;
    }

    public int first() {
        return usedOffsets;
    }

    /**
     * The row whose offsets were written.
     *
     * @param from where its values are, which are copied
     * @param at where they begin
     * @param length of all
     * @param size how many they are
     */
    public Row row(byte[] from, int at, int length, int size) {
        int first = usedOffsets;
        usedOffsets += size + 1;
        if (length > PAGE_BYTES / PART) {
            return new Row(Arrays.copyOfRange(from, at, at + length), 0, offsets, first, size, null);
        }
        if (length > bytes.length - usedBytes) {
            bytes = new byte[PAGE_BYTES];
            usedBytes = 0;
        }
        System.arraycopy(from, at, bytes, usedBytes, length);
        Row row = new Row(bytes, usedBytes, offsets, first, size, null);
        usedBytes += length;
        return row;
    }
}
