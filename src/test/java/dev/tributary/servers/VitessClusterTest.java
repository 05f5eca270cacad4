package dev.tributary.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NeedsVitess
class VitessClusterTest {
    private static VitessCluster cluster;

    @BeforeAll
    static void start() {
        cluster = SharedServers.vitess();
    }

    @BeforeEach
    void createTable() throws SQLException {
        cluster.resetKeyspace();
        cluster.applyVSchema("""
                {"sharded": true,
                 "vindexes": {"hash": {"type": "hash"}},
                 "tables": {"spread": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}
                """);
        cluster.execute("CREATE TABLE spread (id BIGINT PRIMARY KEY, name VARCHAR(50))");
    }

    @Test
    void spreadsRowsOverBothShards() throws SQLException {
        insert(1, 20);

        assertThat(cluster.query("SELECT count(*) FROM spread")).containsExactly(List.of("20"));
        int first = cluster.mysqldOf("-80")
                .query("SELECT id FROM vt_commerce.spread")
                .size();
        int second = cluster.mysqldOf("80-")
                .query("SELECT id FROM vt_commerce.spread")
                .size();
        assertThat(first).isPositive().isLessThan(20);
        assertThat(first + second).isEqualTo(20);
    }

    @Test
    void reachesOneShardByItsTarget() throws SQLException {
        insert(1, 20);

        try (Connection shard = cluster.connect("commerce:-80@primary")) {
            assertThat(Sql.query(shard, "SELECT id FROM spread"))
                    .isEqualTo(cluster.mysqldOf("-80").query("SELECT id FROM vt_commerce.spread"));
        }
    }

    @Test
    void servesAgainAfterATabletWasKilledAndRestarted() throws SQLException {
        insert(1, 20);
        VitessTablet tablet = cluster.tablet("80-", 0);

        tablet.kill();
        assertThatThrownBy(() -> insert(21, 40)).isInstanceOf(SQLException.class);
        tablet.restart();
        cluster.awaitServing();
        cluster.execute("UPDATE spread SET name = 'again'");

        assertThat(cluster.query("SELECT count(*) FROM spread WHERE id <= 20 AND name = 'again'"))
                .containsExactly(List.of("20"));
    }

    @Test
    void goesOnAfterATabletWasFrozen() throws Exception {
        ServerProcess vttablet = cluster.tablet("-80", 0).vttablet();

        vttablet.freeze();
        Thread insert = Thread.ofVirtual().start(() -> insertQuietly(1, 20));
        boolean ended = insert.join(Duration.ofMillis(500));
        vttablet.thaw();
        insert.join();

        assertThat(ended).isFalse();
        assertThat(cluster.query("SELECT count(*) FROM spread")).containsExactly(List.of("20"));
    }

    @Test
    void servesAgainAfterEveryOtherServerWasKilledAndRestarted() throws SQLException {
        for (ServerProcess server : List.of(cluster.vtgate(), cluster.vtctld(), cluster.etcd())) {
            server.restart();
        }
        cluster.awaitServing();

        insert(1, 20);

        assertThat(cluster.query("SELECT count(*) FROM spread")).containsExactly(List.of("20"));
    }

    @Test
    void hasAnUnshardedKeyspaceBesideTheShardedOne() throws SQLException {
        try (Connection lookup = cluster.connect("lookup")) {
            Sql.execute(lookup, "CREATE TABLE names (id BIGINT PRIMARY KEY)", "INSERT INTO names (id) VALUES (7)");

            assertThat(Sql.query(lookup, "SELECT id FROM names")).containsExactly(List.of("7"));
        }
        assertThat(cluster.shards("lookup")).containsExactly("0");
    }

    @Test
    void hasNoTableLeftAfterAReset() throws SQLException {
        cluster.execute("CREATE VIEW spread_names AS SELECT name FROM spread");

        cluster.resetKeyspace();

        for (String shard : cluster.shards()) {
            assertThat(cluster.mysqldOf(shard).query("SHOW TABLES FROM vt_commerce"))
                    .isEmpty();
        }
        assertThat(cluster.query("SHOW VSCHEMA TABLES")).isEmpty();
    }

    private static void insert(int first, int last) throws SQLException {
        try (Connection connection = cluster.connect()) {
            for (int id = first; id <= last; id++) {
                Sql.execute(connection, "INSERT INTO spread (id, name) VALUES (" + id + ", 'row " + id + "')");
            }
        }
    }

    private static void insertQuietly(int first, int last) {
        try {
            insert(first, last);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
