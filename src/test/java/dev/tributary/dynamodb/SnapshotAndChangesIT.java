package dev.tributary.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.SharedServers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SnapshotAndChangesIT {
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
}
