package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.Identifiers.quoted;

import dev.tributary.record.Row;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What finds one row at the target by values that it has: SQL's terms and their parameters. */
final class RowCondition {
    private final List<String> terms = new ArrayList<>();
    private final List<@Nullable Object> values = new ArrayList<>();

    private RowCondition() {}

    /** A row of that key. */
    static RowCondition key(Shape shape, Row row) {
        RowCondition condition = new RowCondition();
        for (Binding column : shape.key()) {
            condition.add(quoted(column.name()) + " = " + column.placeholder(), column.comparable(row));
            if (shape.byPrefix() && column.match() == Match.TEXT) {
                condition.add(column.sameBytes(), column.bytes(row));
            }
        }
        return condition;
    }

    /** A row that equals it in every column, to the byte. */
    static RowCondition equal(Shape shape, Row row) {
        RowCondition condition = new RowCondition();
        for (Binding column : shape.written()) {
            boolean kept = shape.isMariaDb() && column.from().type().equals("json");
            if (kept && !row.isNull(column.index())) {
                condition.addJson(column, row);
            } else {
                condition.addEqual(column, row);
            }
        }
        return condition;
    }

    private void addEqual(Binding column, Row row) {
        String name = quoted(column.name());
        Object value = column.comparable(row);
        if (value instanceof Double number && number == 0) {
            // it has a sign, too
            boolean negative = Double.doubleToRawLongBits(number) != 0;
            terms.add("LEFT(" + name + ", 1) " + (negative ? "=" : "<>") + " '-'");
        }
        if (column.match() == Match.TEXT) {
            add(column.sameBytes(), column.bytes(row));
        }
        if (column.match() != Match.TEXT || column.into().leads()) {
            add(name + " <=> " + column.placeholder(), value);
        }
    }

    /**
     * A document that is kept as its text, which copy and changes write each in its own way; what is nested deeper than
     * MariaDB's functions look is found by its text alone.
     */
    private void addJson(Binding column, Row row) {
        String name = quoted(column.name());
        Object value = Values.of(column.from(), row, column.index());
        add("(JSON_EQUALS(" + name + ", ?) OR " + name + " = ?)", value);
        values.add(value);
    }

    private void add(String term, @Nullable Object value) {
        terms.add(term);
        values.add(value);
    }

    String sql() {
        return String.join(" AND ", terms);
    }

    List<@Nullable Object> values() {
        return values;
    }
}
