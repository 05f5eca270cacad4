package dev.tributary.sink.mysql;

import dev.tributary.record.Row;
import dev.tributary.sink.mysql.Statement.Purpose;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Inserts rows of one table. An ENUM that holds none of its members, which a source has that was not strict once, is
 * written without strictness, too: the server takes it in no other way.
 */
final class RowInserts {
    private final Shape shape;
    private final RowSizes sizes;
    private final IntFunction<String> sql;
    private final RowChunks chunks;
    private final List<Binding> choices;
    /** By number of rows, of which {@link RowChunks} knows a few. */
    private final Map<Integer, String> sqlByCount = new HashMap<>();

    /** @param sql the statement for so many rows */
    RowInserts(Shape shape, RowSizes sizes, IntFunction<String> sql) {
        this.shape = shape;
        this.sizes = sizes;
        this.sql = sql;
        this.chunks = new RowChunks(shape.written().size(), sizes.statement());
        this.choices = shape.written().stream().filter(Binding::isChoice).toList();
    }

    void write(List<Row> rows, List<Statement> statements) {
        List<Row> strict = rows;
        List<Row> chosenNothing = List.of();
        if (!choices.isEmpty() && rows.stream().anyMatch(this::choosesNothing)) {
            strict = rows.stream().filter(row -> !choosesNothing(row)).toList();
            chosenNothing = rows.stream().filter(this::choosesNothing).toList();
        }
        insert(strict, statements);
        if (!chosenNothing.isEmpty()) {
            statements.add(mode(Target.LENIENT));
            insert(chosenNothing, statements);
            statements.add(mode(Target.STRICT));
        }
    }

    private boolean choosesNothing(Row row) {
        return choices.stream().anyMatch(column -> column.choosesNothing(row));
    }

    private Statement mode(String mode) {
        return new Statement(shape.table(), "SET sql_mode = '" + mode + "'", Tuple.tuple(), Purpose.ROWS);
    }

    private void insert(List<Row> rows, List<Statement> statements) {
        for (int from = 0; from < rows.size(); ) {
            int count = chunks.next(rows, from);
            @Nullable Object[] values = shape.values(rows, from, count);
            sizes.check(shape.table(), values, rows.get(from));
            String inserting = sqlByCount.computeIfAbsent(count, sql::apply);
            statements.add(new Statement(shape.table(), inserting, Tuple.wrap(values), Purpose.ROWS));
            from += count;
        }
    }
}
