package dev.tributary.endtoend;

import static dev.tributary.endtoend.EndToEnd.LIMIT;
import static dev.tributary.endtoend.EndToEnd.assertEqual;
import static dev.tributary.endtoend.EndToEnd.await;
import static dev.tributary.endtoend.EndToEnd.awaitFollowing;
import static dev.tributary.endtoend.EndToEnd.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.Sql;
import dev.tributary.servers.VitessCluster;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Memory is bounded by the buffer, whatever the target does and however large a transaction is. {@code -Dfull=true} takes
 * a minute of stall, 1 GB in a heap of 512 MB, and more power cuts and deletes; otherwise all is smaller.
 */
@NeedsVitess
class MemoryIT {
    private static final boolean FULL = Boolean.getBoolean("full");
    private static final long MIB = 1 << 20;
    private static final Duration STALL = Duration.ofSeconds(FULL ? 60 : 10);
    private static final int HEAP = FULL ? 512 : 128;
    private static final int BUFFER = FULL ? 64 : 16;
    private static final int TRANSACTION = FULL ? 1024 : 150;
    private static final int ROW = 100_000;

    private final VitessCluster source = SharedServers.vitess();
    private final MySqlServer target = SharedServers.mysql();

    @Test
    void theHeapStaysBoundedAndFlatWhileTheTargetStandsStill() throws Exception {
        SourceTables.in(source).create("filled", "id", "id BIGINT PRIMARY KEY, filler MEDIUMTEXT NOT NULL");
        Replica replica = small("memory_stall");
        List<Long> samples = new ArrayList<>();
        try (TributaryProcess following = replica.start()) {
            awaitFollowing(replica, following);
            insert("filled", 0, 1);
            await("the first row is there", following, () -> replica.rows("filled") > 0);
            target.freeze();
            try {
                long end = System.nanoTime() + STALL.toNanos();
                for (int batch = 1; System.nanoTime() < end; batch++) {
                    insert("filled", batch * 1000, 5);
                    if (batch % 10 == 0) {
                        samples.add(liveHeap(following, replica));
                        assertThat(replica.metrics()
                                        .sum("tributary_buffer_used_bytes")
                                        .orElseThrow())
                                .as("buffered bytes")
                                .isLessThan(2.0 * BUFFER * MIB);
                    }
                }
            } finally {
                target.thaw();
            }
            assertThat(following.isAlive()).as(() -> said(following)).isTrue();
        }
        System.out.println("live heap while the target stood still, in MiB: "
                + samples.stream().map(bytes -> bytes / MIB).toList());
        assertThat(samples)
                .hasSizeGreaterThan(4)
                .allSatisfy(bytes -> assertThat(bytes).isLessThan(HEAP * MIB * 3 / 4));
        List<Long> later = samples.subList(samples.size() / 2, samples.size());
        assertThat(later.getLast() - later.getFirst()).isLessThan(BUFFER * MIB);
        replica.catchUp();

        assertEqual(replica);
    }

    @Test
    void aTransactionLargerThanTheHeapPasses() throws Exception {
        largeTables();
        Replica replica = small("memory_large");
        try (TributaryProcess following = replica.start()) {
            awaitFollowing(replica, following);
            commitLargeTransaction();
        }
        replica.catchUp();

        assertEqual(replica);
        assertThat(replica.rows("large") + replica.rows("large_log")).isEqualTo(2L * rowsOfTransaction());
    }

    @Tag("long")
    @Test
    void aTransactionLargerThanTheHeapIsGoneOnWithAfterAPowerCutInTheMiddle() throws Exception {
        largeTables();
        Replica replica = small("memory_killed");
        try (TributaryProcess following = replica.start()) {
            awaitFollowing(replica, following);
            following.kill();
        }
        commitLargeTransaction();
        int rows = rowsOfTransaction();
        int cuts = FULL ? 3 : 1;
        for (int part = 1; part <= cuts; part++) {
            long enough = rows * 2L * part / (cuts + 1);
            try (TributaryProcess following = replica.start()) {
                await(
                        enough + " rows of the transaction are there",
                        following,
                        () -> replica.rows("large") + replica.rows("large_log") >= enough);
                following.kill();
            }
            assertThat(replica.rows("large") + replica.rows("large_log")).isLessThan(2L * rows);
        }
        replica.catchUp();

        assertEqual(replica);
    }

    /** Of a row of one integer almost all is objects: 85 to 95 bytes, of which 7 are its image. */
    @Tag("long")
    @Test
    void aTransactionOfTinyRowsPassesThoughTheirObjectsAreLargerThanTheHeap() throws Exception {
        int heap = FULL ? HEAP : 96;
        int rows = heap * (int) MIB / 60;
        SourceTables.in(source).create("tiny", "id", "id BIGINT PRIMARY KEY");
        Replica replica = small("memory_tiny").java("-Xmx" + heap + "m");
        commitOnShard("INSERT INTO tiny SELECT i FROM " + numbers(rows));
        try (TributaryProcess following = replica.start()) {
            awaitFollowing(replica, following);
            await("every row is there", following, () -> replica.rows("tiny") == rows);
            if (FULL) {
                commitOnShard("DELETE FROM tiny WHERE id <> 1");
                await("one row is left", following, () -> replica.rows("tiny") == 1);
            }
        }
        replica.catchUp();

        assertEqual(replica);
    }

    private Replica small(String database) throws SQLException {
        return Replica.create(source, target, database)
                .java("-Xmx" + HEAP + "m", "-XX:+ExitOnOutOfMemoryError")
                .with("TRIBUTARY_BUFFER_BYTES", BUFFER + "M");
    }

    private void largeTables() throws SQLException {
        SourceTables.in(source)
                .create("large", "id", "id BIGINT PRIMARY KEY, filler MEDIUMTEXT NOT NULL")
                .create("large_log", "id", "id BIGINT NOT NULL, filler MEDIUMTEXT NOT NULL");
    }

    private static int rowsOfTransaction() {
        return (int) (TRANSACTION * MIB / ROW / 2);
    }

    private void commitLargeTransaction() throws SQLException {
        String filler = "REPEAT(CHAR(65 + i % 26), " + ROW + " - i % 1000)";
        String numbers = numbers(rowsOfTransaction());
        commitOnShard(
                "INSERT INTO large SELECT i, " + filler + " FROM " + numbers,
                "INSERT INTO large_log SELECT i % 10, " + filler + " FROM " + numbers);
    }

    private static String numbers(int count) {
        return "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + count
                + ") SELECT i FROM n) numbers";
    }

    /** One transaction in the shard's own server, as VTGate ends a transaction after 30 s. */
    private void commitOnShard(String... statements) throws SQLException {
        try (Connection connection = source.mysqldOf("-80").connect("vt_commerce")) {
            Sql.execute(connection, "SET cte_max_recursion_depth = 100000000", "BEGIN");
            Sql.execute(connection, statements);
            Sql.execute(connection, "COMMIT");
        }
    }

    private void insert(String table, int first, int rows) throws SQLException {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            values.add("(" + (first + i) + ", '" + "x".repeat(ROW) + "')");
        }
        source.execute("INSERT INTO " + table + " (id, filler) VALUES " + String.join(", ", values));
    }

    /** Bytes in use after a collection. */
    private static long liveHeap(TributaryProcess process, Replica replica) throws Exception {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process collection = new ProcessBuilder(jcmd.toString(), String.valueOf(process.pid()), "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(collection.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return (long)
                replica.metrics().sum("jvm_memory_used_bytes", "area=\"heap\"").orElseThrow();
    }
}
