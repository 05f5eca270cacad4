package dev.tributary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Rows whose versions only ever grow: written, deleted and written again until it is closed, through VTGate, which may refuse
 * any of it while shards come and go; and rows without a key beside them.
 */
final class VersionLoad implements AutoCloseable {
    private static final int WORKERS = 4;
    private static final int IDS = 2_000;
    private static final long PAUSE_NANOS = 4_000_000;

    private final VitessCluster source;
    private final ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
    private final List<Future<Void>> workers = new ArrayList<>();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean ended;

    private VersionLoad(VitessCluster source) {
        this.source = source;
    }

    /** Makes the tables, with some rows. */
    static void prepare(VitessCluster source) throws SQLException {
        prepare(source, 0);
    }

    /** @param archived rows of another table, which comes before the others */
    static void prepare(VitessCluster source, int archived) throws SQLException {
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
        String kept = replica.database() + "_watch";
        replica.target()
                .execute(
                        "DROP DATABASE IF EXISTS " + kept,
                        "CREATE DATABASE " + kept,
                        "CREATE TABLE " + kept + ".went_back (id BIGINT, version BIGINT, was BIGINT)",
                        "CREATE TRIGGER " + replica.database() + ".watch BEFORE UPDATE ON " + replica.database()
                                + ".items FOR EACH ROW BEGIN IF NEW.version < OLD.version THEN INSERT INTO " + kept
                                + ".went_back VALUES (NEW.id, NEW.version, OLD.version); END IF; END");
    }

    static void assertNoneWentBack(Replica replica) throws SQLException {
        assertThat(replica.query("SELECT * FROM " + replica.database() + "_watch.went_back"))
                .isEmpty();
    }

    /** @param version greater than any that was written before */
    static VersionLoad start(VitessCluster source, long seed, long version) {
        VersionLoad load = new VersionLoad(source);
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
        long version = first;
        while (!ended) {
            try (Connection connection = source.connect()) {
                while (!ended) {
                    long id = 1 + worker + WORKERS * random.nextLong(IDS / WORKERS);
                    Sql.execute(connection, statement(id, version++, random.nextInt(100)));
                    written.incrementAndGet();
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            } catch (SQLException e) {
                // whether it is there or not, the next version is a greater one
                refused.incrementAndGet();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private static String statement(long id, long version, int kind) {
        if (kind < 70) {
            // one that was given up may still be carried out, behind the next: it changes nothing then
            return "INSERT INTO items (id, version, name) VALUES (" + id + ", " + version + ", 'v" + version
                    + "') ON DUPLICATE KEY UPDATE name = IF(VALUES(version) > version, VALUES(name), name),"
                    + " version = GREATEST(version, VALUES(version))";
        }
        return kind < 85
                ? "DELETE FROM items WHERE id = " + id
                : "INSERT INTO log (id, name) VALUES (" + id + ", 'v" + version + "')";
    }

    long written() {
        return written.get();
    }

    long refused() {
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
