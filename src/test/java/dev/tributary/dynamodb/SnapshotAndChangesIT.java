package dev.tributary.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.DoubleStream;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.StreamsDouble;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

class SnapshotAndChangesIT {
    private static final int ITEMS = 300;
    private static final List<String> KEY = List.of("id", "sort");
    private static final String TABLES = "paced,unpaced";
    private static final int PACED = 30;

    private final DynamoDb source = SharedServers.dynamoDb();

    @Test
    void anItemIsCopiedAndItsChangesFollow() throws Exception {
        source.create("orders", "id");
        source.put("orders", Map.of("id", fromS("a"), "price", fromN("19.99")));
        try (Carried carried = Carried.of("dynamo_first", "orders", "");
                TributaryProcess pipeline = carried.start()) {
            Carried.await("the snapshot is over", pipeline, () -> carried.follows("orders"));
            assertThat(carried.query("SELECT id, price FROM orders")).isEqualTo(List.of(List.of("a", "19.9900")));

            source.put("orders", Map.of("id", fromS("a"), "price", fromN("20"), "note", fromS("dearer")));
            source.put("orders", Map.of("id", fromS("b"), "price", fromN("1")));
            Carried.await("the changes are there", pipeline, () -> carried.rows("orders") == 2);
            assertThat(carried.query("SELECT id, price, note FROM orders WHERE id = 'a'"))
                    .isEqualTo(List.of(List.of("a", "20.0000", "dearer")));
            source.delete("orders", Map.of("id", fromS("a")));
            Carried.await("the delete is there", pipeline, () -> carried.rows("orders") == 1);
            assertThat(pipeline.terminate().exitCode(Carried.LIMIT)).isZero();
        }
    }

    /** The stream tells what an item is now, or what it was, or that it changed: what is not told is read. */
    @ParameterizedTest
    @EnumSource(
            value = StreamViewType.class,
            names = {"NEW_IMAGE", "OLD_IMAGE", "KEYS_ONLY"})
    void bothSidesAreEqualHoweverLittleTheStreamTells(StreamViewType view) throws Exception {
        source.createWithStream("views", view, "id", "sort");
        source.putAll("views", ItemLoad.seed(ITEMS, 11));
        try (StreamsDouble streams = StreamsDouble.before(source);
                Carried carried = Carried.of("dynamo_views", streams.endpoint(), "views", "&segments=4")) {
            try (ItemLoad load = ItemLoad.start(source, "views", 12, ITEMS);
                    TributaryProcess pipeline = carried.start()) {
                Carried.await("the snapshot is over", pipeline, () -> carried.follows("views"));
                long before = load.written();
                Carried.await("changes were made", pipeline, () -> load.written() > before + ITEMS);
                pipeline.kill();
            }
            carried.catchUp();

            assertThat(Items.ofTarget(carried, "views", KEY)).isEqualTo(Items.ofSource(source, "views", KEY));
            assertThat(carried.rows("views")).isGreaterThan(ITEMS / 2);
            Diffed.of(carried.process("diff", "--wait", "0S")).isEqual();
            if (view == StreamViewType.NEW_IMAGE) {
                assertThat(streams.calls("BatchGetItem")).isZero();
            } else {
                assertThat(streams.calls("BatchGetItem")).isPositive();
            }
        }
    }

    /** A page of a scan is 1 MB, which is 256 units, or 128 if it need not be consistent. */
    @Test
    void aSnapshotTakesTheReadCapacityThatItMayAndGoesOnWithAnother() throws Exception {
        source.create("paced", "id");
        source.create("unpaced", "id");
        for (int i = 0; i < PACED; i++) {
            source.put("paced", Map.of("id", fromS("item " + i), "text", fromS("x".repeat(100_000))));
        }
        source.put("unpaced", Map.of("id", fromS("a")));
        try (StreamsDouble streams = StreamsDouble.before(source);
                Carried carried =
                        Carried.of("dynamo_paced", streams.endpoint(), TABLES, "&segments=1&read_capacity=1")) {
            try (TributaryProcess pipeline = carried.start()) {
                Carried.await("a page is copied", pipeline, () -> carried.rows("paced") > 0);
                Carried.await("the other table is followed", pipeline, () -> carried.follows("unpaced"));
                long asked = streams.calls("GetRecords");
                Carried.await("it is read on", pipeline, () -> streams.calls("GetRecords") > asked + 20);

                List<JsonObject> scans = scansOfPaced(streams);
                assertThat(scans).as("one page a good four minutes").hasSize(1);
                assertThat(scans).allMatch(scan -> scan.getBoolean("ConsistentRead"));
                assertThat(carried.rows("paced")).isLessThan(PACED);
                assertThat(pipeline.terminate().exitCode(Carried.LIMIT))
                        .as("nor does it wait when it is to end")
                        .isZero();
            }
            carried.with(
                            "TRIBUTARY_SOURCE",
                            DynamoDb.url(streams.endpoint(), TABLES, "&segments=1&read_capacity=200&consistent=false"))
                    .catchUp();

            List<String> key = List.of("id");
            assertThat(Items.ofTarget(carried, "paced", key)).isEqualTo(Items.ofSource(source, "paced", key));
            List<JsonObject> scans = scansOfPaced(streams);
            assertThat(scans).hasSizeGreaterThan(2);
            assertThat(scans.subList(1, scans.size()))
                    .as("it goes on where it was")
                    .allMatch(scan -> scan.containsKey("ExclusiveStartKey") && !scan.getBoolean("ConsistentRead"));
        }
    }

    private static List<JsonObject> scansOfPaced(StreamsDouble streams) {
        return streams.scans().stream()
                .filter(scan -> "paced".equals(scan.getString("TableName")))
                .toList();
    }

    /** An attribute that only an old change has would get a column if that was told again. */
    @Test
    void aSnapshotThatIsBrokenOffBehindItsLastItemDoesNotReplayTheStream() throws Exception {
        source.createWithStream("replayed", StreamViewType.NEW_AND_OLD_IMAGES, "id");
        source.put("replayed", Map.of("id", fromS("a"), "gone", fromN("1")));
        source.put("replayed", Map.of("id", fromS("a"), "n", fromN("1")));
        try (StreamsDouble streams = StreamsDouble.before(source);
                Carried carried = Carried.of("dynamo_replayed", streams.endpoint(), "replayed", "&segments=1")) {
            DoubleStream stream = streams.stream("replayed");
            stream.madeAt(System.currentTimeMillis() - 180_000);
            streams.throttle("Scan", Integer.MAX_VALUE);
            try (TributaryProcess pipeline = carried.start()) {
                Carried.await("it scans", pipeline, () -> streams.calls("Scan") > 2);
                // the copy ends, and what would hand over to the changes does not
                streams.throttle("DescribeTable", Integer.MAX_VALUE);
                Carried.await(
                        "all is copied",
                        pipeline,
                        () -> carried.number("SELECT COUNT(*) FROM tributary_checkpoint WHERE state = 'copied'") == 1);
                assertThat(carried.follows("replayed")).isFalse();
                pipeline.kill();
            }
            assertThat(stream.dealt()).isEqualTo(2);
            stream.madeAt(System.currentTimeMillis());
            source.put("replayed", Map.of("id", fromS("b"), "n", fromN("2")));
            streams.throttle("DescribeTable", 0);
            carried.catchUp();

            assertThat(carried.query("SELECT id, CAST(n AS CHAR) FROM replayed ORDER BY id"))
                    .isEqualTo(List.of(List.of("a", "1"), List.of("b", "2")));
            assertThat(carried.query("SHOW COLUMNS FROM replayed LIKE 'gone'")).isEmpty();
        }
    }
}
