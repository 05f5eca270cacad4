package dev.tributary.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
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

    private static void killed(Carried carried, String when, dev.tributary.servers.Await.Condition condition)
            throws Exception {
        try (TributaryProcess pipeline = carried.start()) {
            Carried.await(when, pipeline, condition);
            pipeline.kill();
        }
    }
}
