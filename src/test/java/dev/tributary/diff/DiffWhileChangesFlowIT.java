package dev.tributary.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.diff.DiffReport.Verdict;
import dev.tributary.endtoend.Replica;
import dev.tributary.servers.Await;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import dev.tributary.workload.Shop;
import dev.tributary.workload.ShopLoad;
import dev.tributary.workload.ShopSeed;
import dev.tributary.workload.ShopSize;
import io.vertx.core.json.JsonObject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Both sides are compared while a pipeline carries what customers change; and the verb as a process of its own. */
@NeedsVitess
@Tag("long")
class DiffWhileChangesFlowIT {
    private static final VitessCluster SOURCE = SharedServers.vitess();
    private static final ShopSize SIZE = ShopSize.ofRows(8_000);
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final int COMPARISONS = 3;
    private static final DiffOptions OPTIONS = new DiffOptions("", Set.of(), 10, true, Duration.ofSeconds(60), 4);

    @AfterAll
    static void reset() throws SQLException {
        SOURCE.resetKeyspace();
    }

    @Test
    void changesOnTheirWayAreNoDifferencesAndPlantedOnesAre() throws Exception {
        SOURCE.resetKeyspace();
        Shop.create(SOURCE);
        ShopSeed.load(SOURCE, SIZE, 1);
        Replica replica = Replica.create(SOURCE, SharedServers.mysql(), "diff_flow");
        Compared both = Compared.of(replica);
        try (TributaryProcess pipeline = replica.start()) {
            Await.until("it follows", LIMIT, replica::follows, () -> String.join("\n", pipeline.errors()));
            try (ShopLoad load = ShopLoad.start(SOURCE, SIZE, 2, 4, 60)) {
                long before = load.committed();
                for (int i = 0; i < COMPARISONS; i++) {
                    DiffReport report = both.diff(OPTIONS);
                    assertThat(report.lines())
                            .as("comparison " + i)
                            .last()
                            .asString()
                            .endsWith(", equal");
                    assertThat(report.tables()).hasSize(Shop.TABLES.size());
                }
                assertThat(load.committed()).isGreaterThan(before);

                // nobody buys under these keys: the load has ids of its own
                both.target(
                        "INSERT INTO customers (id, email, name) VALUES (9000001, 'planted', 'planted')",
                        "INSERT INTO `audit log` VALUES (9000002, 'planted', NULL), (9000002, 'planted', NULL)",
                        "INSERT INTO products (sku, title, price) VALUES ('planted', 'planted', 1)");
                DiffReport planted = both.diff(OPTIONS);
                assertThat(planted.verdict()).isEqualTo(Verdict.DIFFERENT);
                assertThat(planted.lines())
                        .contains(
                                "customers: 1 differ (1 extra)",
                                "  extra id=9000001",
                                "audit log: 2 differ (2 extra)",
                                "  extra 2 of actor=9000002, action=planted, detail=NULL",
                                "products: 1 differ (1 extra)",
                                "  extra sku='planted'");
                assertThat(planted.tables())
                        .filteredOn(TableReport::isDifferent)
                        .hasSize(3);
                both.target(
                        "DELETE FROM customers WHERE id = 9000001",
                        "DELETE FROM `audit log` WHERE actor = 9000002",
                        "DELETE FROM products WHERE sku = 'planted'");
            }
            pipeline.kill();
        }
        aPipelineThatStandsStillIsWaitedForAndThenNamed(both);
        replica.catchUp();

        theVerbTellsByItsExitCode(replica, both);
    }

    private static void aPipelineThatStandsStillIsWaitedForAndThenNamed(Compared both) throws SQLException {
        SOURCE.execute("INSERT INTO customers (id, email, name) VALUES (9000003, 'not carried', 'not carried')");
        DiffOptions soon = new DiffOptions("", Set.of("customers"), 10, true, Duration.ofSeconds(1), 4);

        DiffReport report = both.diff(soon);

        assertThat(report.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(report.lines()).last().asString().endsWith("could not tell");
        assertThat(report.tables().getFirst().unknown())
                .anyMatch(why -> why.startsWith("pipeline 'default' did not catch up within 1 s: shard commerce/"));
        // who knows better compares both as they are
        DiffOptions asTheyAre = new DiffOptions("", Set.of("customers"), 10, true, Duration.ZERO, 4);
        assertThat(both.diff(asTheyAre).lines()).anyMatch(line -> line.equals("  missing id=9000003"));
    }

    private static void theVerbTellsByItsExitCode(Replica replica, Compared both) throws SQLException {
        replica.java("-Xmx48m");
        try (TributaryProcess equal =
                replica.process("diff", "--float-digits", "6").end()) {
            assertThat(equal.exitCode()).as(String.join("\n", equal.errors())).isZero();
            assertThat(equal.output()).last().asString().matches("diff: 9 tables, [0-9,]+ rows, equal");
            assertThat(equal.output()).hasSize(10);
        }
        both.target("DELETE FROM orders");
        try (TributaryProcess different = replica.process(
                        "diff", "--json", "--tables", "orders,coupons", "--limit", "2")
                .end()) {
            assertThat(different.exitCode())
                    .as(String.join("\n", different.errors()))
                    .isEqualTo(1);
            JsonObject json = new JsonObject(String.join("\n", different.output()));
            assertThat(json.getString("verdict")).isEqualTo("different");
            assertThat(json.getJsonArray("tables")).hasSize(2);
            JsonObject orders = json.getJsonArray("tables").getJsonObject(1);
            assertThat(orders.getLong("missing"))
                    .isEqualTo(orders.getLong("rows"))
                    .isPositive();
            assertThat(orders.getJsonArray("differences")).hasSize(2);
            assertThat(orders.getJsonArray("differences")
                            .getJsonObject(0)
                            .getJsonObject("row")
                            .fieldNames())
                    .containsExactly("customer_id", "number");
        }
        try (TributaryProcess wrong =
                replica.process("diff", "--tables", "nothing").end()) {
            assertThat(wrong.exitCode()).isEqualTo(2);
            assertThat(wrong.output()).isEmpty();
            assertThat(wrong.errors()).last().asString().contains("--tables", "nothing");
        }
        replica.with("TRIBUTARY_SINK", replica.sinkUrl() + "_of_nobody");
        try (TributaryProcess nowhere = replica.process("diff").end()) {
            assertThat(nowhere.exitCode()).isEqualTo(2);
            assertThat(nowhere.errors()).isEqualTo(List.of(nowhere.errors().getFirst()));
            assertThat(nowhere.errors().getFirst()).startsWith("tributary: TRIBUTARY_SINK: ");
        }
    }
}
