package dev.tributary.record;

import java.util.Arrays;

/**
 * Keeps the values of rows that come one after the other: small ones share arrays, since what a collector has to do grows with
 * the number of objects that live. A row keeps the pages alive that it is in, 12 KB at most. Used by one thread at a time.
 */
public final class RowPages {
    private static final int PAGE_BYTES = 8 << 10;
    private static final int PAGE_OFFSETS = 1 << 10;
    /** What is larger than this part of a page has an array of its own: no more than that is ever left over. */
    private static final int PART = 8;

    private byte[] bytes = {};
    private int usedBytes;
    private int[] offsets = {};
    private int usedOffsets;

    /** Where those of the next row are: in the page or in an array of its own. */
    private int[] next = offsets;

    private byte[] markedBytes = bytes;
    private int markedUsedBytes;
    private int[] markedOffsets = offsets;
    private int markedUsedOffsets;

    /** From here on {@link #drop} takes back. */
    public void mark() {
        markedBytes = bytes;
        markedUsedBytes = usedBytes;
        markedOffsets = offsets;
        markedUsedOffsets = usedOffsets;
    }

    /** Takes back the room of all rows since the mark, which nobody may keep then: a few that are kept must not keep many alive. */
    @SuppressWarnings("ArrayEquals") // the very page
    public void drop() {
        usedBytes = bytes == markedBytes ? markedUsedBytes : 0;
        usedOffsets = offsets == markedOffsets ? markedUsedOffsets : 0;
    }

    /**
     * Where the offsets of the next row may be written, as {@link Row} has them, from {@link #first()} on.
     *
     * @param count how many, one more than there are values
     */
    public int[] offsets(int count) {
        if (count > PAGE_OFFSETS / PART) {
            next = new int[count];
            return next;
        }
        if (count > offsets.length - usedOffsets) {
            offsets = new int[PAGE_OFFSETS];
            usedOffsets = 0;
        }
        next = offsets;
        return next;
    }

    @SuppressWarnings("ArrayEquals") // the very page
    public int first() {
        return next == offsets ? usedOffsets : 0;
    }

    /**
     * The row whose offsets were written.
     *
     * @param from where its values are, which are copied
     * @param at where they begin
     * @param length of all
     * @param size how many they are
     */
    @SuppressWarnings("ArrayEquals") // the very page
    public Row row(byte[] from, int at, int length, int size) {
        int first = first();
        if (next == offsets) {
            usedOffsets += size + 1;
        }
        if (length > PAGE_BYTES / PART) {
            return new Row(Arrays.copyOfRange(from, at, at + length), 0, next, first, size, null);
        }
        if (length > bytes.length - usedBytes) {
            bytes = new byte[PAGE_BYTES];
            usedBytes = 0;
        }
        System.arraycopy(from, at, bytes, usedBytes, length);
        Row row = new Row(bytes, usedBytes, next, first, size, null);
        usedBytes += length;
        return row;
    }
}
