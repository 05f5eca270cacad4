package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.Identifiers.quoted;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Row;
import dev.tributary.sink.mysql.Statement.Purpose;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes rows that nothing tells apart: new ones are appended, an update or delete takes away one row that equals the old
 * image in every column. In source order, and nothing is folded: how many equal rows there are is part of the data.
 */
final class AppendedRows implements RowWriter {
    private final Shape shape;
    private final RowInserts inserts;

    AppendedRows(Shape shape, RowSizes sizes) {
        this.shape = shape;
        this.inserts = new RowInserts(shape, sizes, shape::insert);
    }

    @Override
    public void write(List<ChangeRecord> records, List<Statement> statements) {
        List<Row> fresh = new ArrayList<>();
        for (ChangeRecord record : records) {
            if (record.before() != null) {
                inserts.write(fresh, statements);
                fresh.clear();
                statements.add(removal(record.before()));
            }
            if (record.after() != null) {
                fresh.add(record.after());
            }
        }
        inserts.write(fresh, statements);
    }

    private Statement removal(Row row) {
        Removal removal = new Removal();
        for (Binding column : shape.written()) {
            boolean kept = shape.isMariaDb() && column.from().type().equals("json");
            if (kept && !row.isNull(column.index())) {
                removal.addJson(column, row);
            } else {
                removal.add(column, row);
            }
        }
        return removal.statement(shape.table());
    }

    /** A {@code DELETE} of one row, as it grows. */
    private static final class Removal {
        private final List<String> terms = new ArrayList<>();
        private final Tuple values = Tuple.tuple();

        void add(Binding column, Row row) {
            String name = quoted(column.name());
            Object value = column.comparable(row);
            if (value instanceof Double number && number == 0) {
                // it has a sign, too
                boolean negative = Double.doubleToRawLongBits(number) != 0;
                terms.add("LEFT(" + name + ", 1) " + (negative ? "=" : "<>") + " '-'");
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

        /**
         * A document that is kept as its text, which copy and changes write each in its own way; what is nested deeper than
         * MariaDB's functions look is found by its text alone.
         */
        void addJson(Binding column, Row row) {
            String name = quoted(column.name());
            Object value = Values.of(column.from(), row, column.index());
            terms.add("(JSON_EQUALS(" + name + ", ?) OR " + name + " = ?)");
            values.addValue(value).addValue(value);
        }

        Statement statement(String table) {
            String sql = "DELETE FROM " + quoted(table) + " WHERE " + String.join(" AND ", terms) + " LIMIT 1";
            return new Statement(table, sql, values, Purpose.ONE_ROW);
        }
    }
}
