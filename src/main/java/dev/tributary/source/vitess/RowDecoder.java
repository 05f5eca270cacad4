package dev.tributary.source.vitess;

import binlogdata.Binlogdata.FieldEvent;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Column;
import dev.tributary.record.Operation;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Row;
import dev.tributary.record.RowPages;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableSchema;
import io.vitess.proto.Query;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns Vitess's fields and rows into schemas and records; values stay the bytes they are. */
final class RowDecoder {
    private static final int LENGTHS = RowsEvent.bytesField(Query.Row.LENGTHS_FIELD_NUMBER);
    private static final int VALUES = RowsEvent.bytesField(Query.Row.VALUES_FIELD_NUMBER);

    private RowDecoder() {}

    /**
     * The shape that the fields describe.
     *
     * @param known the shape of the rows so far; the same instance is given back if nothing has changed, for fields are
     *     sent again whenever the server opens the table anew, and what is made for a shape is kept by its instance
     */
    static TableSchema schema(SourceTable table, FieldEvent event, @Nullable TableSchema known) {
        TableSchema described = schema(table, event);
        return known != null && described.equals(known) ? known : described;
    }

    static TableSchema schema(SourceTable table, FieldEvent event) {
        List<Column> columns = new ArrayList<>(event.getFieldsCount());
        for (Query.Field field : KnownColumns.name(table, event.getFieldsList())) {
            if (field.getName().startsWith("@")) {
                throw fatal(
                        table,
                        "its binlog does not match its schema any more (column " + field.getName()
                                + "); copy it again");
            }
            try {
                columns.add(Collations.column(field, table.createStatement()));
            } catch (IllegalArgumentException e) {
                throw fatal(table, "column " + field.getName() + ": " + e.getMessage());
            }
        }
        TableSchema keyless = new TableSchema(table.id(), columns, List.of());
        List<Integer> key = new ArrayList<>();
        for (String column : table.key()) {
            int index = keyless.indexOf(column);
            if (index < 0) {
                throw new PipelineException(
                        Kind.TRANSIENT, "table " + table.id() + ": its key column " + column + " is not in the stream");
            }
            key.add(index);
        }
        return new TableSchema(table.id(), columns, key);
    }

    /**
     * A row: the lengths of its values, -1 for NULL, and the values one after the other. Its bytes are copied: it may live longer
     * than the many rows that came with it.
     *
     * @param row a {@code query.Row}
     * @param pages where to
     */
    static Row row(TableSchema schema, WireReader row, RowPages pages) {
        int n = schema.columns().size();
        int[] offsets = pages.offsets(n + 1);
        int first = pages.first();
        int count = 0;
        long at = 0;
        int valuesAt = 0;
        int valuesLength = 0;
        while (row.hasMore()) {
            int tag = row.tag();
            if (tag == LENGTHS) {
                int outer = row.enter();
                for (; row.hasMore(); count++) {
                    long length = row.signed();
                    if (count < n) {
                        offsets[first + count] = (int) (length < 0 ? ~at : at);
                        at += Math.max(0, length);
                    }
                }
                row.leave(outer);
            } else if (tag == VALUES) {
                int outer = row.enter();
                valuesAt = row.at();
                valuesLength = row.left();
                row.leave(outer);
            } else {
                row.skip(tag);
            }
        }
        if (count != n) {
            throw new PipelineException(
                    Kind.FATAL, "table " + schema.table() + ": a row of " + count + " values for " + n + " columns");
        }
        if (at != valuesLength) {
            throw new PipelineException(Kind.FATAL, "table " + schema.table() + ": a row's lengths do not add up");
        }
        offsets[first + n] = (int) at;
        return pages.row(row.bytes(), valuesAt, valuesLength, n);
    }

    /** The record for two images, or null where there is nothing to tell. */
    static @Nullable ChangeRecord record(
            TableSchema schema, boolean snapshot, @Nullable Row before, @Nullable Row after) {
        if (before != null && after != null) {
            return new ChangeRecord(schema, Operation.UPDATE, before, after);
        }
        if (after != null) {
            return new ChangeRecord(schema, snapshot ? Operation.SNAPSHOT : Operation.CREATE, null, after);
        }
        return before == null ? null : new ChangeRecord(schema, Operation.DELETE, before, null);
    }

    static int bytes(ChangeRecord change) {
        Row before = change.before();
        Row after = change.after();
        return (before == null ? 0 : before.length()) + (after == null ? 0 : after.length());
    }

    private static PipelineException fatal(SourceTable table, String what) {
        return new PipelineException(Kind.FATAL, "table " + table.id() + ": " + what);
    }
}
