package dev.tributary.endtoend;

import static dev.tributary.endtoend.EndToEnd.assertEqual;
import static dev.tributary.endtoend.EndToEnd.assertExit;
import static dev.tributary.endtoend.EndToEnd.await;
import static dev.tributary.endtoend.EndToEnd.awaitFollowing;
import static dev.tributary.endtoend.EndToEnd.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import dev.tributary.workload.Shop;
import dev.tributary.workload.ShopLoad;
import dev.tributary.workload.ShopSeed;
import dev.tributary.workload.ShopSize;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two processes of one pipeline: only the one that came last may write. */
@NeedsVitess
class FenceIT {
    private static final ShopSize SIZE = ShopSize.ofRows(5_000);

    private final VitessCluster source = SharedServers.vitess();

    @BeforeEach
    void openShop() throws SQLException {
        source.resetKeyspace();
        Shop.create(source);
        ShopSeed.load(source, SIZE, 1);
    }

    @Test
    void aSecondProcessTakesOverAndTheFirstStopsLoudly() throws Exception {
        Replica replica = Replica.create(source, SharedServers.mysql(), "fence");
        Replica twin = replica.twin();
        try (ShopLoad load = ShopLoad.start(source, SIZE, 1, 4, 50)) {
            try (TributaryProcess first = replica.start()) {
                awaitFollowing(replica, first);
                try (TributaryProcess second = twin.start()) {
                    assertExit(first, 1);
                    assertThat(said(first)).contains("another process has claimed the shard");
                    awaitFollowing(twin, second);
                    long before = load.committed();
                    await("there are 100 more transactions", second, () -> load.committed() > before + 100);
                }
            }
        }
        replica.catchUp();

        assertEqual(replica);
    }

    @Tag("long")
    @Test
    void aProcessThatWasHeldStillAndComesBackWritesNothingMore() throws Exception {
        Replica replica = Replica.create(source, SharedServers.mysql(), "fence_stopped");
        Replica twin = replica.twin();
        try (ShopLoad load = ShopLoad.start(source, SIZE, 2, 4, 50);
                TributaryProcess first = replica.start()) {
            awaitFollowing(replica, first);
            first.signal("STOP");
            try (TributaryProcess second = twin.start()) {
                awaitFollowing(twin, second);
                long before = load.committed();
                await("there are 100 more transactions", second, () -> load.committed() > before + 100);
                first.signal("CONT");
                assertExit(first, 1);
                assertThat(said(first)).contains("another process has claimed the shard");
                assertThat(second.isAlive()).as(() -> said(second)).isTrue();
            }
        }
        replica.catchUp();

        assertEqual(replica);
    }
}
