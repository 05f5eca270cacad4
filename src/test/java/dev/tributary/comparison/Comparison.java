package dev.tributary.comparison;

import dev.tributary.comparison.Report.TableReport;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.VitessCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares the shards of a source with a target, row by row and column by column. Reads the shards' own servers, past
 * VTGate. Rows without a key are compared as a multiset. Holds one row of each server at a time.
 */
public final class Comparison {
    private static final int MOST_SHOWN = 10;

    private final List<Database> shards;
    private final List<Database> targets;

    public Comparison(List<Database> shards, Database target) {
        this(shards, List.of(target));
    }

    /** @param targets the target's shards */
    public Comparison(List<Database> shards, List<Database> targets) {
        this.shards = List.copyOf(shards);
        this.targets = List.copyOf(targets);
    }

    /** Of a cluster's first keyspace with a database. */
    public static Comparison of(VitessCluster cluster, MySqlServer target, String database) {
        return new Comparison(
                cluster.shards().stream()
                        .map(shard -> new Database(cluster.mysqldOf(shard), "vt_" + cluster.keyspace()))
                        .toList(),
                new Database(target, database));
    }

    /** The databases of a keyspace's shards, whose primaries are those of the start. */
    public static List<Database> shardsOf(VitessCluster cluster, String keyspace) {
        return cluster.shards(keyspace).stream()
                .map(shard -> new Database(cluster.tablet(keyspace, shard, 0).mysqld(), "vt_" + keyspace))
                .toList();
    }

    /** Compares every table that either side has, less the pipeline's own. */
    public Report run() throws SQLException {
        TreeSet<String> tables = new TreeSet<>();
        for (Database shard : shards) {
            tables.addAll(tables(shard));
        }
        for (Database target : targets) {
            tables.addAll(tables(target));
        }
        return run(List.copyOf(tables));
    }

    public Report run(List<String> tables) throws SQLException {
        List<TableReport> reports = new ArrayList<>();
        for (String table : tables) {
            reports.add(compare(table));
        }
        return new Report(reports);
    }

    private static List<String> tables(Database database) throws SQLException {
        try (Connection connection = database.connect()) {
            return TableShape.tables(connection, database.name()).stream()
                    .filter(table -> !table.startsWith("tributary_"))
                    .filter(table -> !table.startsWith("_vt_"))
                    .toList();
        }
    }

    private TableReport compare(String table) throws SQLException {
        TableShape expected = shape(shards.getFirst(), table);
        TableShape found = shape(targets.getFirst(), table);
        if (!expected.isLike(found)) {
            String what = found.columns().isEmpty()
                    ? "the table is missing at the target"
                    : expected.columns().isEmpty()
                            ? "the table is only at the target"
                            : "the columns are " + found.columns() + " and should be " + expected.columns();
            return new TableReport(table, 0, 0, 1, List.of(new Difference(table, "", what)));
        }
        TableShape shape = expected.columns().equals(found.columns()) ? expected : expected.withParsedJson();
        List<SortedRows> opened = new ArrayList<>();
        try {
            for (Database database : shards) {
                opened.add(SortedRows.open(database, shape));
            }
            for (Database database : targets) {
                opened.add(SortedRows.open(database, shape));
            }
            return compare(shape, opened.subList(0, shards.size()), opened.subList(shards.size(), opened.size()));
        } finally {
            for (SortedRows rows : opened) {
                rows.close();
            }
        }
    }

    private static TableShape shape(Database database, String table) throws SQLException {
        try (Connection connection = database.connect()) {
            return TableShape.read(connection, database.name(), table);
        }
    }

    private static TableReport compare(TableShape shape, List<SortedRows> sources, List<SortedRows> targets)
            throws SQLException {
        long differences = 0;
        List<Difference> shown = new ArrayList<>();
        while (true) {
            SortedRows source = first(sources);
            SortedRows target = first(targets);
            ComparedRow expected = source == null ? null : source.current();
            ComparedRow found = target == null ? null : target.current();
            if (expected == null && found == null) {
                break;
            }
            int order = expected == null ? 1 : found == null ? -1 : expected.compareTo(found);
            Difference difference = null;
            if (order < 0 && expected != null) {
                difference = Difference.missing(shape, expected);
            } else if (order > 0 && found != null) {
                difference = Difference.extra(shape, found);
            } else if (expected != null && found != null && !expected.values().equals(found.values())) {
                difference = Difference.changed(shape, expected, found);
            }
            if (difference != null) {
                differences++;
                if (shown.size() < MOST_SHOWN) {
                    shown.add(difference);
                }
            }
            if (order <= 0 && source != null) {
                source.advance();
            }
            if (order >= 0 && target != null) {
                target.advance();
            }
        }
        long sourceRows = sources.stream().mapToLong(SortedRows::count).sum();
        long targetRows = targets.stream().mapToLong(SortedRows::count).sum();
        return new TableReport(shape.table(), sourceRows, targetRows, differences, List.copyOf(shown));
    }

    /** The shard whose next row is the smallest. */
    private static @Nullable SortedRows first(List<SortedRows> sources) {
        SortedRows first = null;
        ComparedRow smallest = null;
        for (SortedRows source : sources) {
            ComparedRow row = source.current();
            if (row != null && (smallest == null || row.compareTo(smallest) < 0)) {
                first = source;
                smallest = row;
            }
        }
        return first;
    }
}
