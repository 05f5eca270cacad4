package dev.tributary.endtoend;

import static dev.tributary.endtoend.EndToEnd.assertExit;
import static dev.tributary.endtoend.EndToEnd.await;
import static dev.tributary.endtoend.EndToEnd.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.MoveTables;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.OneAtATime;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several keyspaces in one pipeline, on clusters of their own: tables that move from one to another, and keyspaces that come. */
@NeedsVitess
@OneAtATime
class KeyspacesIT {
    private static final long SEED = Long.getLong("seed", System.nanoTime() % 1_000_000);

    private static Replica replica(VitessCluster source, String database, String keyspaces) throws SQLException {
        Replica replica =
                Replica.create(source, SharedServers.mysql(), database).with("TRIBUTARY_RETRY_DELAY", "100MS");
        return replica.with(
                "TRIBUTARY_SOURCE",
                replica.sourceUrl("").replace("/" + source.keyspace() + "?", "/" + keyspaces + "?"));
    }

    private static void awaitReady(Replica replica, TributaryProcess pipeline, int shards) {
        await(
                shards + " shards are followed",
                pipeline,
                () -> replica.metrics().sum("tributary_ready").orElse(0) == shards
                        && replica.metrics().sum("tributary_parts").orElse(1) == 0);
    }

    private static void awaitEqual(Replica replica, TributaryProcess pipeline, String keyspace, String table) {
        await(
                "table " + table + " is as that of " + keyspace,
                pipeline,
                () -> rows(replica, table).equals(replica.source().queryIn(keyspace, all(table))));
    }

    private static List<?> rows(Replica replica, String table) throws SQLException {
        return replica.query(all(table));
    }

    private static String all(String table) {
        return "SELECT * FROM " + table + " ORDER BY id, name";
    }

    /** Which tables a keyspace's shards carry, as the checkpoint has them. */
    private static String carried(Replica replica, String keyspace) throws SQLException {
        return replica.query("SELECT tables FROM tributary_checkpoint WHERE source_table = '' AND keyspace = '"
                        + keyspace + "'")
                .toString();
    }

    @Test
    void aTableThatIsMovedToAnotherKeyspaceIsCarriedOnAndKeyspacesThatComeAreCarriedToo() throws Exception {
        try (VitessCluster source = VitessCluster.builder()
                .keyspace("commerce", "-80", "80-")
                .keyspace("customer", "0")
                .start()) {
            VersionLoad.prepare(source, 100);
            Replica replica = replica(source, "moved", "*");
            try (TributaryProcess pipeline = replica.start()) {
                awaitReady(replica, pipeline, 3);
                VersionLoad.watch(replica);
                MoveTables move;
                try (VersionLoad load = VersionLoad.start(source, SEED, 1)) {
                    move = source.startMoveTables("commerce", "customer", "items")
                            .awaitCopied();
                    await(
                            "the copy is left out",
                            pipeline,
                            () -> said(pipeline).contains("[customer.items] are carried of another keyspace"));
                    move.switchTraffic();
                    long before = load.written();
                    await("rows are written to the other keyspace", pipeline, () -> load.written() > before + 500);
                    move.reverseTraffic();
                    long back = load.written();
                    await("rows are written to the first again", pipeline, () -> load.written() > back + 500);
                    move.switchTraffic();
                    long again = load.written();
                    await("rows are written to the other once more", pipeline, () -> load.written() > again + 500);
                }
                awaitEqual(replica, pipeline, "customer", "items");
                assertThat(carried(replica, "customer")).contains("[]");

                try (VersionLoad load = VersionLoad.start(source, SEED + 1, 1_000_000)) {
                    move.complete();
                    await(
                            "it is carried of the other keyspace",
                            pipeline,
                            () -> carried(replica, "customer").contains("\"items\""));
                    pipeline.kill();
                    long before = load.written();
                    try (TributaryProcess again = replica.start()) {
                        awaitReady(replica, again, 3);
                        await("rows are written", again, () -> load.written() > before + 500);
                        again.kill();
                    }
                }
            }
            try (TributaryProcess pipeline = replica.start()) {
                for (String table : List.of("log", "archive")) {
                    awaitEqual(replica, pipeline, "commerce", table);
                }
                awaitEqual(replica, pipeline, "customer", "items");
                VersionLoad.assertNoneWentBack(replica);
                assertThat(carried(replica, "commerce")).contains("\"items \"").doesNotContain("\"items\"");

                source.addKeyspace("later", "0");
                source.executeIn(
                        "later",
                        "CREATE TABLE news (id BIGINT PRIMARY KEY, name VARCHAR(50))",
                        "INSERT INTO news (id, name) VALUES (1, 'first'), (2, 'second')");
                awaitEqual(replica, pipeline, "later", "news");
                source.executeIn("later", "UPDATE news SET name = 'third' WHERE id = 1");
                awaitEqual(replica, pipeline, "later", "news");
                moveBack(replica, pipeline);
            }
            twoOfOneNameAreRefused(source);
        }
    }

    /** To where it was once, and to the end of that while nobody is there. */
    private static void moveBack(Replica replica, TributaryProcess pipeline) throws SQLException {
        VitessCluster source = replica.source();
        VersionLoad.declare(source);
        MoveTables back = source.startMoveTables("customer", "commerce", "items")
                .awaitCopied()
                .switchTraffic();
        await(
                "the copy is left out",
                pipeline,
                () -> said(pipeline).contains("[commerce.items] are carried of another keyspace"));
        pipeline.terminate();
        assertExit(pipeline, 0);
        back.complete();
        source.executeIn(
                "commerce", "DELETE FROM items WHERE id % 5 = 0", "UPDATE items SET name = 'back' WHERE id % 7 = 0");

        replica.catchUp();

        assertThat(rows(replica, "items")).isNotEmpty().isEqualTo(source.queryIn("commerce", all("items")));
        assertThat(carried(replica, "commerce")).contains("\"items\"").doesNotContain("\"items \"");
        assertThat(carried(replica, "customer")).contains("\"items \"");
        VersionLoad.assertNoneWentBack(replica);
    }

    private static void twoOfOneNameAreRefused(VitessCluster source) throws SQLException {
        source.executeIn("customer", "CREATE TABLE news (id BIGINT PRIMARY KEY, name VARCHAR(50))");
        Replica replica = replica(source, "doubled", "customer,later");

        try (TributaryProcess pipeline = replica.start()) {
            assertExit(pipeline, 2);
            assertThat(said(pipeline)).contains("TRIBUTARY_SOURCE", "customer.news", "later.news", "exclude=");
        }
        replica.with("TRIBUTARY_SOURCE", replica.environment().get("TRIBUTARY_SOURCE") + "&exclude=customer.news");
        replica.catchUp();
        assertThat(rows(replica, "news")).isEqualTo(source.queryIn("later", all("news")));
    }
}
