package dev.tributary.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class VitessClusterTest {
    private static VitessCluster cluster;

    @BeforeAll
    static void start() {
        cluster = VitessCluster.start("commerce", "-80", "80-");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void spreadsRowsOverBothShards() throws Exception {
        cluster.applyVSchema("""
                {"sharded": true,
                 "vindexes": {"hash": {"type": "hash"}},
                 "tables": {"spread": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}
                """);
        cluster.execute("CREATE TABLE spread (id BIGINT PRIMARY KEY, name VARCHAR(50))");
        List<String> inserts = new ArrayList<>();
        for (int id = 1; id <= 20; id++) {
            inserts.add("INSERT INTO spread (id, name) VALUES (" + id + ", 'row " + id + "')");
        }

        cluster.execute(inserts.toArray(String[]::new));

        assertThat(cluster.query("SELECT count(*) FROM spread")).containsExactly(List.of("20"));
        for (String shard : List.of("-80", "80-")) {
            assertThat(cluster.mysqldOf(shard).query("SELECT id FROM vt_commerce.spread"))
                    .isNotEmpty()
                    .hasSizeLessThan(20);
        }
    }
}
