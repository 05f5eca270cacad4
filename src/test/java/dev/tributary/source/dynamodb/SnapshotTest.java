package dev.tributary.source.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import dev.tributary.dynamodb.ItemDocument;
import dev.tributary.dynamodb.ReadCapacity;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.StreamsDouble;
import dev.tributary.source.dynamodb.Reading.Stream;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

class SnapshotTest {
    private static final String TABLE = "snapshots";

    private final DynamoDb source = SharedServers.dynamoDb();

    private void seed(int items, int bytes) {
        source.createWithStream(TABLE, StreamViewType.NEW_AND_OLD_IMAGES, "id");
        List<Map<String, AttributeValue>> all = IntStream.range(0, items)
                .mapToObj(i -> Map.of("id", fromS("item " + i), "text", fromS("x".repeat(bytes))))
                .toList();
        source.putAll(TABLE, all);
    }

    private static Set<String> ids(List<Stream> streams) {
        Set<String> ids = new HashSet<>();
        for (Stream stream : streams) {
            stream.records.forEach(record -> {
                byte[] id = Objects.requireNonNull(
                        Objects.requireNonNull(record.after()).value(0));
                assertThat(ids.add(new String(id, StandardCharsets.UTF_8)))
                        .as("told once")
                        .isTrue();
            });
        }
        return ids;
    }

    @Test
    void theSegmentsTogetherTellEveryItemOnce() {
        seed(500, 10);
        try (Reading reading = new Reading(source.endpoint(), TABLE, "&segments=7")) {
            List<PartCheckpoint> parts = reading.parts(TABLE);
            assertThat(parts).hasSize(7);
            List<Stream> streams = parts.stream().map(reading::copy).toList();
            streams.forEach(Stream::awaitCopied);

            assertThat(ids(streams)).hasSize(500);
        }
    }

    @Test
    void aSegmentGoesOnWhereItsLastPageEnded() {
        seed(300, 20_000);
        try (Reading reading = new Reading(source.endpoint(), TABLE, "&segments=1")) {
            PartCheckpoint part = reading.parts(TABLE).getFirst();
            Stream first = reading.copy(part);
            first.hold();
            first.awaitRecords(1);
            Reading.until("the page is over", () -> !first.positions.isEmpty());
            int told = first.records.size();
            assertThat(told).isBetween(1, 299);

            Stream second = reading.copy(new PartCheckpoint(part.id(), part.range(), first.lastPosition(), false));
            second.awaitCopied();

            assertThat(second.records).hasSize(300 - told);
            assertThat(ids(List.of(first, second))).hasSize(300);
        }
    }

    /** Whoever saved that place was not told that the segment is over, nor were the changes handed over to. */
    @Test
    void aSegmentThatIsBrokenOffBehindItsLastItemHasNothingMoreAndIsOver() {
        seed(50, 10);
        try (Reading reading = new Reading(source.endpoint(), TABLE, "&segments=1")) {
            PartCheckpoint part = reading.parts(TABLE).getFirst();
            Map<String, AttributeValue> last = source.scan(TABLE).getLast();
            JsonObject place = new JsonObject()
                    .put(
                            "key",
                            new JsonObject(
                                    ItemDocument.of(Map.of("id", Objects.requireNonNull(last.get("id"))), false)));
            Stream stream =
                    reading.copy(new PartCheckpoint(part.id(), part.range(), new Position(place.encode()), false));
            stream.awaitCopied();

            assertThat(stream.records).isEmpty();
        }
    }

    @Test
    void aScanThatIsCancelledAsksForNothingAnyMore() {
        seed(50, 10);
        source.createWithStream("clock", StreamViewType.NEW_AND_OLD_IMAGES, "id");
        try (StreamsDouble before = StreamsDouble.before(source);
                Reading reading = new Reading(before.endpoint(), TABLE, "&segments=1");
                Reading clock = new Reading(before.endpoint(), "clock", "")) {
            reading.hurry();
            Stream other = clock.first(clock.begin("clock"));
            before.throttle("Scan", Integer.MAX_VALUE);
            Stream stream = reading.copy(reading.parts(TABLE).getFirst());
            Reading.until("it is asked again", () -> before.calls("Scan") > 2);

            stream.cancel();
            toldMore(other, 10);
            long asked = before.calls("Scan");
            toldMore(other, 10);

            // the SDK repeats a request once by itself
            assertThat(before.calls("Scan")).isLessThanOrEqualTo(asked + 1);
        }
    }

    private static void toldMore(Stream stream, int messages) {
        int before = stream.messages();
        Reading.until(messages + " messages", () -> stream.messages() > before + messages);
    }

    @Test
    void aScanThatIsThrottledGoesOn() {
        seed(50, 10);
        try (StreamsDouble before = StreamsDouble.before(source);
                Reading reading = new Reading(before.endpoint(), TABLE, "&segments=1")) {
            PartCheckpoint part = reading.parts(TABLE).getFirst();
            before.throttle("Scan", 5);
            Stream stream = reading.copy(part);
            stream.awaitCopied();

            assertThat(before.refusals()).isZero();
            assertThat(stream.records).hasSize(50);
        }
    }

    /** A snapshot that fails is never taken for one that is over. */
    @Test
    void aScanThatFailsFails() {
        seed(50, 10);
        try (Reading reading = new Reading(source.endpoint(), TABLE, "&segments=1")) {
            PartCheckpoint part = reading.parts(TABLE).getFirst();
            source.client().deleteTable(request -> request.tableName(TABLE));

            assertThat(reading.copy(part).awaitFailure()).hasMessageContaining("scanning snapshots/snapshot");
        }
    }

    @Test
    void readCapacityIsWaitedFor() {
        long[] now = {0};
        ReadCapacity capacity = new ReadCapacity(100, () -> now[0]);
        assertThat(capacity.waitMillis()).isZero();
        capacity.take(250.0);
        assertThat(capacity.waitMillis()).isBetween(2500L, 2501L);
        now[0] += 2_000_000_000L;
        capacity.take(50.0);
        assertThat(capacity.waitMillis()).isBetween(1000L, 1001L);
        now[0] += 60_000_000_000L;
        assertThat(capacity.waitMillis()).isZero();
        capacity.take(100.0);
        assertThat(capacity.waitMillis())
                .as("what was not taken is not saved up")
                .isBetween(1000L, 1001L);

        ReadCapacity free = new ReadCapacity(0, () -> now[0]);
        free.take(1e9);
        assertThat(free.waitMillis()).isZero();
    }

    @Test
    void aSnapshotThatTakesTooLongEndsWhileTheChangesAreThere() {
        seed(1, 10);
        try (Reading reading = new Reading(source.endpoint(), TABLE, "&segments=1")) {
            Anchor anchor = Anchor.of(reading.parts(TABLE));
            Anchor old = new Anchor(
                    anchor.stream(), anchor.at() - Duration.ofHours(21).toMillis(), anchor.since(), anchor.shards());

            PipelineException refused =
                    reading.copy(old.parts(TABLE, 1).getFirst()).awaitFailure();

            assertThat(refused.kind()).isEqualTo(Kind.FATAL);
            assertThat(refused).hasMessageContaining("has taken 21 hours").hasMessageContaining("Nothing is lost");
            Position position = old.toPosition();
            assertThatThrownBy(() -> reading.source()
                            .verify(new ShardId(TABLE, "snapshot"), position)
                            .await()
                            .atMost(Reading.LIMIT))
                    .hasMessageContaining("has taken 21 hours");
        }
    }

    @Test
    void aStreamThatIsAnotherWhenTheSnapshotEndsIsLost() {
        seed(1, 10);
        try (Reading reading = new Reading(source.endpoint(), TABLE, "&segments=1")) {
            Anchor anchor = Anchor.of(reading.parts(TABLE));
            Anchor other = new Anchor("2020-01-01T00:00:00.000", anchor.at(), anchor.since(), anchor.shards());

            PipelineException lost = reading.changes(new ShardId(TABLE, "snapshot"), other.toPosition())
                    .awaitFailure();

            assertThat(lost.kind()).isEqualTo(Kind.LOST);
            assertThat(lost).hasMessageContaining("was disabled");
        }
    }

    /** They are made before the snapshot began, and it has them. */
    @Test
    void changesOlderThanTheSnapshotAreLeftOut() {
        seed(3, 10);
        try (StreamsDouble before = StreamsDouble.before(source);
                Reading reading = new Reading(before.endpoint(), TABLE, "&segments=1")) {
            long now = System.currentTimeMillis();
            before.stream(TABLE).madeAt(now - 180_000);
            Anchor anchor = Anchor.of(reading.parts(TABLE));
            assertThat(anchor.at()).isBetween(now - 2000, now + 10_000);
            assertThat(anchor.since()).isBetween(now - 122_000, now - 58_000);
            Stream told = reading.first(reading.changes(new ShardId(TABLE, "snapshot"), anchor.toPosition())
                    .awaitReshard());
            Reading.until("all pages are read", () -> told.messages() > 2);
            assertThat(told.records).isEmpty();
            before.stream(TABLE).madeAt(now);
            source.put(TABLE, Map.of("id", fromS("new"), "n", fromN("1")));

            told.awaitRecords(1);
            assertThat(told.records).hasSize(1);
        }
    }
}
