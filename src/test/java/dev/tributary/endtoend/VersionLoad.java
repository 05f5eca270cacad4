package dev.tributary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.Sql;
import dev.tributary.servers.VitessCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rows whose versions only ever grow: written, deleted and written again until it is closed, through VTGate, which may refuse
 * any of it while shards come and go; and rows without a key beside them.
 */
public final class VersionLoad implements AutoCloseable {
    private static final int WORKERS = 4;
    private static final int IDS = 2_000;
    private static final long PAUSE_MILLIS = 4;

    private final VitessCluster source;
    private final long pauseNanos;
    private final ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
    private final List<Future<Void>> workers = new ArrayList<>();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean ended;

    private VersionLoad(VitessCluster source, long pauseMillis) {
        this.source = source;
        this.pauseNanos = TimeUnit.MILLISECONDS.toNanos(pauseMillis);
    }

    /** Makes the tables, with some rows. */
    public static void prepare(VitessCluster source) throws SQLException {
        prepare(source, 0);
    }

    /** @param archived rows of another table, which comes before the others */
    public static void prepare(VitessCluster source, int archived) throws SQLException {
        SourceTables.in(source)
                .create("archive", "id", "id BIGINT PRIMARY KEY, name VARCHAR(600) NOT NULL")
                .insert("archive", archived, id -> id + ", REPEAT('x', 600)")
                .create("items", "id", "id BIGINT PRIMARY KEY, version BIGINT NOT NULL, name VARCHAR(50) NOT NULL")
                .create("log", "id", "id BIGINT NOT NULL, name VARCHAR(50) NOT NULL")
                .insert("items", IDS / 2, id -> id + ", 0, 'first'")
                .insert("log", 500, id -> id + ", 'first'");
    }

    /** Says once more how the table of the versions is sharded: Vitess forgets that of one that was moved away. */
    static void declare(VitessCluster source) {
        source.applyVSchema("{\"sharded\": true, \"vindexes\": {\"hash\": {\"type\": \"hash\"}}, \"tables\": {"
                + Stream.of("archive", "items", "log")
                        .map(table ->
                                "\"" + table + "\": {\"column_vindexes\": [{\"column\": \"id\", \"name\": \"hash\"}]}")
                        .collect(Collectors.joining(", "))
                + "}}");
    }

    /** Has the target note versions that go back; once the table is there. */
    static void watch(Replica replica) throws SQLException {
        watch(replica.target(), replica.database());
    }

    /** What is known of a row's versions stays when it is deleted: one that is written again has a newer one. */
    static void watch(MySqlServer target, String database) throws SQLException {
        String kept = database + "_watch";
        target.execute(
                "DROP DATABASE IF EXISTS " + kept,
                "CREATE DATABASE " + kept,
                "CREATE TABLE " + kept + ".went_back (id BIGINT, version BIGINT, was BIGINT)",
                "CREATE TABLE " + kept + ".newest (id BIGINT PRIMARY KEY, version BIGINT NOT NULL)",
                trigger(database, "INSERT"),
                trigger(database, "UPDATE"),
                "INSERT INTO " + kept + ".newest SELECT id, version FROM " + database + ".items AS items"
                        + " ON DUPLICATE KEY UPDATE version = GREATEST(newest.version, items.version)");
    }

    private static String trigger(String database, String event) {
        String newest = database + "_watch.newest";
        return "CREATE TRIGGER " + database + ".watch_" + event + " BEFORE " + event + " ON " + database
                + ".items FOR EACH ROW BEGIN INSERT INTO " + database
                + "_watch.went_back SELECT id, NEW.version, version"
                + " FROM " + newest + " WHERE id = NEW.id AND version > NEW.version; INSERT INTO " + newest
                + " VALUES (NEW.id, NEW.version) ON DUPLICATE KEY UPDATE version = GREATEST(version, NEW.version); END";
    }

    static void assertNoneWentBack(Replica replica) throws SQLException {
        assertThat(wentBack(replica.target(), replica.database())).isEmpty();
    }

    /** Row, version, and the newer one that was there before. */
    static List<List<@Nullable String>> wentBack(MySqlServer target, String database) throws SQLException {
        return target.query("SELECT * FROM " + database + "_watch.went_back");
    }

    /** @param version greater than any that was written before */
    static VersionLoad start(VitessCluster source, long seed, long version) {
        return start(source, seed, version, PAUSE_MILLIS);
    }

    /** @param pauseMillis of each worker behind each row, where the target may take fewer of them than the source does */
    public static VersionLoad start(VitessCluster source, long seed, long version, long pauseMillis) {
        VersionLoad load = new VersionLoad(source, pauseMillis);
        for (int i = 0; i < WORKERS; i++) {
            int worker = i;
            load.workers.add(load.threads.submit(() -> {
                load.work(worker, new SplittableRandom(seed + worker), version);
                return null;
            }));
        }
        return load;
    }

    /** A row is written by one worker alone, so that its versions are committed in their order. */
    private void work(int worker, SplittableRandom random, long first) {
        long[] ids = LongStream.range(0, IDS / WORKERS)
                .map(i -> 1 + worker + WORKERS * i)
                .toArray();
        long version = first;
        int next = 0;
        while (!ended) {
            try (Connection connection = source.connect()) {
                while (!ended) {
                    next = random.nextInt(ids.length);
                    Sql.execute(connection, statement(ids[next], version++, random.nextInt(100)));
                    written.incrementAndGet();
                    LockSupport.parkNanos(pauseNanos);
                }
            } catch (SQLException e) {
                // it may still be carried out, behind others: another row takes this one's place
                ids[next] += IDS;
                refused.incrementAndGet();
                LockSupport.parkNanos(pauseNanos);
            }
        }
    }

    private static String statement(long id, long version, int kind) {
        if (kind < 70) {
            // a row of another load's may be there
            return "INSERT INTO items (id, version, name) VALUES (" + id + ", " + version + ", 'v" + version
                    + "') ON DUPLICATE KEY UPDATE name = IF(VALUES(version) > version, VALUES(name), name),"
                    + " version = GREATEST(version, VALUES(version))";
        }
        return kind < 85
                ? "DELETE FROM items WHERE id = " + id
                : "INSERT INTO log (id, name) VALUES (" + id + ", 'v" + version + "')";
    }

    public long written() {
        return written.get();
    }

    public long refused() {
        return refused.get();
    }

    /** Nothing is written any more once it returns. */
    @Override
    public void close() {
        ended = true;
        try (threads) {
            for (Future<Void> worker : workers) {
                worker.get();
            }
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException("the load failed", e);
        }
    }
}
