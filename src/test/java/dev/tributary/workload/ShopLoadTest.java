package dev.tributary.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.servers.Await;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

@NeedsVitess
class ShopLoadTest {

    @Test
    void everyKindOfTransactionIsTakenByTheServers() throws Exception {
        VitessCluster cluster = SharedServers.vitess();
        cluster.resetKeyspace();
        Shop.create(cluster);
        ShopSize size = ShopSize.ofRows(3_000);
        long rows = ShopSeed.load(cluster, size, 1);
        assertThat(rows).isBetween(2_500L, 4_500L);
        for (String shard : cluster.shards()) {
            for (String table : Shop.TABLES) {
                assertThat(cluster.mysqldOf(shard).query("SELECT 1 FROM vt_commerce.`" + table + "` LIMIT 1"))
                        .as("rows of %s in %s", table, shard)
                        .isEqualTo(List.of(List.of("1")));
            }
        }

        ShopLoad load = ShopLoad.start(cluster, size, 1, 4, 400);
        Await.until(
                "1,000 transactions are committed",
                Duration.ofSeconds(60),
                () -> load.committed() >= 1_000,
                load::lastRefusal);
        load.stop();

        assertThat(load.refused()).as(load.lastRefusal()).isLessThan(20);
    }
}
