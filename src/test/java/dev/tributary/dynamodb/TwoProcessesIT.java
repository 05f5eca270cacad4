package dev.tributary.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.LoopbackPorts;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.StreamsDouble;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** Two processes share the shards of a stream, and both add columns to one table. */
class TwoProcessesIT {
    private static final List<String> KEY = List.of("id", "sort");
    private static final int ITEMS = 1000;

    private final DynamoDb source = SharedServers.dynamoDb();

    @Test
    void bothSidesAreEqualWhileShardsGoFromOneToTheOther() throws Exception {
        source.createWithStream("shared", StreamViewType.NEW_AND_OLD_IMAGES, "id", "sort");
        source.putAll("shared", ItemLoad.seed(ITEMS, 7));
        try (StreamsDouble streams = StreamsDouble.before(source);
                Carried carried = Carried.of("dynamo_shared", streams.endpoint(), "shared", "&segments=4")
                        .with("TRIBUTARY_LEASE_DURATION", "3S")) {
            streams.stream("shared").split(6);
            try (ItemLoad load = ItemLoad.start(source, "shared", 8, ITEMS);
                    TributaryProcess one = carried.start()) {
                Carried.await("the snapshot is over", one, () -> carried.follows("shared"));
                try (TributaryProcess two = carried.process("run", "--lease.duration", "3S")
                        .with("QUARKUS_MANAGEMENT_PORT", String.valueOf(LoopbackPorts.next()))
                        .start()) {
                    Carried.await("both have some", two, () -> owners(carried) == 2);
                    streams.stream("shared").split(1);
                    long before = load.written();
                    Carried.await("more is written", two, () -> load.written() > before + 300);
                    two.kill();
                }
                Carried.await("one has them all again", one, () -> owners(carried) == 1);
                assertThat(one.terminate().exitCode(Carried.LIMIT))
                        .as(Carried.said(one))
                        .isZero();
            }
            carried.catchUp();

            assertThat(Items.ofTarget(carried, "shared", KEY)).isEqualTo(Items.ofSource(source, "shared", KEY));
        }
    }

    private static long owners(Carried carried) throws Exception {
        return carried.number("SELECT COUNT(DISTINCT owner) FROM tributary_checkpoint WHERE state = 'changes'"
                + " AND source_table = '' AND shard <> '' AND owner <> ''");
    }
}
