package dev.tributary.source.vitess;

import binlogdata.Binlogdata.FieldEvent;
import binlogdata.Binlogdata.RowChange;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Column;
import dev.tributary.record.Operation;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Row;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableSchema;
import io.vitess.proto.Query;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns Vitess's fields and rows into schemas and records; values stay the bytes they are. */
final class RowDecoder {
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

    static @Nullable Row before(TableSchema schema, RowChange change) {
        return change.hasBefore() ? row(schema, change.getBefore()) : null;
    }

    /** The new image, with what it lacks. */
    static @Nullable Row after(TableSchema schema, RowChange change) {
        return change.hasAfter() ? PartialImage.read(schema, change, row(schema, change.getAfter())) : null;
    }

    private static Row row(TableSchema schema, Query.Row row) {
        int n = row.getLengthsCount();
        if (n != schema.columns().size()) {
            throw new PipelineException(
                    Kind.FATAL,
                    "table " + schema.table() + ": a row of " + n + " values for "
                            + schema.columns().size() + " columns");
        }
        int[] offsets = new int[n + 1];
        int at = 0;
        for (int i = 0; i < n; i++) {
            long length = row.getLengths(i);
            offsets[i] = length < 0 ? ~at : at;
            at += (int) Math.max(0, length);
        }
        offsets[n] = at;
        byte[] bytes = row.getValues().toByteArray();
        if (bytes.length != at) {
            throw new PipelineException(Kind.FATAL, "table " + schema.table() + ": a row's lengths do not add up");
        }
        return new Row(bytes, offsets);
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
        return (before == null ? 0 : before.bytes().length) + (after == null ? 0 : after.bytes().length);
    }

    private static PipelineException fatal(SourceTable table, String what) {
        return new PipelineException(Kind.FATAL, "table " + table.id() + ": " + what);
    }
}
