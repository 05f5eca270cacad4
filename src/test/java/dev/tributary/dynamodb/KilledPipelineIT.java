package dev.tributary.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.DoubleStream;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.StreamsDouble;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** Power cuts in the snapshot, where it hands over and in the changes, under writes, while the stream's shards split. */
class KilledPipelineIT {
    private static final long SEED = Long.getLong("seed", System.nanoTime() % 1_000_000);
    private static final int ITEMS = 3000;
    private static final List<String> KEY = List.of("id", "sort");

    private final DynamoDb source = SharedServers.dynamoDb();

    @Test
    void bothSidesAreEqualAfterKillsInTheSnapshotAndInTheChangesWhileShardsSplit() throws Exception {
        source.createWithStream("killed", StreamViewType.NEW_AND_OLD_IMAGES, "id", "sort");
        source.putAll("killed", ItemLoad.seed(ITEMS, SEED));
        try (StreamsDouble streams = StreamsDouble.before(source);
                Carried carried = Carried.of("dynamo_killed", streams.endpoint(), "killed", "&segments=8")
                        .with("TRIBUTARY_BATCH_ROWS", "50")) {
            streams.stream("killed").pages(2, 100, 1);
            try (ItemLoad load = ItemLoad.start(source, "killed", SEED + 1, ITEMS)) {
                killed(carried, "some is copied", () -> carried.rows("killed") > 300);
                streams.stream("killed").split(2);
                killed(
                        carried,
                        "more is copied",
                        () -> carried.number("SELECT COUNT(*) FROM tributary_checkpoint WHERE state = 'copied'") > 2);
                killed(carried, "the snapshot is over", () -> carried.follows("killed"));
                for (int i = 0; i < 3; i++) {
                    long before = load.written();
                    streams.stream("killed").split(i == 1 ? 1 : 2);
                    killed(carried, "changes were made meanwhile", () -> load.written() > before + 300);
                }
            }
            carried.catchUp();

            Map<String, String> there = Items.ofTarget(carried, "killed", KEY);
            assertThat(there).as("seed " + SEED).isEqualTo(Items.ofSource(source, "killed", KEY));
            assertThat(there.size()).isGreaterThan(ITEMS / 2);
            Diffed.of(carried.process("diff", "--wait", "0S")).isEqual();
            assertThat(streams.stream("killed").shardCount()).isEqualTo(1 + 2 + 4 + 4 + 8);
            assertThat(carried.number("SELECT COUNT(*) FROM tributary_checkpoint WHERE state = 'changes'"))
                    .as("open shards")
                    .isEqualTo(8);
        }
    }

    /** An item's last change is in a child: whoever read that first would end with an older one. */
    @Test
    void noChildIsReadBeforeItsParentIsOverThoughTheProcessIsKilledInBetween() throws Exception {
        source.createWithStream("ordered", StreamViewType.NEW_AND_OLD_IMAGES, "id");
        try (StreamsDouble streams = StreamsDouble.before(source);
                Carried carried = Carried.of("dynamo_ordered", streams.endpoint(), "ordered", "")
                        .with("TRIBUTARY_LEASE_DURATION", "3S")) {
            DoubleStream stream = streams.stream("ordered");
            stream.tellOnly(2);
            try (TributaryProcess pipeline = carried.start()) {
                Carried.await("the snapshot is over", pipeline, () -> carried.follows("ordered"));
                putFive("1");
                Carried.await("they are in the parent", pipeline, () -> stream.dealt() == 5);
                Carried.await("some are there", pipeline, () -> carried.rows("ordered") == 2);
                stream.split(2);
                putFive("2");
                Carried.await("they are in the children", pipeline, () -> stream.dealt() == 10);
                assertOnlyTheParentIsRead(pipeline, streams, carried);
                pipeline.kill();
            }
            try (TributaryProcess pipeline = carried.start()) {
                assertOnlyTheParentIsRead(pipeline, streams, carried);
                stream.tellOnly(Integer.MAX_VALUE);
                Carried.await("all is read", pipeline, () -> versions(carried, "2") == 5);
                assertThat(pipeline.terminate().exitCode(Carried.LIMIT)).isZero();
            }
            assertThat(versions(carried, "1")).isZero();
        }
    }

    private static long versions(Carried carried, String version) throws Exception {
        return carried.number("SELECT COUNT(*) FROM ordered WHERE version = " + version);
    }

    private void putFive(String version) {
        for (int i = 0; i < 5; i++) {
            source.put("ordered", Map.of("id", fromS("item " + i), "version", fromN(version)));
        }
    }

    /** By its own requests, of many that could have been for another. */
    private static void assertOnlyTheParentIsRead(TributaryProcess pipeline, StreamsDouble streams, Carried carried)
            throws Exception {
        DoubleStream stream = streams.stream("ordered");
        List<String> shards = stream.shardIds();
        long asked = stream.asked(shards.getFirst());
        long listed = streams.calls("DescribeStream");
        Carried.await("the parent is read on", pipeline, () -> stream.asked(shards.getFirst()) > asked + 20);
        Carried.await("shards are listed", pipeline, () -> streams.calls("DescribeStream") > listed + 1);
        assertThat(shards).hasSize(3);
        assertThat(shards.subList(1, 3)).allMatch(child -> stream.asked(child) == 0);
        assertThat(carried.rows("ordered")).isEqualTo(2);
        assertThat(versions(carried, "1")).isEqualTo(2);
    }

    @Test
    void aShardThatIsListedOnlyLaterIsDiscovered() throws Exception {
        source.createWithStream("discovered", StreamViewType.NEW_AND_OLD_IMAGES, "id");
        try (StreamsDouble streams = StreamsDouble.before(source);
                Carried carried = Carried.of("dynamo_discovered", streams.endpoint(), "discovered", "")
                        .with("TRIBUTARY_LEASE_DURATION", "3S");
                TributaryProcess pipeline = carried.start()) {
            DoubleStream stream = streams.stream("discovered");
            Carried.await("the snapshot is over", pipeline, () -> carried.follows("discovered"));
            stream.splitHiding(2);
            List<String> shards = stream.shardIds();
            Carried.await("the first child is read", pipeline, () -> stream.asked(shards.get(1)) > 2);
            for (int i = 0; i < 30; i++) {
                source.put("discovered", Map.of("id", fromS("item " + i)));
            }
            assertThat(stream.asked(shards.get(2))).isZero();
            stream.showAll();

            Carried.await("all is there", pipeline, () -> carried.rows("discovered") == 30);
            assertThat(stream.asked(shards.get(2))).isPositive();
            assertThat(pipeline.terminate().exitCode(Carried.LIMIT)).isZero();
        }
    }

    private static void killed(Carried carried, String when, dev.tributary.servers.Await.Condition condition)
            throws Exception {
        try (TributaryProcess pipeline = carried.start()) {
            Carried.await(when, pipeline, condition);
            pipeline.kill();
        }
    }
}
