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

/** Fills the source's tables through VTGate. */
final class Loader {
    private static final int THREADS = 4;
    private static final int ROWS_OF_STATEMENT = 500;

    private Loader() {}

    /** Inserts the rows of the first ids into every table. */
    static void load(Source source, int ids) {
        List<Callable<Void>> owners = new ArrayList<>();
        for (int from = 0; from < ids; from += BenchTable.ROWS_OF_OWNER) {
            int first = from;
            int end = Math.min(ids, from + BenchTable.ROWS_OF_OWNER);
            owners.add(() -> {
                insert(source, first, end);
                return null;
            });
        }
        run(THREADS, owners);
    }

    private static void insert(Source source, int first, int end) throws SQLException {
        try (Connection connection = source.cluster().connect()) {
            connection.setAutoCommit(false);
            for (BenchTable table : BenchTable.ALL) {
                for (int from = first; from < end; from += ROWS_OF_STATEMENT) {
                    List<List<@Nullable String>> rows = new ArrayList<>();
                    for (int id = from; id < Math.min(end, from + ROWS_OF_STATEMENT); id++) {
                        rows.add(table.row(id, 0));
                    }
                    Sql.execute(connection, insertSql(table, rows));
                }
            }
            connection.commit();
        }
    }

    static String insertSql(BenchTable table, List<List<@Nullable String>> rows) {
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
