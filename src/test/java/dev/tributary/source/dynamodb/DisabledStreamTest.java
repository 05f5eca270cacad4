package dev.tributary.source.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.StreamsDouble;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.StreamSpecification;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** A stream that is disabled while its table is copied: the copy is in vain, and is not gone on with for hours. */
class DisabledStreamTest {
    private static final String TABLE = "disabled";
    private static final ShardId SNAPSHOT = new ShardId(TABLE, "snapshot");

    private final DynamoDb local = SharedServers.dynamoDb();

    @BeforeEach
    void createTable() {
        local.createWithStream(TABLE, StreamViewType.NEW_AND_OLD_IMAGES, "id");
        local.put(TABLE, Map.of("id", fromS("a")));
    }

    private static void await(Uni<?> uni) {
        uni.await().atMost(Reading.LIMIT);
    }

    private static void isLost(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PipelineException.class, lost -> assertThat(lost.kind()).isEqualTo(Kind.LOST))
                .hasMessageContaining("disabled/snapshot: the table's stream")
                .hasMessageContaining("was disabled")
                .hasMessageContaining("start a new pipeline (TRIBUTARY_PIPELINE)");
    }

    @Test
    void aLookWhileATableIsCopiedIsOneRequest() {
        try (StreamsDouble streams = StreamsDouble.before(local);
                Reading reading = new Reading(streams.endpoint(), TABLE, "")) {
            reading.copy(reading.parts(TABLE).getFirst()).awaitCopied();
            long tables = streams.calls("DescribeTable");
            long pages = streams.calls("DescribeStream");

            await(reading.source().answers(SNAPSHOT));
            await(reading.source().current(SNAPSHOT));

            assertThat(streams.calls("DescribeTable")).isEqualTo(tables + 2);
            assertThat(streams.calls("DescribeStream")).isEqualTo(pages);
        }
    }

    @Test
    void itIsLostAtOnceAndNotEnabledAgain() {
        try (Reading reading = new Reading(local.endpoint(), TABLE, "")) {
            List<PartCheckpoint> parts = reading.parts(TABLE);
            Position first = reading.source().first(parts);
            reading.copy(parts.getFirst()).awaitCopied();
            await(reading.source().answers(SNAPSHOT));
            await(reading.source().verify(SNAPSHOT, first));
            local.setStream(TABLE, false);

            isLost(() -> await(reading.source().answers(SNAPSHOT)));
            // as after a restart
            await(reading.source().current(SNAPSHOT));
            isLost(() -> await(reading.source().verify(SNAPSHOT, first)));
            StreamSpecification left = local.client()
                    .describeTable(request -> request.tableName(TABLE))
                    .table()
                    .streamSpecification();
            assertThat(left == null || !left.streamEnabled()).isTrue();

            local.setStream(TABLE, true);
            isLost(() -> await(reading.source().answers(SNAPSHOT)));
            isLost(() -> await(reading.source().verify(SNAPSHOT, first)));
            assertThat(reading.changes(SNAPSHOT, first).awaitFailure().kind()).isEqualTo(Kind.LOST);
        }
    }

    /** The service tells of tables what was so a moment ago. */
    @Test
    void whatIsToldOfTheTableIsNotBelievedWhileTheStreamItselfSaysThatItIsEnabled() {
        try (StreamsDouble streams = StreamsDouble.before(local);
                Reading reading = new Reading(streams.endpoint(), TABLE, "")) {
            reading.copy(reading.parts(TABLE).getFirst()).awaitCopied();
            local.setStream(TABLE, false);
            await(reading.source().answers(SNAPSHOT));

            streams.stream(TABLE).disable();

            isLost(() -> await(reading.source().answers(SNAPSHOT)));
        }
    }

    @Test
    void aTableWithoutAStreamGetsOneWhenItsSnapshotBeginsAndNotBefore() {
        local.create(TABLE, "id");
        try (Reading reading = new Reading(local.endpoint(), TABLE, "")) {
            await(reading.source().current(SNAPSHOT));
            assertThat(local.client()
                            .describeTable(request -> request.tableName(TABLE))
                            .table()
                            .streamSpecification())
                    .isNull();

            reading.copy(reading.parts(TABLE).getFirst()).awaitCopied();

            await(reading.source().answers(SNAPSHOT));
        }
    }
}
