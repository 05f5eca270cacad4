package dev.tributary.source.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Operation;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.Row;
import dev.tributary.record.ShardId;
import dev.tributary.servers.DoubleStream;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.StreamsDouble;
import dev.tributary.source.dynamodb.Reading.Stream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** What the service's streams do that a DynamoDB Local does not show. */
class StreamFaultsTest {
    private static final ShardId SNAPSHOT = new ShardId("faults", "snapshot");

    private final DynamoDb local = SharedServers.dynamoDb();
    private final StreamsDouble streams = StreamsDouble.before(local);
    private final DoubleStream stream = streams.stream("faults");
    private @Nullable Reading opened;

    @BeforeEach
    void createTable() {
        local.createWithStream("faults", StreamViewType.NEW_AND_OLD_IMAGES, "id");
    }

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
        streams.close();
    }

    private Reading reading() {
        Reading reading = new Reading(streams.endpoint(), "faults", "");
        opened = reading;
        return reading;
    }

    private void put(String id, int number) {
        local.put("faults", Map.of("id", fromS(id), "n", fromN(String.valueOf(number))));
    }

    private void putMany(int from, int count) {
        IntStream.range(from, from + count).forEach(i -> put("item " + i, i));
    }

    private static @Nullable String text(@Nullable Row row, int column) {
        byte[] value = row == null ? null : row.value(column);
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    private static List<String> ids(List<ChangeRecord> records) {
        return records.stream()
                .map(record -> String.valueOf(text(record.after() == null ? record.before() : record.after(), 0)))
                .toList();
    }

    @Test
    void everyRecordOfManyPagesIsToldOnceThoughSomePagesAreEmpty() {
        Reading reading = reading();
        Reshard begun = reading.begin("faults");
        stream.pages(100, 3, 2);
        putMany(0, 20);

        Stream told = reading.first(begun).awaitRecords(20);

        assertThat(ids(told.records))
                .isEqualTo(IntStream.range(0, 20).mapToObj(i -> "item " + i).toList());
        assertThat(told.records).allMatch(record -> record.operation() == Operation.CREATE);
    }

    @Test
    void aPlaceThatExpiredIsLookedUpAgainBehindTheLastRecord() {
        Reading reading = reading();
        Stream told = reading.first(reading.begin("faults"));
        putMany(0, 3);
        told.awaitRecords(3);
        stream.expireIterators();
        putMany(3, 3);
        told.awaitRecords(6);
        told.hold();
        stream.expireIterators();
        putMany(6, 1);
        told.goOn();

        told.awaitRecords(7);
        assertThat(ids(told.records))
                .isEqualTo(IntStream.range(0, 7).mapToObj(i -> "item " + i).toList());
    }

    @Test
    void aShardThatIsThrottledIsReadOn() {
        Reading reading = reading();
        Stream told = reading.first(reading.begin("faults"));
        streams.throttle("GetRecords", 6);
        putMany(0, 2);

        told.awaitRecords(2);
        assertThat(streams.refusals()).isZero();
        streams.throttle("GetShardIterator", 5);
        stream.expireIterators();
        putMany(2, 2);
        told.awaitRecords(4);
        assertThat(streams.refusals()).isZero();
    }

    @Test
    void aShardEndsWithEveryShardThatFollowsItHoweverManyThereAre() {
        Reading reading = reading();
        Stream told = reading.first(reading.begin("faults"));
        putMany(0, 5);
        told.awaitRecords(5);
        stream.pages(7, 1000, 0);
        stream.split(130);

        Reshard end = told.awaitReshard();

        assertThat(end.children()).hasSize(130);
        assertThat(end.parents()).hasSize(1);
        putMany(5, 40);
        Set<String> ids = new HashSet<>();
        end.children().forEach((shard, at) -> reading.changes(shard, at));
        Reading.until("all are told", () -> {
            ids.clear();
            reading.streams.stream()
                    .filter(of -> !of.equals(told))
                    .forEach(of -> ids(of.records).forEach(id -> ids.add(id)));
            return ids.size() == 40;
        });
    }

    @Test
    void whatFollowsAShardIsWaitedForUntilItIsListed() {
        Reading reading = reading();
        Stream told = reading.first(reading.begin("faults"));
        told.hold();
        stream.splitHiding(1);
        putMany(0, 1);
        told.goOn();
        long listed = streams.calls("DescribeStream");
        Reading.until("it is listed again", () -> streams.calls("DescribeStream") > listed + 2);
        stream.showAll();

        assertThat(told.awaitReshard().children()).hasSize(1);
    }

    /** A listing that is behind leaves a child out: nobody would come to it. */
    @Test
    void aShardThatNoListingHadWhenItsParentEndedIsReadAllTheSame() {
        Reading reading = reading();
        Reshard begun = reading.begin("faults");
        ShardId parent = begun.children().keySet().iterator().next();
        Stream told = reading.first(begun);
        stream.splitHiding(3);
        Reshard end = told.awaitReshard();
        assertThat(end.children()).hasSize(2);
        stream.showAll();

        Set<ShardId> closed = Set.of(SNAPSHOT, parent);
        Reading.until(
                "it is seen",
                () -> reading.shards(Reading.known(end.children().keySet(), closed))
                                .size()
                        == 3);
        ShardId late = reading.shards(Reading.known(end.children().keySet(), closed)).stream()
                .filter(shard -> !end.children().containsKey(shard))
                .findFirst()
                .orElseThrow();
        putMany(0, 30);
        reading.changes(late, reading.current(late)).awaitRecords(1);
    }

    @Test
    void aShardIsNotReadAgainOnceItIsClosedNorAreThoseBeforeTheSnapshot() {
        stream.split(2);
        stream.split(2);
        Reading reading = reading();
        Reshard begun = reading.begin("faults");
        assertThat(begun.children()).hasSize(4);
        ShardId one = begun.children().keySet().iterator().next();
        stream.split(1);
        Reshard end = reading.changes(
                        one, Objects.requireNonNull(begun.children().get(one)))
                .awaitReshard();
        Set<ShardId> open = new HashSet<>(begun.children().keySet());
        open.remove(one);
        open.addAll(end.children().keySet());

        assertThat(reading.shards(Reading.known(open, Set.of(SNAPSHOT, one))))
                .containsExactlyInAnyOrderElementsOf(open);
    }

    /** The service knows the last change's place no more, of which nothing was missed. */
    @Test
    void aPlaceThatIsNotKeptIsLeftForTheShardsBeginningAsLongAsNothingBehindItIsGone() {
        Reading reading = reading();
        Reshard begun = reading.begin("faults");
        Stream told = reading.first(begun);
        putMany(0, 2);
        Position at = told.awaitPosition(2);
        stream.trim();
        putMany(2, 3);
        told.awaitRecords(5);

        Stream again =
                reading.changes(begun.children().keySet().iterator().next(), at).awaitRecords(3);

        assertThat(ids(again.records)).isEqualTo(ids(told.records).subList(2, 5));
        // how far they have come since in nothing is another question
        assertThat(StreamPosition.parse(again.awaitPosition(3)).after())
                .isEqualTo(StreamPosition.parse(told.awaitPosition(5)).after());
    }

    @Test
    void aShardThatIsGoneIsLost() {
        Reading reading = reading();
        Reshard begun = reading.begin("faults");
        stream.split(2);
        stream.forgetClosed();

        assertThat(reading.first(begun).awaitFailure().kind()).isEqualTo(Kind.LOST);
    }

    @Test
    void aPositionOlderThanWhatIsKeptIsLostThoughTheShardMayBeThere() {
        Reading reading = reading();
        Reshard begun = reading.begin("faults");
        ShardId shard = begun.children().keySet().iterator().next();
        StreamPosition at =
                StreamPosition.parse(Objects.requireNonNull(begun.children().get(shard)));
        Position old = StreamPosition.beginning(
                        at.stream(), 0, at.at() - Duration.ofHours(24).toMillis())
                .toPosition();

        PipelineException lost = reading.changes(shard, old).awaitFailure();

        assertThat(lost.kind()).isEqualTo(Kind.LOST);
        assertThat(lost).hasMessageContaining("24 hours old");
    }

    @Test
    void aStreamThatIsDisabledIsReadToItsEndAndThenLost() {
        Reading reading = reading();
        Reshard begun = reading.begin("faults");
        putMany(0, 4);
        Stream told = reading.first(begun).awaitRecords(4);
        stream.disable();

        PipelineException lost = told.awaitFailure();

        assertThat(lost.kind()).isEqualTo(Kind.LOST);
        assertThat(lost).hasMessageContaining("was disabled").hasMessageContaining("TRIBUTARY_PIPELINE");
    }

    @Test
    void nothingIsReadThatNobodyAskedFor() {
        Reading reading = reading();
        Reshard begun = reading.begin("faults");
        stream.pages(100, 1, 0);
        putMany(0, 3);
        Stream told = reading.first(begun);
        told.hold();
        told.awaitRecords(1);
        long asked = streams.calls("GetRecords");
        assertThat(told.records).hasSize(1);
        told.goOn();
        Reading.until("one more is read", () -> streams.calls("GetRecords") > asked);
    }

    @Test
    void anIdleShardIsAskedSeldomAndAtOnceMoreOftenWhenThereAreChanges() {
        Reading reading = reading();
        Stream told = reading.first(reading.begin("faults"));
        Reading.until("it is idle", () -> told.messages() > 8);
        long asked = streams.calls("GetRecords");
        long began = System.nanoTime();
        Reading.until("it is asked again", () -> streams.calls("GetRecords") >= asked + 10);
        // the longest pause is 100 ms, less a tenth
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(9 * 85));
        assertThat(told.positions).as("a shard without changes hardly writes").hasSizeLessThan(3);

        Pause pause = new Pause(new DynamoDbAddress.Period(Duration.ofMillis(100), Duration.ofMillis(800)));
        assertThat(IntStream.range(0, 5).mapToLong(i -> pause.next()).boxed().toList())
                .satisfiesExactly(
                        first -> assertThat(first).isBetween(89L, 100L),
                        second -> assertThat(second).isBetween(179L, 200L),
                        third -> assertThat(third).isBetween(359L, 400L),
                        fourth -> assertThat(fourth).isBetween(719L, 800L),
                        fifth -> assertThat(fifth).isBetween(719L, 800L));
        pause.reset();
        assertThat(pause.next()).isBetween(89L, 100L);
    }

    @Test
    void theShardsThatFollowBeginAtTheirBeginning() {
        Reading reading = reading();
        Stream told = reading.first(reading.begin("faults"));
        stream.split(1);
        putMany(0, 3);
        Reshard end = told.awaitReshard();

        assertThat(ids(reading.first(end).awaitRecords(3).records)).containsExactly("item 0", "item 1", "item 2");
    }
}
