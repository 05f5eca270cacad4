package dev.tributary.workload;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Inserts rows of one table, many a statement. */
final class Rows {
    private static final int PER_STATEMENT = 200;

    private final Connection connection;
    private final String head;
    private final String row;
    private final List<@Nullable Object> values = new ArrayList<>();
    private int rows;
    private int total;
    private @Nullable Rows parent;

    Rows(Connection connection, String table, String... columns) {
        this.connection = connection;
        this.head = "INSERT INTO `" + table + "` (`" + String.join("`, `", columns) + "`) VALUES ";
        this.row = "(" + String.join(", ", Collections.nCopies(columns.length, "?")) + ")";
    }

    /** Another table's rows that have to be there before these. */
    Rows after(Rows parent) {
        this.parent = parent;
        return this;
    }

    void add(@Nullable Object... row) throws SQLException {
        Collections.addAll(values, row);
        rows++;
        if (rows == PER_STATEMENT) {
            flush();
        }
    }

    void flush() throws SQLException {
        if (rows == 0) {
            return;
        }
        if (parent != null) {
            parent.flush();
        }
        String sql = head + String.join(", ", Collections.nCopies(rows, row));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            statement.executeUpdate();
        }
        total += rows;
        rows = 0;
        values.clear();
    }

    int total() {
        return total;
    }
}
