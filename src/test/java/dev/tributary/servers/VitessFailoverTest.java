package dev.tributary.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NeedsVitess
class VitessFailoverTest {
    private static VitessCluster cluster;

    @BeforeAll
    static void start() throws SQLException {
        cluster = VitessCluster.builder().keyspace("ks", "0").replicas(1).start();
        cluster.execute("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void keepsItsRowsThroughAPlannedReparent() throws SQLException {
        VitessTablet before = cluster.primary("0");

        cluster.plannedReparent("0");

        assertThat(cluster.primary("0")).isNotEqualTo(before);
        assertThat(cluster.query("SELECT count(*) FROM t WHERE id <= 2")).containsExactly(List.of("2"));
        cluster.execute("DELETE FROM t WHERE id = 3", "INSERT INTO t VALUES (3)");
        assertThat(cluster.mysqldOf("0").query("SELECT count(*) FROM vt_ks.t WHERE id = 3"))
                .containsExactly(List.of("1"));
    }

    @Test
    @Tag("slow")
    void keepsItsRowsThroughAnEmergencyReparent() throws SQLException {
        VitessTablet lost = cluster.primary("0");

        lost.kill();
        cluster.emergencyReparent("0");

        assertThat(cluster.primary("0")).isNotEqualTo(lost);
        assertThat(cluster.query("SELECT count(*) FROM t WHERE id <= 2")).containsExactly(List.of("2"));
        lost.restart();
        cluster.awaitServing();
    }
}
