package dev.tributary.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.DoubleStream;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.StreamsDouble;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** A stream whose shards are replaced every few hours for years: what is kept of them stays small, and nothing is told twice. */
class GenerationsIT {
    private static final String OPEN = "SELECT shard FROM tributary_checkpoint WHERE state = 'changes'";
    private static final String CLOSED = "SELECT COUNT(*) FROM tributary_checkpoint WHERE state = 'closed'";
    private static final int GENERATIONS = 15;
    private static final int OF_EACH = 10;

    private final DynamoDb source = SharedServers.dynamoDb();
    private int written;

    @Test
    void closedShardsAreForgottenAndEveryChangeIsCarriedOnceThroughRestartsAndListingsThatAreBehind() throws Exception {
        source.createWithStream("generations", StreamViewType.NEW_AND_OLD_IMAGES, "id");
        try (StreamsDouble streams = StreamsDouble.before(source);
                Carried carried = Carried.of("dynamo_generations", streams.endpoint(), "generations", "")) {
            DoubleStream stream = streams.stream("generations");
            try (TributaryProcess pipeline = carried.start()) {
                Carried.await("the snapshot is over", pipeline, () -> carried.follows("generations"));
                Carried.await("its shard is open", pipeline, () -> open(carried).equals(stream.openShards()));
                pipeline.kill();
            }
            // whatever is written twice, or set back, is seen
            carried.execute("CREATE TABLE seen (id VARBINARY(100))");
            for (String event : List.of("INSERT", "UPDATE")) {
                carried.execute("CREATE TRIGGER on_" + event + " AFTER " + event
                        + " ON generations FOR EACH ROW INSERT INTO seen VALUES (NEW.id)");
            }
            stream.split(2);
            for (int restart = 0; restart < 3; restart++) {
                try (TributaryProcess pipeline = carried.start()) {
                    for (int i = 0; i < GENERATIONS / 3; i++) {
                        generation(carried, pipeline, stream, i == 0);
                    }
                    Carried.await("all but the snapshot are forgotten", pipeline, () -> {
                        // who claims one a moment too late has it be young again
                        age(carried);
                        return carried.number(CLOSED) == 1;
                    });
                    pipeline.kill();
                }
                // what is left is listed with one missing when it is started again
                stream.hide(List.of(stream.openShards().iterator().next()));
            }
            stream.showAll();
            carried.catchUp();

            assertThat(carried.follows("generations")).isTrue();
            assertThat(carried.rows("seen")).isEqualTo(written);
            assertThat(carried.number("SELECT COUNT(DISTINCT id) FROM seen")).isEqualTo(written);
            assertThat(carried.number("SELECT COUNT(DISTINCT shard) FROM tributary_schema"))
                    .isLessThanOrEqualTo(3);
            assertThat(stream.shardCount()).isGreaterThan(2 * GENERATIONS);
            Diffed.of(carried.process("diff", "--wait", "0S")).isEqual();
        }
    }

    /** Changes, and the end of the shards that have them; those before are kept by nobody any more. */
    private void generation(Carried carried, TributaryProcess pipeline, DoubleStream stream, boolean behind)
            throws Exception {
        for (int i = 0; i < OF_EACH; i++) {
            source.put("generations", Map.of("id", fromS("item " + written)));
            written++;
        }
        Carried.await("its changes are carried", pipeline, () -> carried.rows("generations") == written);
        if (behind) {
            stream.showAll();
        }
        stream.split(1);
        Carried.await("what follows is open", pipeline, () -> open(carried).equals(stream.openShards()));
        stream.forgetClosed();
        age(carried);
    }

    /** As two days later. */
    private static void age(Carried carried) throws Exception {
        carried.execute(
                "UPDATE tributary_checkpoint SET updated_at = updated_at - INTERVAL 49 HOUR WHERE state = 'closed'"
                        + " AND updated_at > CURRENT_TIMESTAMP(6) - INTERVAL 48 HOUR");
    }

    private static Set<String> open(Carried carried) throws Exception {
        return carried.query(OPEN).stream()
                .map(row -> String.valueOf(row.getFirst()))
                .collect(Collectors.toSet());
    }
}
