package dev.tributary.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MySqlServerTest {

    @Test
    void keepsWhatWasCommittedWhenItIsKilled() throws Exception {
        MySqlServer server = SharedServers.mysql();
        server.execute(
                "CREATE DATABASE killed",
                "CREATE TABLE killed.t (id INT PRIMARY KEY)",
                "INSERT INTO killed.t VALUES (1), (2)");

        server.kill();
        assertThat(server.isAlive()).isFalse();
        server.restart();

        assertThat(server.query("SELECT id FROM killed.t")).containsExactly(List.of("1"), List.of("2"));
    }

    @Test
    void answersNothingWhileItIsFrozen() throws Exception {
        MySqlServer server = SharedServers.mysql();
        try (Connection connection = server.connect()) {
            server.freeze();
            Thread query = Thread.ofVirtual().start(() -> {
                try {
                    Sql.query(connection, "SELECT 1");
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            boolean answered = query.join(Duration.ofMillis(300));
            server.thaw();

            assertThat(answered).isFalse();
            assertThat(query.join(Duration.ofSeconds(30))).isTrue();
        }
    }

    @Test
    void isDurableAndLogsRowsWithGtids() throws Exception {
        assertThat(SharedServers.mysql()
                        .query("SELECT @@sync_binlog, @@innodb_flush_log_at_trx_commit,"
                                + " @@binlog_format, @@gtid_mode"))
                .containsExactly(List.of("1", "1", "ROW", "ON"));
    }

    @Test
    void takesFlagsAndLeavesNothingBehindWhenClosed() throws Exception {
        Path data;
        long pid;
        try (MySqlServer server = MySqlServer.start("--sql-mode=ANSI", "--sync-binlog=0")) {
            data = Path.of(server.query("SELECT @@datadir").getFirst().getFirst());
            pid = server.pid();
            assertThat(server.query("SELECT @@sync_binlog, @@port"))
                    .containsExactly(List.of("0", String.valueOf(server.port())));
            assertThat(server.query("SELECT @@server_uuid"))
                    .isNotEqualTo(SharedServers.mysql().query("SELECT @@server_uuid"));
        }

        assertThat(data).doesNotExist();
        assertThat(ProcessHandle.of(pid)).isEmpty();
    }

    @Test
    void mayBeAMariaDbThatIsDurableToo() throws Exception {
        MySqlServer server = SharedServers.mariaDb();
        server.execute("CREATE DATABASE killed", "CREATE TABLE killed.t (id INT PRIMARY KEY)");

        server.execute("INSERT INTO killed.t VALUES (1), (2)");
        server.restart();

        assertThat(server.query("SELECT id FROM killed.t")).containsExactly(List.of("1"), List.of("2"));
        assertThat(server.query("SELECT @@version LIKE '11.4.5-MariaDB%', @@sync_binlog,"
                        + " @@innodb_flush_log_at_trx_commit, @@binlog_format"))
                .containsExactly(List.of("1", "1", "1", "ROW"));
    }
}
