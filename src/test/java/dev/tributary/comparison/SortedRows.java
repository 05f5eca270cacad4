package dev.tributary.comparison;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table's rows of one database in order, streamed: one row is held at a time. */
final class SortedRows implements AutoCloseable {
    private final TableShape shape;
    private final Connection connection;
    private final ResultSet result;
    private @Nullable ComparedRow current;
    private long count;

    private SortedRows(TableShape shape, Connection connection, ResultSet result) {
        this.shape = shape;
        this.connection = connection;
        this.result = result;
    }

    static SortedRows open(Database database, TableShape shape) throws SQLException {
        Connection connection = database.connect();
        try {
            Statement statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
            // the driver's way to say: row by row
            statement.setFetchSize(Integer.MIN_VALUE);
            SortedRows rows = new SortedRows(shape, connection, statement.executeQuery(shape.query()));
            rows.advance();
            return rows;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** The row that is at hand; null after the last. */
    @Nullable
    ComparedRow current() {
        return current;
    }

    long count() {
        return count;
    }

    void advance() throws SQLException {
        if (!result.next()) {
            current = null;
            return;
        }
        int orderColumns = shape.orderColumns();
        int columns = orderColumns + shape.columns().size();
        List<@Nullable String> texts = new ArrayList<>(columns);
        for (int i = 1; i <= columns; i++) {
            String text = result.getString(i);
            boolean document = shape.parsesJson()
                    && i > orderColumns
                    && shape.columns().get(i - orderColumns - 1).isJson();
            texts.add(document && text != null ? CanonicalJson.of(text) : text);
        }
        current = ComparedRow.of(shape, texts);
        count++;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
