package dev.tributary.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.SharedServers;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.StreamSpecification;

/** A stream that is disabled while its table is copied for hours: that is said now and not when the copy is over. */
class DisabledWhileCopiedIT {
    private static final String TABLE = "disabled";
    private static final int ITEMS = 120;

    private final DynamoDb source = SharedServers.dynamoDb();

    @Test
    void aSnapshotWhoseStreamIsDisabledEndsAtOnceAndIsNotTakenUpAgain() throws Exception {
        // it gets its stream by the pipeline
        source.create(TABLE, "id");
        List<Map<String, AttributeValue>> items = IntStream.range(0, ITEMS)
                .mapToObj(i -> Map.of("id", fromS("item " + i), "text", fromS("x".repeat(30_000))))
                .toList();
        source.putAll(TABLE, items);
        // after a page of a megabyte it waits for minutes
        try (Carried carried = Carried.of("dynamo_disabled", TABLE, "&segments=1&read_capacity=1")) {
            try (TributaryProcess pipeline = carried.start()) {
                Carried.await("some is copied", pipeline, () -> carried.rows(TABLE) > 0);
                source.setStream(TABLE, false);

                isLost(pipeline);
            }
            assertThat(carried.rows(TABLE)).isLessThan(ITEMS);
            assertThat(isEnabled()).as("it is not enabled again").isFalse();

            try (TributaryProcess pipeline = carried.start()) {
                isLost(pipeline);
            }
            assertThat(isEnabled()).isFalse();

            source.setStream(TABLE, true);
            try (TributaryProcess pipeline = carried.start()) {
                isLost(pipeline);
            }
            assertThat(carried.rows(TABLE)).isLessThan(ITEMS);
        }
    }

    private static void isLost(TributaryProcess pipeline) throws Exception {
        assertThat(pipeline.exitCode(Carried.LIMIT)).as(Carried.said(pipeline)).isEqualTo(1);
        assertThat(Carried.said(pipeline))
                .contains("disabled/snapshot: the table's stream", "was disabled: what was changed since")
                .contains(
                        "leave the stream enabled and start a new pipeline (TRIBUTARY_PIPELINE) into an empty target");
    }

    private boolean isEnabled() {
        StreamSpecification stream = source.client()
                .describeTable(request -> request.tableName(TABLE))
                .table()
                .streamSpecification();
        return stream != null && stream.streamEnabled();
    }
}
