package dev.tributary.sink.mysql;

import dev.tributary.record.Row;
import dev.tributary.sink.mysql.Statement.Purpose;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
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

    /** Those rows that do. */
    List<Row> of(List<Row> rows) {
        if (choices.isEmpty()) {
            return List.of();
        }
        List<Row> found = new ArrayList<>();
        for (Row row : rows) {
            if (needs(row)) {
                found.add(row);
            }
        }
        return found;
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
