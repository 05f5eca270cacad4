package dev.tributary.sink.mysql;

import dev.tributary.record.Row;
import dev.tributary.sink.mysql.Statement.Purpose;
import io.vertx.sqlclient.Tuple;
import java.util.List;

/**
 * Rows with an ENUM that holds none of its members, which a source has that was not strict once: they are written without
 * strictness, too, for the server takes them in no other way.
 */
final class Lenience {
    private final String table;
    private final List<Binding> choices;

    Lenience(Shape shape) {
        this.table = shape.table();
        this.choices = shape.written().stream().filter(Binding::isChoice).toList();
    }

    boolean needs(Row row) {
        for (Binding choice : choices) {
            if (choice.choosesNothing(row)) {
                return true;
            }
        }
        return false;
    }

    /** Those rows that need none. */
    List<Row> without(List<Row> rows) {
        return of(rows).isEmpty()
                ? rows
                : rows.stream().filter(row -> !needs(row)).toList();
    }

    /** Those that do. */
    List<Row> of(List<Row> rows) {
        return choices.isEmpty() ? List.of() : rows.stream().filter(this::needs).toList();
    }

    Statement begin() {
        return mode(Target.LENIENT);
    }

    Statement end() {
        return mode(Target.STRICT);
    }

    private Statement mode(String mode) {
        return new Statement(table, "SET sql_mode = '" + mode + "'", Tuple.tuple(), Purpose.ROWS);
    }
}
