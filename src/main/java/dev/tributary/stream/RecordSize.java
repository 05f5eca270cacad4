package dev.tributary.stream;

import dev.tributary.record.ChangeRecord;

/**
 * What a record takes on the heap: the bytes of its images, and the objects around them, which of a small row are many times
 * as much. Measured on a 64-bit JVM with compressed references (every heap below 32 GB): a row of one integer with an image
 * of 6 bytes takes 112 bytes, one of ten columns with 15 bytes takes 160, an update of fifty with 110 bytes takes 680.
 */
final class RecordSize {
    /** The record, and its place in a list that has room for more. */
    private static final int RECORD = 40;
    /** A row, the head of its bytes and that of its offsets, of which there is one more than columns. */
    private static final int IMAGE = 68;

    private static final int COLUMN = Integer.BYTES;

    private RecordSize() {}

    /** @param bytes the size of the images */
    static long of(ChangeRecord record, int bytes) {
        int images = (record.before() == null ? 0 : 1) + (record.after() == null ? 0 : 1);
        return RECORD
                + images * (IMAGE + (long) COLUMN * record.schema().columns().size())
                + bytes;
    }
}
