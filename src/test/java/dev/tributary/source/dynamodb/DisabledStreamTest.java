package dev.tributary.source.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.StreamsDouble;
import dev.tributary.source.dynamodb.Reading.Stream;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.StreamSpecification;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/**
 * A stream that is disabled, and may be enabled again, which is another one then. While its table is copied, the copy is in vain, and is not
 * gone on with for hours.
 */
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

    private static void isTransient(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PipelineException.class,
                        later -> assertThat(later.kind()).isEqualTo(Kind.TRANSIENT));
    }

    /** What can't be told now is not lost. */
    @Test
    void aStreamThatIsNotFoundIsLostOnlyIfTheTableNamesAnother() {
        try (StreamsDouble streams = StreamsDouble.before(local);
                Reading reading = new Reading(streams.endpoint(), TABLE, "")) {
            reading.copy(reading.parts(TABLE).getFirst()).awaitCopied();
            streams.stream(TABLE).miss(true);
            await(reading.source().answers(SNAPSHOT));
            streams.sayDisabled(true);
            assertThatThrownBy(() -> await(reading.source().answers(SNAPSHOT)))
                    .isInstanceOfSatisfying(
                            PipelineException.class,
                            later -> assertThat(later.kind()).isEqualTo(Kind.TRANSIENT))
                    .hasMessageContaining("disabled/snapshot: the table's stream")
                    .hasMessageContaining("is not found, though the table names no other");
            streams.sayDisabled(false);

            local.setStream(TABLE, false);
            local.setStream(TABLE, true);

            isLost(() -> await(reading.source().answers(SNAPSHOT)));
        }
    }

    @Test
    void aServiceThatIsAskedTooMuchHasLostNothing() {
        try (StreamsDouble streams = StreamsDouble.before(local);
                Reading reading = new Reading(streams.endpoint(), TABLE, "")) {
            reading.copy(reading.parts(TABLE).getFirst()).awaitCopied();
            streams.throttle("DescribeTable", 1000);
            isTransient(() -> await(reading.source().answers(SNAPSHOT)));
            local.setStream(TABLE, false);
            long asked = streams.calls("DescribeStream");
            streams.throttle("DescribeStream", 1000);

            isTransient(() -> await(reading.source().answers(SNAPSHOT)));

            assertThat(streams.calls("DescribeStream")).isGreaterThan(asked);
        }
    }

    /** The one that is followed ends; what is in the other is not told, for nobody knows what was between them. */
    @Test
    void oneThatIsEnabledAgainWhileItIsFollowedIsLostAtOnceAndTheOtherIsNotRead() {
        KnownShards known;
        Position last;
        ShardId shard;
        try (Reading reading = new Reading(local.endpoint(), TABLE, "")) {
            Reshard begun = reading.begin(TABLE);
            shard = begun.children().keySet().iterator().next();
            Stream told = reading.first(begun);
            local.put(TABLE, Map.of("id", fromS("b")));
            // what was there is in the stream, too
            told.awaitRecords(2);
            String label = label();

            local.setStream(TABLE, false);
            local.put(TABLE, Map.of("id", fromS("between")));
            local.setStream(TABLE, true);
            local.put(TABLE, Map.of("id", fromS("in the other")));

            assertThat(label()).isNotEqualTo(label);
            isLostFollowing(told, shard);
            assertThat(told.records.stream().map(DisabledStreamTest::id)).containsExactly("a", "b");
            last = told.lastPosition();
            known = Reading.known(Set.of(shard), Set.of(SNAPSHOT));
            assertThat(reading.shards(known)).containsExactly(shard);
        }
        try (Reading restarted = new Reading(local.endpoint(), TABLE, "")) {
            assertThat(restarted.shards(known)).containsExactly(shard);
            Stream told = restarted.changes(shard, last);

            isLostFollowing(told, shard);
            assertThat(told.records).isEmpty();
        }
    }

    private static String id(ChangeRecord record) {
        return new String(
                Objects.requireNonNull(Objects.requireNonNull(record.after()).value(0)), StandardCharsets.UTF_8);
    }

    private String label() {
        return local.client()
                .describeTable(request -> request.tableName(TABLE))
                .table()
                .latestStreamLabel();
    }

    private static void isLostFollowing(Stream told, ShardId shard) {
        PipelineException lost = told.awaitFailure();
        assertThat(lost.kind()).isEqualTo(Kind.LOST);
        assertThat(lost)
                .hasMessageContaining(shard + ": the table's stream")
                .hasMessageContaining("was disabled")
                .hasMessageContaining("start a new pipeline (TRIBUTARY_PIPELINE) into an empty target");
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
