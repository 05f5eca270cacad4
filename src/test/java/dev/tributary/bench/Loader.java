package dev.tributary.bench;

import dev.tributary.servers.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Fills the source's tables. */
final class Loader {
    private static final int THREADS = 4;
    private static final int ROWS_OF_STATEMENT = 500;

    private Loader() {}

    /** Inserts the first rows of these owners into every table. */
    static void load(Source source, int owners) {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < owners; i++) {
            long owner = i;
            tasks.add(() -> {
                try (Connection connection = source.cluster().connect()) {
                    connection.setAutoCommit(false);
                    for (BenchTable table : BenchTable.ALL) {
                        insert(connection, table, owner, 0, BenchTable.ROWS_OF_OWNER);
                    }
                    connection.commit();
                }
                return null;
            });
        }
        run(THREADS, tasks);
    }

    /** Inserts an owner's rows from the n-th on. */
    static void insert(Connection connection, BenchTable table, long owner, long first, int count) throws SQLException {
        for (long from = first; from < first + count; from += ROWS_OF_STATEMENT) {
            List<List<@Nullable String>> rows = new ArrayList<>();
            for (long n = from; n < Math.min(first + count, from + ROWS_OF_STATEMENT); n++) {
                rows.add(table.row(BenchTable.id(owner, n), 0));
            }
            Sql.execute(connection, insertSql(table, rows));
        }
    }

    private static String insertSql(BenchTable table, List<List<@Nullable String>> rows) {
        return rows.stream()
                .map(row -> row.stream()
                        .map(value -> value == null ? "NULL" : "'" + value + "'")
                        .collect(Collectors.joining(", ", "(", ")")))
                .collect(Collectors.joining(
                        ", ",
                        "INSERT INTO " + table.name() + " (" + String.join(", ", table.columnNames()) + ") VALUES ",
                        ""));
    }

    /** Runs all, some at a time; the first failure is the caller's. */
    static void run(int threads, List<Callable<Void>> tasks) {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (Future<Void> done : pool.invokeAll(tasks)) {
                done.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the source was not filled", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while filling the source", e);
        }
    }
}
