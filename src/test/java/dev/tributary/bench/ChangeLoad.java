package dev.tributary.bench;

import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;

/**
 * Changes the source in transactions of one size, of one owner and so of one shard each. A backlog is committed past VTGate, in which
 * most of its time would go. Of ten rows six are updated and four inserted, or two inserted and two deleted. An owner's rows
 * are deleted at the low end of their keys and inserted at the high one.
 */
final class ChangeLoad {
    /** Many commits at a time share a flush of the disk. */
    private static final int THREADS = 12;

    private final Source source;
    private final int owners;
    /** By table and owner, the number of the first row that is there. */
    private final long[][] low;

    private final long[][] high;
    /** By owner, the place of its shard among all. */
    private final List<Integer> shards;

    ChangeLoad(Source source, int owners) throws SQLException {
        this.source = source;
        this.owners = owners;
        this.low = new long[BenchTable.ALL.size()][owners];
        this.high = new long[BenchTable.ALL.size()][owners];
        for (long[] table : high) {
            java.util.Arrays.fill(table, BenchTable.ROWS_OF_OWNER);
        }
        this.shards = source.shardsOf(owners);
    }

    /** A connection with each shard's mysqld. */
    private final class Mysqlds implements AutoCloseable {
        private final List<Connection> connections = new ArrayList<>();

        Mysqlds() throws SQLException {
            for (MySqlServer mysqld : source.mysqlds()) {
                Connection connection = mysqld.connect(Source.DATABASE);
                connection.setAutoCommit(false);
                connections.add(connection);
            }
        }

        Connection of(int owner) {
            return connections.get(shards.get(owner));
        }

        @Override
        public void close() throws SQLException {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }

    /** Commits so many transactions; every one is of one owner and so of one shard. */
    void commit(int transactions, Changes changes) {
        int workers = Math.min(THREADS, owners);
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            int worker = i;
            tasks.add(() -> {
                RandomGenerator random = new java.util.SplittableRandom(worker);
                try (Mysqlds mysqlds = new Mysqlds()) {
                    for (int n = worker; n < transactions; n += workers) {
                        int owner = ownerOf(worker, workers, n);
                        Connection connection = mysqlds.of(owner);
                        change(connection, random, owner, n, changes);
                        connection.commit();
                    }
                }
                return null;
            });
        }
        Loader.run(workers, tasks);
    }

    /** Owners are dealt to the workers, so that no two change the same; there are as many at least. */
    private int ownerOf(int worker, int workers, int n) {
        return worker + workers * (n / workers % ((owners - worker + workers - 1) / workers));
    }

    private void change(Connection connection, RandomGenerator random, int owner, int n, Changes changes)
            throws SQLException {
        int rows = changes.rows();
        if (rows == 1) {
            int updates = (n + n / owners) % 5 < 3 ? 1 : 0;
            change(connection, random, n / owners % BenchTable.ALL.size(), owner, updates, 1 - updates, 0);
            return;
        }
        int share = rows / BenchTable.ALL.size();
        int deletes = changes.deletes() ? share / 5 : 0;
        for (int table = 0; table < BenchTable.ALL.size(); table++) {
            change(connection, random, table, owner, share * 3 / 5, share * 2 / 5 - deletes, deletes);
        }
    }

    private void change(
            Connection connection, RandomGenerator random, int table, int owner, int updates, int inserts, int deletes)
            throws SQLException {
        BenchTable changed = BenchTable.ALL.get(table);
        if (updates > 0) {
            long first = random.nextLong(low[table][owner], high[table][owner] - updates + 1);
            Sql.execute(
                    connection, "UPDATE " + changed.name() + " SET " + changed.change() + where(owner, first, updates));
        }
        if (inserts > 0) {
            Loader.insert(connection, changed, owner, high[table][owner], inserts);
            high[table][owner] += inserts;
        }
        if (deletes > 0) {
            Sql.execute(connection, "DELETE FROM " + changed.name() + where(owner, low[table][owner], deletes));
            low[table][owner] += deletes;
        }
    }

    private static String where(int owner, long first, int count) {
        return " WHERE owner = " + owner + " AND id BETWEEN " + BenchTable.id(owner, first) + " AND "
                + BenchTable.id(owner, first + count - 1);
    }

    /** Commits so many new rows of one owner at once, as the n-th transaction of this worker's. */
    void append(Connection connection, int worker, int workers, int n, int rows) throws SQLException {
        int owner = ownerOf(worker, workers, n);
        Loader.insert(connection, BenchTable.ALL.getFirst(), owner, high[0][owner], rows);
        high[0][owner] += rows;
    }
}
