package dev.tributary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The verb {@code check} against real servers. */
@NeedsVitess
class CheckIT {
    private final VitessCluster vitess = SharedServers.vitess();
    private final MySqlServer mysql = SharedServers.mysql();

    @BeforeEach
    void create() throws SQLException {
        vitess.resetKeyspace();
        vitess.applyVSchema("""
                {"sharded": true,
                 "vindexes": {"hash": {"type": "hash"}},
                 "tables": {"keyed": {"column_vindexes": [{"column": "id", "name": "hash"}]},
                            "keyless": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}
                """);
        vitess.execute(
                "CREATE TABLE keyed (id BIGINT, n INT, PRIMARY KEY (n, id))",
                "CREATE TABLE keyless (id BIGINT NOT NULL)");
        mysql.execute("DROP DATABASE IF EXISTS checked", "CREATE DATABASE checked");
    }

    @Test
    void bothSidesAreDescribedAndNothingIsChanged() throws SQLException {
        try (TributaryProcess check = check("/checked").end()) {
            assertThat(check.exitCode())
                    .as(() -> String.join("\n", check.errors()))
                    .isZero();
            assertThat(check.errors()).isEmpty();
            assertThat(check.output())
                    .hasSize(6)
                    .contains(
                            "shard commerce/-80",
                            "shard commerce/80-",
                            "table commerce.keyed, key n, id",
                            "table commerce.keyless, no key: rows are appended");
            assertThat(check.output().getFirst())
                    .startsWith("source vitess://127.0.0.1:" + vitess.grpcPort() + "/commerce: ");
            assertThat(check.output().getLast())
                    .startsWith("target mysql://127.0.0.1:" + mysql.port() + "/checked: MySQL ");
            assertThat(mysql.query("SHOW TABLES FROM checked")).isEmpty();
        }
    }

    @Test
    void aTargetThatIsNotThereIsSaidAndTheSourceIsDescribedAllTheSame() {
        try (TributaryProcess check = check("/nowhere").end()) {
            assertThat(check.exitCode()).isEqualTo(2);
            assertThat(check.errors()).singleElement().asString().contains("TRIBUTARY_SINK", "nowhere");
            assertThat(check.output()).hasSize(5);
        }
    }

    private TributaryProcess.Start check(String database) {
        return TributaryProcess.of("check")
                .with(
                        "TRIBUTARY_SOURCE",
                        "vitess://127.0.0.1:" + vitess.grpcPort() + "/commerce?mysql_port=" + vitess.mysqlPort())
                .with("TRIBUTARY_SINK", "mysql://" + MySqlServer.USER + "@127.0.0.1:" + mysql.port() + database);
    }
}
