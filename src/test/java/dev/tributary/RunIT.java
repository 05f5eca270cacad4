package dev.tributary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.endtoend.Metrics;
import dev.tributary.servers.Await;
import dev.tributary.servers.LoopbackPorts;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The verb {@code run} against real servers, as its user starts and stops it. */
@NeedsVitess
class RunIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final VitessCluster vitess = SharedServers.vitess();
    private final MySqlServer mysql = SharedServers.mysql();
    private final int managementPort = LoopbackPorts.next();
    private final Metrics metrics = new Metrics(managementPort);

    @BeforeEach
    void create() throws SQLException {
        vitess.resetKeyspace();
        vitess.applyVSchema("""
                {"sharded": true,
                 "vindexes": {"hash": {"type": "hash"}},
                 "tables": {"orders": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}
                """);
        vitess.execute("CREATE TABLE orders (id BIGINT PRIMARY KEY, note VARCHAR(50))");
        mysql.execute("DROP DATABASE IF EXISTS replica", "CREATE DATABASE replica");
    }

    @Test
    void untilCopiedEndsWithTheSnapshotAtTheTarget() throws SQLException {
        insert(1, 20);

        try (TributaryProcess run = run("--until", "copied").end()) {
            assertThat(run.exitCode()).as(() -> String.join("\n", run.errors())).isZero();
            assertThat(count()).isEqualTo("20");
            assertThat(run.output()).isEmpty();
        }
    }

    @Test
    void whatASignalInterruptsTheNextRunTakesUp() throws SQLException {
        insert(1, 10);
        try (TributaryProcess first = run().start()) {
            awaitCount("10");
            insert(11, 20);
            awaitCount("20");
            first.terminate();
            assertThat(first.exitCode(SOON))
                    .as(() -> String.join("\n", first.errors()))
                    .isZero();
            assertThat(first.errors()).noneMatch(line -> line.contains("ERROR") || line.startsWith("\t"));
        }
        insert(21, 30);

        try (TributaryProcess second = run("--until=caught-up").end()) {
            assertThat(second.exitCode())
                    .as(() -> String.join("\n", second.errors()))
                    .isZero();
            assertThat(count()).isEqualTo("30");
        }
    }

    @Test
    void aStopThatCannotDrainEndsWithinItsBoundAsAFailure() throws Exception {
        insert(1, 10);
        try (TributaryProcess run = run("--shutdown.timeout=1S").start()) {
            awaitCount("10");
            freezeWithRowsUnderWay();

            run.terminate();

            assertThat(run.exitCode(Duration.ofSeconds(12))).isEqualTo(1);
            assertThat(run.errors())
                    .contains("tributary: TRIBUTARY_SHUTDOWN_TIMEOUT: not drained within 1S; what was under way is not"
                            + " saved and will be read again");
        } finally {
            mysql.thaw();
        }
    }

    @Test
    void aSecondSignalEndsItAtOnce() throws Exception {
        insert(1, 10);
        try (TributaryProcess run = run("--shutdown.timeout=1H").start()) {
            awaitCount("10");
            freezeWithRowsUnderWay();

            run.terminate().awaitLine("stopping: ", SOON).terminate();

            assertThat(run.exitCode(Duration.ofSeconds(12))).isEqualTo(1);
            assertThat(run.errors().getLast()).startsWith("tributary: stopped by a second signal");
        } finally {
            mysql.thaw();
        }
    }

    /** Only once every shard follows: with a copy that is not yet saved as ended no change would be read. */
    private void freezeWithRowsUnderWay() throws Exception {
        Await.until("both shards follow", SOON, () -> shardsWithALag() == 2, metrics::read);
        mysql.freeze();
        insert(11, 20);
        Await.until(
                "rows are read and can't be written",
                SOON,
                () -> metrics.sum("tributary_buffer_used_bytes").orElse(0) > 0,
                metrics::read);
    }

    /** A shard has one from when it is copied on. */
    private long shardsWithALag() {
        return metrics.read()
                .lines()
                .filter(line -> line.startsWith("tributary_lag_seconds{") && !line.endsWith(" NaN"))
                .count();
    }

    private TributaryProcess.Start run(String... flags) {
        String[] arguments = new String[flags.length + 1];
        arguments[0] = "run";
        System.arraycopy(flags, 0, arguments, 1, flags.length);
        return TributaryProcess.of(arguments)
                .with("QUARKUS_MANAGEMENT_PORT", String.valueOf(managementPort))
                .with(
                        "TRIBUTARY_SOURCE",
                        "vitess://127.0.0.1:" + vitess.grpcPort() + "/commerce?mysql_port=" + vitess.mysqlPort())
                .with("TRIBUTARY_SINK", "mysql://" + MySqlServer.USER + "@127.0.0.1:" + mysql.port() + "/replica");
    }

    private void insert(int first, int last) throws SQLException {
        for (int id = first; id <= last; id++) {
            vitess.execute("INSERT INTO orders (id, note) VALUES (" + id + ", 'order " + id + "')");
        }
    }

    private void awaitCount(String rows) {
        Await.until(rows + " rows at the target", SOON, () -> count().equals(rows), () -> "");
    }

    private String count() throws SQLException {
        return String.valueOf(
                List.copyOf(mysql.query("SELECT count(*) FROM replica.orders").getFirst())
                        .getFirst());
    }
}
