package dev.tributary.comparison;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A table's rows of one database in order, streamed: one row is held at a time, or those that the server can't put in order.
 */
final class SortedRows implements AutoCloseable {
    private final TableShape shape;
    private final Connection connection;
    private final ResultSet result;
    private final Deque<List<@Nullable String>> read = new ArrayDeque<>();
    private @Nullable List<@Nullable String> ahead;
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
        if (read.isEmpty()) {
            read();
        }
        List<@Nullable String> texts = read.poll();
        if (texts == null) {
            current = null;
            return;
        }
        current = ComparedRow.of(shape, texts);
        count++;
    }

    /** A row; or all that begin alike, in an order of their own. */
    private void read() throws SQLException {
        List<@Nullable String> first = ahead == null ? next() : ahead;
        ahead = null;
        if (first == null) {
            return;
        }
        if (!shape.ordersBesides()) {
            read.add(first);
            return;
        }
        List<List<@Nullable String>> alike = new ArrayList<>(List.of(first));
        for (ahead = next(); ahead != null && Objects.equals(first.getFirst(), ahead.getFirst()); ahead = next()) {
            alike.add(ahead);
        }
        for (List<@Nullable String> row : alike) {
            // a document may be null as well
            row.set(0, row.stream().map(text -> text == null ? "-" : "+" + text).collect(Collectors.joining("|")));
        }
        alike.sort(Comparator.comparing(row -> String.valueOf(row.getFirst())));
        read.addAll(alike);
    }

    private @Nullable List<@Nullable String> next() throws SQLException {
        if (!result.next()) {
            return null;
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
        return texts;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
