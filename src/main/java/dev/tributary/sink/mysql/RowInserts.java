package dev.tributary.sink.mysql;

import dev.tributary.record.Row;
import dev.tributary.sink.mysql.Statement.Purpose;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** Inserts rows of one table. */
final class RowInserts {
    private final Shape shape;
    private final RowSizes sizes;
    private final IntFunction<String> sql;
    private final RowChunks chunks;
    private final Lenience lenience;
    /** By number of rows, of which {@link RowChunks} knows a few. */
    private final Map<Integer, String> sqlByCount = new HashMap<>();

    /** @param sql the statement for so many rows */
    RowInserts(Shape shape, RowSizes sizes, IntFunction<String> sql) {
        this.shape = shape;
        this.sizes = sizes;
        this.sql = sql;
        this.chunks = new RowChunks(shape.written().size(), sizes.statement());
        this.lenience = new Lenience(shape);
    }

    /** Whether they are written in their order, none of them by itself. */
    boolean keepsOrder(List<Row> rows) {
        return lenience.of(rows).isEmpty();
    }

    void write(List<Row> rows, List<Statement> statements) {
        List<Row> choosingNothing = lenience.of(rows);
        if (choosingNothing.isEmpty()) {
            insert(rows, statements);
        } else {
            insert(rows.stream().filter(row -> !lenience.needs(row)).toList(), statements);
            statements.add(lenience.begin());
            insert(choosingNothing, statements);
            statements.add(lenience.end());
        }
    }

    private void insert(List<Row> rows, List<Statement> statements) {
        for (int from = 0; from < rows.size(); ) {
            int count = chunks.next(rows, from);
            RowValues values = new RowValues(rows.subList(from, from + count), shape.written());
            String inserting = sqlByCount.computeIfAbsent(count, sql::apply);
            sizes.check(shape.table(), inserting, values, rows.get(from));
            statements.add(new Statement(shape.table(), inserting, values, Purpose.ROWS));
            from += count;
        }
    }
}
