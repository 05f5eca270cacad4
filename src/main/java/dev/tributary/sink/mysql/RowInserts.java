package dev.tributary.sink.mysql;

import dev.tributary.record.Row;
import dev.tributary.sink.mysql.Statement.Purpose;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

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
            @Nullable Object[] values = shape.values(rows, from, count);
            String inserting = sqlByCount.computeIfAbsent(count, sql::apply);
            sizes.check(shape.table(), inserting, values, rows.get(from));
            statements.add(new Statement(shape.table(), inserting, Tuple.wrap(values), Purpose.ROWS));
            from += count;
        }
    }
}
