package dev.tributary.stream;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Row;
import org.jspecify.annotations.Nullable;

/**
 * What a record takes on the heap: the bytes of its images, and the objects around them, which of a small row are many times
 * as much.
 */
final class RecordSize {
    /** The record, and its place in a list that has room for more. */
    private static final int RECORD = 40;

    private RecordSize() {}

    /** @param bytes the size of the images */
    static long of(ChangeRecord record, int bytes) {
        return RECORD + overhead(record.before()) + overhead(record.after()) + bytes;
    }

    private static int overhead(@Nullable Row row) {
        return row == null ? 0 : row.overhead();
    }
}
