package dev.tributary.seeds;

import dev.tributary.servers.Sql;
import dev.tributary.servers.VitessCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Random transactions in one shard, at a steady pace from a thread of its own until it is closed. */
public final class RandomWriter implements AutoCloseable {
    /** Below what one row at a time can follow, or the time that a seed takes is that of tables that grow. */
    private static final int PER_SECOND = 25;

    private final List<Rows> tables = new ArrayList<>();
    private final Connection connection;
    private final VitessCluster cluster;
    private final String shard;
    private final Random random;
    /** Changes of the schema that are still to be made. */
    private final Queue<RandomChange> changes = new ConcurrentLinkedQueue<>();
    /** How far a shard's numbers are apart. */
    private final int step;
    /** The first number. */
    private final int first;

    private final ScheduledExecutorService thread;
    private volatile int committed;
    private volatile @Nullable Throwable failure;

    /** What a table has of the shard's rows. Numbers of one shard are never those of another. */
    private static final class Rows {
        /** Null when it is dropped. */
        @Nullable
        RandomTable table;

        final List<Integer> numbers = new ArrayList<>();
        final Map<Integer, Integer> uniqueValues = new HashMap<>();
        int next;

        Rows(@Nullable RandomTable table, int first) {
            this.table = table;
            this.next = first;
        }

        RandomTable table() {
            return Objects.requireNonNull(table);
        }
    }

    private RandomWriter(RandomSchema schema, VitessCluster cluster, int shard, long seed) throws SQLException {
        this.cluster = cluster;
        this.shard = cluster.shards().get(shard);
        this.random = new Random(seed * 31 + shard);
        this.step = cluster.shards().size();
        this.connection = cluster.mysqldOf(cluster.shards().get(shard)).connect("vt_" + cluster.keyspace());
        Sql.execute(connection, "SET sql_mode = '', time_zone = '+00:00'");
        connection.setAutoCommit(false);
        this.first = shard;
        for (RandomTable table : schema.tables()) {
            tables.add(new Rows(table, first));
        }
        this.thread = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform()
                .name("random writer of shard " + shard)
                .daemon()
                .factory());
    }

    /** Fills the shard's tables with some rows; {@link #start} goes on from there. */
    public static RandomWriter fill(RandomSchema schema, VitessCluster cluster, int shard, long seed, int rows)
            throws SQLException {
        RandomWriter writer = new RandomWriter(schema, cluster, shard, seed);
        for (Rows table : writer.tables) {
            for (int i = 0; i < rows; i++) {
                writer.insert(table);
            }
        }
        writer.connection.commit();
        return writer;
    }

    public RandomWriter start() {
        thread.scheduleAtFixedRate(this::write, 0, 1_000_000 / PER_SECOND, TimeUnit.MICROSECONDS);
        return this;
    }

    /** Makes this change between two of its transactions, at a moment of its own. */
    public void evolve(RandomChange change) {
        changes.add(change);
    }

    /** Whether all of them are made. */
    public boolean hasEvolved() {
        committed();
        return changes.isEmpty();
    }

    /** Transactions so far; fails if one has failed. */
    public int committed() {
        Throwable thrown = failure;
        if (thrown != null) {
            throw new IllegalStateException("a random writer failed: " + thrown.getMessage(), thrown);
        }
        return committed;
    }

    private void write() {
        try {
            RandomChange change = random.nextInt(10) == 0 ? changes.peek() : null;
            if (change != null) {
                make(change);
                changes.remove();
            }
            transaction();
        } catch (SQLException | RuntimeException e) {
            failure = e;
            thread.shutdown();
        }
    }

    /**
     * Through VTGate, whose tablet looks at a table again that it has changed itself. In a mode that lets an ALTER that
     * copies the table keep the dates that {@link TimeKinds} has.
     */
    private void make(RandomChange change) throws SQLException {
        try (Connection vtgate = cluster.connect(cluster.keyspace() + ":" + shard + "@primary")) {
            Sql.execute(vtgate, "SET sql_mode = ''");
            Sql.execute(vtgate, change.sql());
        }
        RandomTable after = change.after();
        if (change.table() == tables.size()) {
            tables.add(new Rows(after, first));
            return;
        }
        Rows rows = tables.get(change.table());
        if (change.empties()) {
            rows.numbers.clear();
            rows.uniqueValues.clear();
        }
        rows.table = after;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    private void transaction() throws SQLException {
        List<Rows> before = tables.stream().map(RandomWriter::copy).toList();
        int statements = random.nextInt(20) == 0 ? 200 : 1 + random.nextInt(8);
        for (int i = 0; i < statements; i++) {
            change(tables.get(random.nextInt(tables.size())));
        }
        if (random.nextInt(10) == 0) {
            connection.rollback();
            tables.clear();
            tables.addAll(before);
        } else {
            connection.commit();
            committed++;
        }
    }

    private static Rows copy(Rows rows) {
        Rows copy = new Rows(rows.table, rows.next);
        copy.numbers.addAll(rows.numbers);
        copy.uniqueValues.putAll(rows.uniqueValues);
        return copy;
    }

    private void change(Rows rows) throws SQLException {
        if (rows.table == null) {
            return;
        }
        if (rows.table().key().isEmpty()) {
            changeAny(rows);
            return;
        }
        if (rows.numbers.size() < 3) {
            insert(rows);
            return;
        }
        switch (random.nextInt(8)) {
            case 0, 1 -> insert(rows);
            case 2, 3 -> update(rows, any(rows));
            case 4 -> delete(rows, any(rows));
            case 5 -> {
                // gone and back within the transaction
                int number = any(rows);
                int unique = Objects.requireNonNull(rows.uniqueValues.get(number));
                delete(rows, number);
                insert(rows, number, unique);
            }
            case 6 -> {
                int number = any(rows);
                rekey(rows, number, fresh(rows));
            }
            default -> swap(rows);
        }
    }

    private int any(Rows rows) {
        return rows.numbers.get(random.nextInt(rows.numbers.size()));
    }

    private int fresh(Rows rows) {
        int number = rows.next;
        rows.next += step;
        return number;
    }

    private void insert(Rows rows) throws SQLException {
        int number = fresh(rows);
        insert(rows, number, number);
    }

    private void insert(Rows rows, int number, int unique) throws SQLException {
        one(rows.table().insert(number, unique, random));
        rows.numbers.add(number);
        rows.uniqueValues.put(number, unique);
    }

    private void update(Rows rows, int number) throws SQLException {
        String changes = rows.table().changes(random);
        if (!changes.isEmpty()) {
            one("UPDATE " + named(rows) + " SET " + changes + where(rows, number));
        }
    }

    private void delete(Rows rows, int number) throws SQLException {
        one("DELETE FROM " + named(rows) + where(rows, number));
        rows.numbers.remove(Integer.valueOf(number));
        rows.uniqueValues.remove(number);
    }

    private void rekey(Rows rows, int from, int to) throws SQLException {
        one("UPDATE " + named(rows) + " SET " + rows.table().keyOf(to, ", ") + where(rows, from));
        rows.numbers.set(rows.numbers.indexOf(from), to);
        rows.uniqueValues.put(to, rows.uniqueValues.remove(from));
    }

    /** Two rows change places: by their keys, or by what else is unique of them. */
    private void swap(Rows rows) throws SQLException {
        int one = any(rows);
        int other = any(rows);
        if (one == other) {
            return;
        }
        if (rows.table().unique() == null || random.nextBoolean()) {
            int between = fresh(rows);
            rekey(rows, one, between);
            rekey(rows, other, one);
            rekey(rows, between, other);
            return;
        }
        int ofOne = Objects.requireNonNull(rows.uniqueValues.get(one));
        int ofOther = Objects.requireNonNull(rows.uniqueValues.get(other));
        one("UPDATE " + named(rows) + " SET u = NULL" + where(rows, one));
        one("UPDATE " + named(rows) + " SET u = " + ofOne + where(rows, other));
        one("UPDATE " + named(rows) + " SET u = " + ofOther + where(rows, one));
        rows.uniqueValues.put(one, ofOther);
        rows.uniqueValues.put(other, ofOne);
    }

    private void changeAny(Rows rows) throws SQLException {
        switch (random.nextInt(4)) {
            case 0, 1 -> {
                String insert = rows.table().insert(0, 0, random);
                for (int i = random.nextInt(3); i >= 0; i--) {
                    one(insert);
                }
            }
            case 2 -> {
                String changes = rows.table().changes(random);
                if (!changes.isEmpty()) {
                    Sql.execute(
                            connection, "UPDATE " + named(rows) + " SET " + changes + " LIMIT " + random.nextInt(4));
                }
            }
            // about as many as are inserted
            default -> Sql.execute(connection, "DELETE FROM " + named(rows) + " LIMIT " + random.nextInt(8));
        }
    }

    private static String named(Rows rows) {
        return RandomTable.quoted(rows.table().name());
    }

    private static String where(Rows rows, int number) {
        return " WHERE " + rows.table().keyOf(number, " AND ");
    }

    /** A statement that concerns one row, or the test would test less than it says. */
    private void one(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int count = statement.executeUpdate(sql);
            if (count != 1) {
                throw new IllegalStateException(count + " rows and not one: " + sql);
            }
        } catch (SQLException e) {
            throw new SQLException(e.getMessage() + ": " + sql, e);
        }
    }

    /** Ends after the transaction that is under way; fails if one has failed. */
    @Override
    public void close() throws SQLException {
        thread.close();
        connection.close();
        committed();
    }
}
