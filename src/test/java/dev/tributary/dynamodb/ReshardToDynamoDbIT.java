package dev.tributary.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.endtoend.VersionLoad;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.OneAtATime;
import dev.tributary.servers.Reshard;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.Sql;
import dev.tributary.servers.VitessCluster;
import dev.tributary.servers.WriteFaults;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Shards that become others while rows are written, followed into DynamoDB, with power cuts between the steps by which they are
 * handed over, each of which is durable by itself: a split, back again, and the same split once more. {@code -Dseed} repeats the load
 * of another run.
 */
@NeedsVitess
@OneAtATime
@Tag("long")
class ReshardToDynamoDbIT {
    private static final long SEED = Long.getLong("seed", System.nanoTime() % 1_000_000);

    /** More than VTGate sends at once, behind which alone a copy can go on. */
    private static final int ARCHIVED = 3_000;

    /** A hundred rows a second: a busy machine's DynamoDB Local takes little more, and what a process leaves is the next one's. */
    private static final long PAUSE_MILLIS = 40;

    private static final String SPLIT = "-40 changes,-80 closed,40-80 changes,80- changes";

    @Test
    void reshardsWithPowerCutsBetweenTheirStepsLoseNothing() throws Exception {
        System.out.println("reshards into DynamoDB with -Dseed=" + SEED);
        try (VitessCluster source = VitessCluster.start("commerce", "-80", "80-")) {
            VersionLoad.prepare(source, ARCHIVED);
            DynamoTables halfCopied = halfCopied(source);
            DynamoTables target = tables("resharded_", source, "items");
            target.catchUp();
            try (ItemVersions versions = ItemVersions.of("resharded_items")) {
                try (VersionLoad load = VersionLoad.start(source, SEED, 1, PAUSE_MILLIS)) {
                    Reshard split = source.startReshard(List.of("-80"), List.of("-40", "40-80"))
                            .awaitCopied();
                    split(target, split, versions);
                    assertRefused(halfCopied);
                    split.complete();
                    Reshard merge = source.startReshard(List.of("-40", "40-80"), List.of("-80"))
                            .awaitCopied();
                    merge(target, merge, versions);
                    merge.complete();
                    Reshard again = source.startReshard(List.of("-80"), List.of("-40", "40-80"))
                            .awaitCopied();
                    follow(target, again, load);
                    versions.processEnds();
                    System.out.printf("%,d rows written, %,d refused%n", load.written(), load.refused());
                }
                target.catchUp();
                versions.assertNoneWentBack();
            }
            assertThat(states(target)).isEqualTo(SPLIT);
            assertEqual(source, target);
        }
    }

    private static void split(DynamoTables target, Reshard split, ItemVersions versions) throws Exception {
        try (Life life = new Life(target, versions, "UpdateItem", "default/commerce/-80", "\"ended\"")) {
            Carried.await("it follows", life.pipeline, () -> target.follows(2));
            split.switchTraffic();
            life.cut("-80 changes,80- changes");
        }
        try (Life life = new Life(target, versions, "TransactWriteItems", "default/commerce/40-80", "opened_by")) {
            life.cut("-40 changes,-80 ended,80- changes");
        }
        try (Life life = new Life(target, versions, "UpdateItem", "default/commerce/-80", "\"closed\"")) {
            life.cut("-40 changes,-80 ended,40-80 changes,80- changes");
        }
        try (Life life = new Life(target, versions, "UpdateItem", "default/commerce/-40", "\"owner\"")) {
            life.cut(SPLIT);
        }
        // its rows, and not its position
        try (Life life = new Life(target, versions, "UpdateItem", "default/commerce/-40", "saved_epoch")) {
            life.cut(SPLIT);
        }
    }

    /** To a shard whose name was another's, which is fenced off and then opened once more. */
    private static void merge(DynamoTables target, Reshard merge, ItemVersions versions) throws Exception {
        try (Life life = new Life(target, versions, "UpdateItem", "default/commerce/-40", "\"ended\"")) {
            Carried.await("it follows", life.pipeline, () -> target.follows(3));
            merge.switchTraffic();
            life.cut("-40 changes,-80 closed,40-80 ended,80- changes");
        }
        String ended = "-40 ended,-80 closed,40-80 ended,80- changes";
        try (Life life = new Life(target, versions, "TransactWriteItems", "default/commerce/-80", "fenced_by")) {
            life.cut(ended);
        }
        try (Life life = new Life(target, versions, "TransactWriteItems", "default/commerce/-80", "opened_by")) {
            life.cut(ended);
        }
        try (Life life = new Life(target, versions, "UpdateItem", "default/commerce/-40", "\"closed\"")) {
            life.cut("-40 ended,-80 changes,40-80 closed,80- changes");
        }
    }

    private static void follow(DynamoTables target, Reshard reshard, VersionLoad load) throws Exception {
        try (TributaryProcess pipeline = target.start()) {
            Carried.await("it follows", pipeline, () -> target.follows(2));
            reshard.switchTraffic();
            Carried.await(
                    "it follows the new shards", pipeline, () -> states(target).equals(SPLIT) && target.follows(3));
            long written = load.written();
            Carried.await("more is written", pipeline, () -> load.written() > written + 200);
            reshard.complete();
            assertThat(pipeline.terminate().exitCode(Carried.LIMIT))
                    .as(() -> Carried.said(pipeline))
                    .isZero();
        }
    }

    /** A process that comes as far as to a request, which is never carried out. */
    private static final class Life implements AutoCloseable {
        final TributaryProcess pipeline;
        private final DynamoTables target;
        private final ItemVersions versions;
        private final WriteFaults requests;
        private final String step;

        Life(DynamoTables target, ItemVersions versions, String operation, String... texts) throws Exception {
            this.target = target;
            this.versions = versions;
            step = operation + " with " + List.of(texts);
            requests = WriteFaults.before(SharedServers.dynamoDb());
            requests.stopAt(operation, texts);
            pipeline = target.with("TRIBUTARY_SINK", target.url(requests.endpoint(), ""))
                    .start();
        }

        /** Kills it there, and once all shards are as they are to be then: others' may be under way. */
        void cut(String states) {
            Carried.await("it comes to " + step, pipeline, requests::isStopped);
            String was = "in front of " + step + " shards are " + states + ", were " + states(target);
            Carried.await(was, pipeline, () -> states(target).equals(states));
            pipeline.kill();
            requests.close();
            assertThat(states(target)).as("killed in front of " + step).isEqualTo(states);
            versions.processEnds();
        }

        @Override
        public void close() {
            pipeline.close();
            requests.close();
            target.with("TRIBUTARY_SINK", target.url(SharedServers.dynamoDb().endpoint(), ""));
        }
    }

    private static String states(DynamoTables target) {
        return target.items("tributary_checkpoint").stream()
                .filter(item -> DynamoTables.value(item, "entry").s().equals("changes") && item.containsKey("tables"))
                .map(item -> DynamoTables.value(item, "shard").s() + " "
                        + DynamoTables.value(item, "state").s())
                .sorted()
                .collect(Collectors.joining(","));
    }

    /** A pipeline that was killed in the middle of the copy of the shard that is split. */
    private static DynamoTables halfCopied(VitessCluster source) throws Exception {
        DynamoTables target = tables("half_copied_", source, "archive").with("TRIBUTARY_BATCH_ROWS", "25");
        String id;
        try (Connection connection = source.connect("commerce:-80@primary")) {
            id = Sql.query(connection, "SELECT MAX(id) FROM archive").getFirst().getFirst();
        }
        try (WriteFaults requests = WriteFaults.before(SharedServers.dynamoDb())) {
            requests.stopAt("BatchWriteItem", "half_copied_archive", "{\"N\":\"" + id + "\"}");
            target.with("TRIBUTARY_SINK", target.url(requests.endpoint(), ""));
            target.killed("it comes to row " + id, requests::isStopped);
        }
        assertThat(target.items("tributary_checkpoint"))
                .as("its copy goes on from there")
                .anyMatch(item -> DynamoTables.value(item, "stream").s().equals("default/commerce/-80")
                        && DynamoTables.value(item, "entry").s().startsWith("part ")
                        && item.containsKey("position"));
        return target.with("TRIBUTARY_SINK", target.url(SharedServers.dynamoDb().endpoint(), ""));
    }

    private static void assertRefused(DynamoTables halfCopied) {
        try (TributaryProcess pipeline = halfCopied.start()) {
            assertThat(pipeline.exitCode(Carried.LIMIT)).isEqualTo(1);
            assertThat(Carried.said(pipeline))
                    .contains("commerce/-80: the shard was resharded in the middle of the copies of tables [archive]")
                    .contains("TRIBUTARY_PIPELINE");
        }
        assertThat(halfCopied.items("archive")).isNotEmpty();
    }

    private static DynamoTables tables(String prefix, VitessCluster source, String table) {
        return new DynamoTables(
                prefix,
                "vitess://127.0.0.1:" + source.grpcPort() + "/" + source.keyspace() + "?tables=" + table
                        + "&mysql_port=" + source.mysqlPort());
    }

    private static void assertEqual(VitessCluster source, DynamoTables target) throws SQLException {
        Map<String, String> rows = new TreeMap<>();
        for (List<@Nullable String> row : source.query("SELECT id, CONCAT(version, ' ', name) FROM items")) {
            rows.put(String.valueOf(row.get(0)), String.valueOf(row.get(1)));
        }
        Map<String, String> items = new TreeMap<>();
        for (Map<String, AttributeValue> item : target.items("items")) {
            items.put(
                    DynamoTables.value(item, "id").n(),
                    DynamoTables.value(item, "version").n() + " "
                            + DynamoTables.value(item, "name").s());
        }
        assertThat(items).as("seed " + SEED).isEqualTo(rows).hasSizeGreaterThan(500);
    }
}
