package dev.tributary.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Upserts by the reactive client alone, with nothing around it: transactions of prepared statements of many rows each, all
 * statements of one sent at once, its COMMIT when all are answered, and a row of a checkpoint in each. Integers go as such, all
 * else as text.
 *
 * <p>Arguments: MySQL's port, database, rows of each table, how many connections. Prints what the peers' writers print.
 */
final class PreparedWriter {
    private static final int ROWS_OF_TRANSACTION = 5_000;
    private static final int ROWS_OF_STATEMENT = 100;
    private static final String CHECKPOINT = "raw_checkpoint";

    private final List<SqlConnection> connections = new ArrayList<>();
    private final int rows;

    private PreparedWriter(int rows) {
        this.rows = rows;
    }

    /** A statement of a transaction, with its values. */
    private record Write(String sql, Tuple values) {}

    public static void main(String[] arguments) {
        Vertx vertx = Vertx.vertx();
        try {
            run(vertx, arguments);
        } finally {
            // its threads outlive a failure
            vertx.close();
        }
    }

    private static void run(Vertx vertx, String[] arguments) {
        PreparedWriter writer = new PreparedWriter(Integer.parseInt(arguments[2]));
        MySQLConnectOptions options = new MySQLConnectOptions()
                .setHost("127.0.0.1")
                .setPort(Integer.parseInt(arguments[0]))
                .setDatabase(arguments[1])
                .setUser("root")
                .setUseAffectedRows(true)
                .setPipeliningLimit(256)
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheSqlFilter(sql -> true);
        for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
            writer.connections.add(await(MySQLConnection.connect(vertx, options)
                    .compose(connection -> connection
                            .query("SET transaction_isolation = 'READ-COMMITTED', autocommit = 0")
                            .execute()
                            .map(connection))));
        }
        await(writer.connections
                .getFirst()
                .query("CREATE TABLE " + CHECKPOINT + " (stream INT PRIMARY KEY, position VARCHAR(100))")
                .execute());
        for (WriterRows section : WriterRows.values()) {
            writer.measure(section);
        }
    }

    private void measure(WriterRows section) {
        List<List<List<Write>>> transactions = transactions(section);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        String name = section.name().toLowerCase(Locale.ROOT);
        System.gc();
        System.out.println("begin " + name);
        long bytes = threads.getTotalThreadAllocatedBytes();
        long cpu = system.getProcessCpuTime();
        long began = System.nanoTime();
        List<Future<Void>> written = new ArrayList<>();
        for (int i = 0; i < connections.size(); i++) {
            written.add(writeAll(connections.get(i), transactions.get(i), 0));
        }
        await(Future.all(written));
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.println("end " + name + " " + seconds + " " + (system.getProcessCpuTime() - cpu) / 1e9 + " "
                + (threads.getTotalThreadAllocatedBytes() - bytes));
    }

    private static Future<Void> writeAll(SqlConnection connection, List<List<Write>> transactions, int at) {
        if (at == transactions.size()) {
            return Future.succeededFuture();
        }
        List<Future<?>> answers = transactions.get(at).stream()
                .<Future<?>>map(write -> connection.preparedQuery(write.sql()).execute(write.values()))
                .toList();
        return Future.all(answers)
                .compose(answered -> connection.query("COMMIT").execute())
                .compose(committed -> writeAll(connection, transactions, at + 1));
    }

    /** By connection; a transaction has rows of both tables. */
    private List<List<List<Write>>> transactions(WriterRows section) {
        List<List<List<Write>>> transactions = new ArrayList<>();
        connections.forEach(connection -> transactions.add(new ArrayList<>()));
        int ofTable = ROWS_OF_TRANSACTION / BenchTable.ALL.size();
        int count = section.count(rows);
        for (int from = 0, turn = 0; from < count; from += ofTable, turn++) {
            int owner = turn % connections.size();
            List<Write> writes = new ArrayList<>();
            writes.add(new Write(
                    "INSERT INTO " + CHECKPOINT + " VALUES (?, ?) ON DUPLICATE KEY UPDATE position = VALUES(position)",
                    Tuple.of(owner, section + " " + from)));
            int to = Math.min(count, from + ofTable);
            for (BenchTable table : BenchTable.ALL) {
                for (int first = from; first < to; first += ROWS_OF_STATEMENT) {
                    writes.add(write(section, table, first, Math.min(to, first + ROWS_OF_STATEMENT)));
                }
            }
            transactions.get(owner).add(writes);
        }
        return transactions;
    }

    private static Write write(WriterRows section, BenchTable table, int from, int to) {
        Tuple values = Tuple.tuple();
        for (int n = from; n < to; n++) {
            List<@Nullable String> row = section.row(table, n);
            for (int i = 0; i < row.size(); i++) {
                String value = row.get(i);
                values.addValue(value != null && table.columns().get(i).endsWith("int") ? Long.valueOf(value) : value);
            }
        }
        return new Write(upsert(table, to - from), values);
    }

    private static String upsert(BenchTable table, int count) {
        List<String> names = table.columnNames();
        String row = names.stream().map(name -> "?").collect(Collectors.joining(", ", "(", ")"));
        String updates =
                names.stream().map(name -> name + " = VALUES(" + name + ")").collect(Collectors.joining(", "));
        return "INSERT INTO " + table.name() + " (" + String.join(", ", names) + ") VALUES "
                + (row + ", ").repeat(count - 1) + row + " ON DUPLICATE KEY UPDATE " + updates;
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }
}
