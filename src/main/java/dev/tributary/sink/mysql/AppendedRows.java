package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.Identifiers.quoted;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Column;
import dev.tributary.record.Row;
import dev.tributary.sink.mysql.Statement.Purpose;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
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
        this.inserts = new RowChunks(shape.written().length, sizes.statement());
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
        for (int i = 0; i < shape.written().length; i++) {
            int index = shape.written()[i];
            TargetColumn column = shape.into().get(i);
            Object value = Match.of(column).parameter(column(index), row, index);
            if (value != null && shape.isMariaDb() && column(index).type().equals("json")) {
                removal.addJson(column, value);
            } else {
                removal.add(column, value);
            }
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

        void add(TargetColumn column, @Nullable Object value) {
            String name = quoted(column.name());
            Match match = Match.of(column);
            if (match == Match.FLOAT && value instanceof Float number) {
                terms.add("ABS(" + name + " - ?) <= ?");
                values.addValue(number).addValue(Math.abs(number) * FLOAT_TOLERANCE);
                nearest.add("ABS(" + name + " - ?)");
                nearestValues.add(number);
                return;
            }
            if (match == Match.TEXT) {
                // by bytes: in most collations texts are equal that are not the same
                terms.add("CAST(CONVERT(" + name + " USING utf8mb4) AS BINARY) <=> ?");
                values.addValue(
                        value instanceof String text ? Buffer.buffer(text.getBytes(StandardCharsets.UTF_8)) : value);
            }
            if (match != Match.TEXT || column.leads()) {
                terms.add(name + " <=> " + Match.placeholder(column));
                values.addValue(value);
            }
        }

        /**
         * A document that is kept as its text, which copy and changes write each in its own way; what is nested deeper than
         * MariaDB's functions look is found by its text alone.
         */
        void addJson(TargetColumn column, Object value) {
            String name = quoted(column.name());
            terms.add("(JSON_EQUALS(" + name + ", ?) OR " + name + " = ?)");
            values.addValue(value).addValue(value);
        }

        Statement statement(String table) {
            nearestValues.forEach(values::addValue);
            String sql = "DELETE FROM " + quoted(table) + " WHERE " + String.join(" AND ", terms)
                    + (nearest.isEmpty() ? "" : " ORDER BY " + String.join(" + ", nearest)) + " LIMIT 1";
            return new Statement(table, sql, values, Purpose.ONE_ROW);
        }
    }

    private Column column(int index) {
        return shape.schema().columns().get(index);
    }
}
