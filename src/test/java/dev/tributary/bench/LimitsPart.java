package dev.tributary.bench;

import dev.tributary.servers.LoopbackPorts;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures what a row costs as rows grow wider, have more columns, lie in more tables, and come in larger transactions: the
 * application alone, by default settings. Rows are made by the source's servers themselves, half of them in each shard.
 */
final class LimitsPart {
    static final String WIDTH = "bytes a row";
    static final String COLUMNS = "columns";
    static final String TABLES = "tables";
    static final String TRANSACTION = "rows a transaction";
    static final List<String> ALL = List.of(WIDTH, COLUMNS, TABLES, TRANSACTION);

    static final String ROWS_PER_SECOND = "rows/s";
    static final String CPU = "CPU µs a row";

    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final int MOST_ROWS = 400_000;
    private static final long MOST_BYTES = 200_000_000;
    private static final long MOST_VALUES = 4_000_000;
    private static final int MOST_TABLES = 2_000;
    private static final int ROWS_OF_TABLE = 100;
    private static final int MOST_TRANSACTIONS = 20_000;
    private static final int MOST_CHANGES = 200_000;

    private final Jvm jvm;
    private final Results results;
    private final Source source;
    private final Target target;

    private LimitsPart(Jvm jvm, Results results, Source source, Target target) {
        this.jvm = jvm;
        this.results = results;
        this.source = source;
        this.target = target;
    }

    static String part(String dimension) {
        return Part.LIMITS.word() + ", " + dimension;
    }

    static void run(BenchSettings settings, Jvm jvm, Results results) throws SQLException {
        try (Source source = Source.start();
                Target target = Target.start(settings.flags())) {
            for (MySqlServer mysqld : source.mysqlds()) {
                // to fill it is not what is measured
                mysqld.execute("SET GLOBAL sync_binlog = 0, GLOBAL innodb_flush_log_at_trx_commit = 0");
            }
            LimitsPart limits = new LimitsPart(jvm, results, source, target);
            limits.widths();
            limits.columns();
            limits.tables();
            limits.transactions();
        }
    }

    private void widths() throws SQLException {
        for (int width : new int[] {10, 100, 1_000, 10_000, 100_000, 1_000_000}) {
            String table = "width_" + width;
            int rows = (int) Math.min(MOST_ROWS, MOST_BYTES / width);
            create(List.of(table), "body longtext");
            fill(table, rows, ", REPEAT('x', " + width + ")");
            measure(WIDTH, width, () -> copy(table, 1, rows, (long) rows * width));
        }
    }

    private void columns() throws SQLException {
        for (int columns : new int[] {3, 10, 30, 100, 300, 1_000}) {
            String table = "columns_" + columns;
            int rows = (int) Math.min(MOST_ROWS, MOST_VALUES / columns);
            // two are there already
            create(
                    List.of(table),
                    IntStream.range(2, columns).mapToObj(i -> "c" + i + " int").collect(Collectors.joining(", ")));
            fill(table, rows, ", i".repeat(columns - 2));
            measure(COLUMNS, columns, () -> copy(table, 1, rows, 4L * columns * rows));
        }
    }

    private void tables() throws SQLException {
        List<String> names =
                IntStream.range(0, MOST_TABLES).mapToObj("t%04d"::formatted).toList();
        create(names, "body varchar(100)");
        for (String name : names) {
            fill(name, ROWS_OF_TABLE, ", REPEAT('x', 50)");
        }
        Map<Integer, String> some = new LinkedHashMap<>();
        some.put(1, "t0000");
        some.put(10, "/t000./");
        some.put(100, "/t00../");
        some.put(1_000, "/t0.../");
        some.put(MOST_TABLES, "/t..../");
        some.forEach((count, tables) ->
                measure(TABLES, count, () -> copy(tables, count, (long) count * ROWS_OF_TABLE, 0)));
    }

    private void transactions() throws SQLException {
        for (int size : new int[] {1, 10, 100, 1_000, 10_000, 100_000, 1_000_000}) {
            String table = "transactions_" + size;
            create(List.of(table), "body varchar(100)");
            long count = Math.max(1, Math.min(MOST_TRANSACTIONS, MOST_CHANGES / size));
            measure(TRANSACTION, size, () -> changes(table, size, count));
        }
    }

    private void measure(String dimension, long x, Results.Measuring measuring) {
        results.measure(part(dimension), String.format(Locale.ROOT, "%,d", x), 1, measuring);
    }

    private void create(List<String> tables, String columns) throws SQLException {
        source.create(tables, "id bigint NOT NULL, owner bigint NOT NULL, " + columns + ", PRIMARY KEY (id)");
    }

    private void fill(String table, long rows, String values) throws SQLException {
        int shard = 0;
        for (MySqlServer mysqld : source.mysqlds()) {
            try (Connection connection = mysqld.connect("vt_" + Source.KEYSPACE)) {
                insert(connection, table, 0, rows / 2, shard++, values);
            }
        }
    }

    /** In one transaction. */
    private static void insert(Connection connection, String table, long from, long rows, int shard, String values)
            throws SQLException {
        Sql.execute(
                connection,
                "SET SESSION cte_max_recursion_depth = 100000000",
                "INSERT INTO " + table + " WITH RECURSIVE n (i) AS (SELECT " + from
                        + " UNION ALL SELECT i + 1 FROM n WHERE i + 1 < " + (from + rows) + ") SELECT 2 * i + " + shard
                        + ", i" + values + " FROM n");
    }

    private Map<String, Double> copy(String tables, int count, long rows, long bytes) throws SQLException {
        target.clear();
        Quiet.settle(List.of(target.server()));
        try (BenchProcess process = start(tables)) {
            int parts = count * source.mysqlds().size();
            Watch.until("its parts", process, LIMIT, 10, () -> target.parts("TRUE") >= parts);
            Costs first = Costs.now(process, source, target);
            Watch.until("the copy", process, LIMIT, 20, () -> target.parts("state <> 'copied'") == 0);
            return figures(process, first, rows, bytes);
        }
    }

    private Map<String, Double> changes(String table, int size, long count) throws SQLException {
        target.clear();
        try (BenchProcess process = start(table)) {
            Watch.until("its parts", process, LIMIT, 10, () -> target.parts("TRUE") > 0);
            Watch.until("the copy", process, LIMIT, 10, () -> target.parts("state <> 'copied'") == 0);
            process.stop();
        }
        MySqlServer shard = source.mysqlds().getFirst();
        try (Connection connection = shard.connect("vt_" + Source.KEYSPACE)) {
            for (long n = 0; n < count; n++) {
                insert(connection, table, n * size, size, 0, ", REPEAT('x', 50)");
            }
        }
        Quiet.settle(List.of(target.server()));
        long before = target.inserted();
        try (BenchProcess process = start(table)) {
            Watch.until("the first rows", process, LIMIT, 2, () -> target.inserted() > before);
            Costs first = Costs.now(process, source, target);
            long had = target.inserted() - before;
            Watch.until("all rows", process, LIMIT, 10, () -> target.inserted() - before >= size * count);
            return figures(process, first, size * count - had, 0);
        }
    }

    private Map<String, Double> figures(BenchProcess process, Costs first, long rows, long bytes) throws SQLException {
        Costs last = Costs.now(process, source, target);
        Map<String, Double> all = last.since(first, rows);
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put(ROWS_PER_SECOND, all.getOrDefault("rows/s", Double.NaN));
        figures.put(CPU, all.getOrDefault("CPU-s/M rows", Double.NaN));
        figures.put("s", (last.nanos() - first.nanos()) / 1e9);
        if (bytes > 0) {
            figures.put("MB/s", bytes * 1e3 / (last.nanos() - first.nanos()));
        }
        figures.put("MB resident", ProcessCosts.residentBytes(process.pid()) / 1e6);
        process.stop();
        return figures;
    }

    private BenchProcess start(String tables) {
        List<String> command = new ArrayList<>(jvm.application("run"));
        return BenchProcess.start(
                "tributary",
                command,
                Pipeline.environment(jvm, source, target, "&tables=" + tables, LoopbackPorts.next()));
    }
}
