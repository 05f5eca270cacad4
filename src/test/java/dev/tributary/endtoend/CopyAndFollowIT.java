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
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NeedsVitess
class CopyAndFollowIT {
    private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(25);
    private static final ShopSize SIZE = ShopSize.ofRows(10_000);

    private final VitessCluster source = SharedServers.vitess();

    @BeforeEach
    void openShop() throws SQLException {
        source.resetKeyspace();
        Shop.create(source);
        ShopSeed.load(source, SIZE, 1);
    }

    @Test
    void everyRowIsThereAfterACopyUnderWritesAndTheChangesThatFollow() throws Exception {
        source.execute("INSERT INTO readings (device, reading) VALUES "
                + IntStream.range(-500, 500)
                        .mapToObj(i -> "(" + i * 1000L + ", 1)")
                        .collect(Collectors.joining(", ")));
        Replica replica = replica("copy_and_follow").with("TRIBUTARY_COPY_RANGE_ROWS", "150");
        try (ShopLoad load = ShopLoad.start(source, SIZE, 2, 4, 60)) {
            try (TributaryProcess copy = replica.start("--until", "copied")) {
                assertExit(copy, 0);
            }
            assertThat(replica.parts("state = 'copied'"))
                    .isEqualTo(replica.parts("TRUE"))
                    .isGreaterThanOrEqualTo(2L * Shop.TABLES.size());
            assertThat(replica.parts("source_table = 'readings'"))
                    .as("key ranges, with keys below zero, by the server's estimate of the rows")
                    .isGreaterThanOrEqualTo(4);
            long before = load.committed();
            try (TributaryProcess following = replica.start()) {
                awaitFollowing(replica, following);
                await("there are 300 more transactions", following, () -> load.committed() > before + 300);
                isSeenFromOutside(replica, following);
            }
        }
        replica.catchUp();

        assertEqual(replica);
    }

    @Test
    void sigtermSavesWhatIsUnderWayAndExitsWithZero() throws Exception {
        Replica replica = replica("sigterm");
        try (ShopLoad load = ShopLoad.start(source, SIZE, 3, 4, 60)) {
            try (TributaryProcess copying = replica.start()) {
                await("rows are copied", copying, () -> replica.rows("customers") > 0);
                assertThat(copying.terminate().exitCode(SHUTDOWN_LIMIT))
                        .as(() -> said(copying))
                        .isZero();
            }
            try (TributaryProcess following = replica.start()) {
                awaitFollowing(replica, following);
                assertThat(following.terminate().exitCode(SHUTDOWN_LIMIT))
                        .as(() -> said(following))
                        .isZero();
            }
            assertThat(load.committed()).isPositive();
        }
        replica.catchUp();

        assertEqual(replica);
    }

    /** A row that is changed at the target only shows whether its table was copied again. */
    @Tag("long")
    @Test
    void tablesThatAreCopiedAreNotCopiedAgain() throws Exception {
        Replica replica = replica("copied_once").with("TRIBUTARY_COPY_PARTS", "1");
        try (TributaryProcess copying = replica.start()) {
            await(
                    "customers are copied in both shards",
                    copying,
                    () -> replica.parts("source_table = 'customers' AND state = 'copied'") == 2);
            copying.kill();
        }
        assertThat(replica.parts("state <> 'copied'")).isPositive();
        replica.target().execute("UPDATE " + replica.database() + ".customers SET balance = balance + 1");
        List<?> marked = replica.query("SELECT id, balance FROM customers ORDER BY id");

        try (TributaryProcess following = replica.start()) {
            awaitFollowing(replica, following);
            following.kill();
        }
        replica.catchUp();

        assertThat(replica.query("SELECT id, balance FROM customers ORDER BY id"))
                .isEqualTo(marked);
        replica.target().execute("UPDATE " + replica.database() + ".customers SET balance = balance - 1");
        assertEqual(replica);
    }

    @Test
    void withoutASnapshotItCarriesWhatIsCommittedFromThenOn() throws Exception {
        Replica replica = replica("no_snapshot");
        replica.with(
                "TRIBUTARY_SOURCE", replica.sourceUrl("&snapshot=false&tables=customers,/order.*/&exclude=orders"));
        try (TributaryProcess following = replica.start()) {
            awaitFollowing(replica, following);
            source.execute(
                    "INSERT INTO customers (id, email, name) VALUES (5000001, 'new', 'new')",
                    "UPDATE customers SET name = 'changed' WHERE id IN (1, 2, 3)",
                    "INSERT INTO products (sku, title, price) VALUES ('left out', '', 1)");
            await("the change is there", following, () -> replica.rows("customers") == 4);
        }

        assertThat(replica.query("SHOW TABLES"))
                .containsExactlyInAnyOrder(
                        List.of("customers"),
                        List.of("order-notes ünïcode"),
                        List.of("order_lines"),
                        List.of("tributary_checkpoint"),
                        List.of("tributary_schema"));
        assertThat(replica.rows("order_lines")).isZero();
    }

    private void isSeenFromOutside(Replica replica, TributaryProcess following) throws Exception {
        for (String probe : List.of("live", "ready", "started")) {
            assertThat(replica.metrics().health(probe)).as(probe).isEqualTo(200);
        }
        for (String shard : source.shards()) {
            String label = shard + "\"";
            for (String grows : List.of(
                    "tributary_rows_total",
                    "tributary_bytes_total",
                    "tributary_sink_commit_seconds_count",
                    "tributary_sink_batch_rows_count")) {
                await(
                        grows + " of " + shard + " grows",
                        following,
                        () -> replica.metrics().sum(grows, label).orElse(0) > 0);
            }
            for (String gauge : List.of("tributary_buffered_bytes", "tributary_lag_seconds")) {
                assertThat(replica.metrics().sum(gauge, label))
                        .as(gauge + " of " + shard)
                        .isPresent();
            }
        }
    }

    private Replica replica(String database) throws SQLException {
        return Targets.chosen().replica(source, database);
    }
}
