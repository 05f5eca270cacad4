package dev.tributary.bench.peers;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** Some connections to one database, which share work. */
final class Connections implements AutoCloseable {
    private final List<Connection> open = new ArrayList<>();
    private final ExecutorService threads;

    Connections(int count, String url) throws Exception {
        for (int i = 0; i < count; i++) {
            Connection connection = DriverManager.getConnection(url);
            // two that write neighbouring keys must not wait for the gap between them
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            connection.setAutoCommit(false);
            open.add(connection);
        }
        threads = Executors.newFixedThreadPool(count);
    }

    /** Something to do on a connection, and to commit. */
    interface Task {
        void run(Connection connection) throws Exception;
    }

    /** One of each, then the next of each. */
    static List<Task> inTurn(List<List<Task>> tasks) {
        List<Task> all = new ArrayList<>();
        for (int i = 0; i < tasks.getFirst().size(); i++) {
            for (List<Task> some : tasks) {
                all.add(some.get(i));
            }
        }
        return all;
    }

    /** An upsert of a row into a table that is there. */
    String upsert(String table) throws Exception {
        try (Statement statement = open.getFirst().createStatement();
                ResultSet result = statement.executeQuery("SELECT * FROM " + table + " LIMIT 0")) {
            List<String> columns = new ArrayList<>();
            for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                columns.add(result.getMetaData().getColumnName(i));
            }
            String marks = columns.stream().map(column -> "?").collect(Collectors.joining(", "));
            // the form that every MySQL has
            String updates = columns.stream()
                    .map(column -> column + " = VALUES(" + column + ")")
                    .collect(Collectors.joining(", "));
            return "INSERT INTO " + table + " (" + String.join(", ", columns) + ") VALUES (" + marks
                    + ") ON DUPLICATE KEY UPDATE " + updates;
        }
    }

    /** Deals the tasks to the connections and returns when all are committed. */
    void run(List<Task> tasks) throws Exception {
        List<Future<Void>> running = new ArrayList<>();
        for (int i = 0; i < open.size(); i++) {
            int first = i;
            running.add(threads.submit(() -> {
                for (int n = first; n < tasks.size(); n += open.size()) {
                    tasks.get(n).run(open.get(first));
                    open.get(first).commit();
                }
                return null;
            }));
        }
        for (Future<Void> done : running) {
            done.get();
        }
    }

    @Override
    public void close() throws Exception {
        threads.shutdown();
        for (Connection connection : open) {
            connection.close();
        }
    }
}
