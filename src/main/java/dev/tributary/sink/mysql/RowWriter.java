package dev.tributary.sink.mysql;

import dev.tributary.record.ChangeRecord;
import java.util.List;

/** Turns changes of one shape into statements; used by one lane. */
interface RowWriter {
    /** Adds what writes these changes, which are in source order. */
    void write(List<ChangeRecord> records, List<Statement> statements);
}
