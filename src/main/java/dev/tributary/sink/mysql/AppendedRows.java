package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.Identifiers.quoted;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Row;
import dev.tributary.sink.mysql.Statement.Purpose;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows that nothing tells apart: new ones are appended, an update or delete takes away one row that equals the old
 * image in every column. In source order, and nothing is folded: how many equal rows there are is part of the data.
 */
final class AppendedRows implements RowWriter {
    private final Shape shape;
    private final RowSizes sizes;
    private final RowChunks inserts;
    /** By number of rows, of which {@link RowChunks} knows a few. */
    private final Map<Integer, String> insertSql = new HashMap<>();

    AppendedRows(Shape shape, RowSizes sizes) {
        this.shape = shape;
        this.sizes = sizes;
        this.inserts = new RowChunks(shape.written().size(), sizes.statement());
    }

    @Override
    public void write(List<ChangeRecord> records, List<Statement> statements) {
        List<Row> fresh = new ArrayList<>();
        for (ChangeRecord record : records) {
            if (record.before() != null) {
                append(fresh, statements);
                fresh.clear();
                statements.add(removal(record.before()));
            }
            if (record.after() != null) {
                fresh.add(record.after());
            }
        }
        append(fresh, statements);
    }

    private void append(List<Row> rows, List<Statement> statements) {
        for (int from = 0; from < rows.size(); ) {
            int count = inserts.next(rows, from);
            @Nullable Object[] values = shape.values(rows, from, count);
            sizes.check(shape.table(), values, rows.get(from));
            String sql = insertSql.computeIfAbsent(count, shape::insert);
            statements.add(new Statement(shape.table(), sql, Tuple.wrap(values), Purpose.ROWS));
            from += count;
        }
    }

    private Statement removal(Row row) {
        Removal removal = new Removal();
        for (Binding column : shape.written()) {
            removal.add(column, row);
        }
        return removal.statement(shape.table());
    }

    /** A {@code DELETE} of one row, as it grows. */
    private static final class Removal {
        /** MySQL writes six digits of a FLOAT as text, so a copied one has lost what a replicated one has. */
        private static final double FLOAT_TOLERANCE = 5.1e-6;

        private final List<String> terms = new ArrayList<>();
        private final Tuple values = Tuple.tuple();
        private final List<String> nearest = new ArrayList<>();
        private final List<Object> nearestValues = new ArrayList<>();

        void add(Binding column, Row row) {
            String name = quoted(column.name());
            Object value = column.comparable(row);
            if (column.match() == Match.FLOAT && value instanceof Float number) {
                terms.add("ABS(" + name + " - ?) <= ?");
                values.addValue(number).addValue(Math.abs(number) * FLOAT_TOLERANCE);
                nearest.add("ABS(" + name + " - ?)");
                nearestValues.add(number);
                return;
            }
            if (column.match() == Match.TEXT) {
                terms.add(column.sameBytes());
                values.addValue(column.bytes(row));
            }
            if (column.match() != Match.TEXT || column.into().leads()) {
                terms.add(name + " <=> " + column.placeholder());
                values.addValue(value);
            }
        }

        Statement statement(String table) {
            nearestValues.forEach(values::addValue);
            String sql = "DELETE FROM " + quoted(table) + " WHERE " + String.join(" AND ", terms)
                    + (nearest.isEmpty() ? "" : " ORDER BY " + String.join(" + ", nearest)) + " LIMIT 1";
            return new Statement(table, sql, values, Purpose.ONE_ROW);
        }
    }
}
