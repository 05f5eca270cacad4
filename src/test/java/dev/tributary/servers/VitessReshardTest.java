package dev.tributary.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NeedsVitess
@Tag("slow")
class VitessReshardTest {

    @Test
    void keepsEveryRowThroughASplitAndAMerge() throws Exception {
        try (VitessCluster cluster = VitessCluster.start("ks", "-80", "80-")) {
            cluster.applyVSchema("""
                    {"sharded": true,
                     "vindexes": {"hash": {"type": "hash"}},
                     "tables": {"t": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}
                    """);
            cluster.execute("CREATE TABLE t (id BIGINT PRIMARY KEY)");
            insert(cluster, 1, 100);

            cluster.reshard(List.of("-80"), List.of("-40", "40-80"));

            insert(cluster, 101, 200);
            assertThat(cluster.shards()).containsExactlyInAnyOrder("-40", "40-80", "80-");
            assertThat(rowsOnShards(cluster)).isEqualTo(200);
            assertThat(cluster.query("SELECT count(*) FROM t")).containsExactly(List.of("200"));

            cluster.reshard(List.of("-40", "40-80"), List.of("-80"));

            assertThat(cluster.shards()).containsExactlyInAnyOrder("-80", "80-");
            assertThat(rowsOnShards(cluster)).isEqualTo(200);
        }
    }

    private static void insert(VitessCluster cluster, int first, int last) throws Exception {
        try (Connection connection = cluster.connect()) {
            for (int id = first; id <= last; id++) {
                Sql.execute(connection, "INSERT INTO t (id) VALUES (" + id + ")");
            }
        }
    }

    private static int rowsOnShards(VitessCluster cluster) throws Exception {
        int rows = 0;
        for (String shard : cluster.shards()) {
            int here = cluster.mysqldOf(shard).query("SELECT id FROM vt_ks.t").size();
            assertThat(here).as(shard).isPositive();
            rows += here;
        }
        return rows;
    }
}
