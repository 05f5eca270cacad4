package dev.tributary.source.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import dev.tributary.record.KnownShards;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import dev.tributary.servers.DoubleStream;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.StreamsDouble;
import dev.tributary.source.dynamodb.Reading.Stream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** How often shards are asked for and listed: by the pauses that are asked for, of which none is waited for. */
class PollingTest {
    private static final String TABLE = "polled";
    /** Of another table, whose shard is asked again and again meanwhile. */
    private static final String CLOCK = "clock";

    private static final ShardId SNAPSHOT = new ShardId(TABLE, "snapshot");

    private final DynamoDb local = SharedServers.dynamoDb();
    private final StreamsDouble streams = StreamsDouble.before(local);
    private final DoubleStream stream = streams.stream(TABLE);

    @BeforeEach
    void createTables() {
        local.createWithStream(TABLE, StreamViewType.NEW_AND_OLD_IMAGES, "id");
        local.createWithStream(CLOCK, StreamViewType.NEW_AND_OLD_IMAGES, "id");
    }

    @AfterEach
    void close() {
        streams.close();
    }

    private Reading reading(String table, String periods) {
        return new Reading("dynamodb://" + DynamoDb.KEY + ":" + DynamoDb.SECRET + "@" + DynamoDb.REGION + "/" + table
                + "?endpoint=" + streams.endpoint() + periods);
    }

    private void put(String id) {
        local.put(TABLE, Map.of("id", fromS(id)));
    }

    private static void assertPauses(List<Long> pauses, long... expected) {
        assertThat(pauses).hasSizeGreaterThanOrEqualTo(expected.length);
        for (int i = 0; i < expected.length; i++) {
            // a random tenth less, so that many do not ask at once
            assertThat(pauses.get(i)).as("%d of %s", i, pauses).isBetween(expected[i] - expected[i] / 10, expected[i]);
        }
        assertThat(pauses.subList(expected.length, pauses.size()))
                .as("the bound is kept to")
                .allMatch(pause -> pause <= expected[expected.length - 1]);
    }

    /** Neither more often than the one bound nor less often than the other, and shortly again as soon as there is something. */
    @Test
    void pausesBetweenRecordsDoubleFromTheShortestToTheLongestAndAreShortAgainWithTheNextRecord() {
        try (Reading reading = reading(TABLE, "&records_poll_min=200ms&records_poll=1500ms")) {
            List<Long> pauses = reading.hurry();
            Stream told = reading.first(reading.begin(TABLE));
            Reading.until("it is idle", () -> pauses.size() > 8);
            told.hold();
            // two more, for a place of nothing may be between two records
            assertPauses(List.copyOf(pauses), 200, 200, 200, 400, 800, 1500, 1500);

            put("a");
            int before = pauses.size();
            told.goOn();
            told.awaitRecords(1);
            Reading.until("it is idle again", () -> shortAgain(pauses, before).size() > 8);
            told.hold();
            assertPauses(shortAgain(pauses, before), 200, 200, 200, 400, 800, 1500, 1500);
        }
    }

    private static List<Long> shortAgain(List<Long> pauses, int from) {
        List<Long> all = List.copyOf(pauses);
        return all.subList(from, all.size()).stream()
                .dropWhile(pause -> pause > 1000)
                .toList();
    }

    @Test
    void aFixedPeriodIsKeptTo() {
        try (Reading reading = reading(TABLE, "&records_poll_min=5s&records_poll=5s")) {
            List<Long> pauses = reading.hurry();
            Stream told = reading.first(reading.begin(TABLE));
            Reading.until("it is idle", () -> pauses.size() > 8);
            told.hold();

            assertPauses(List.copyOf(pauses), 5000, 5000, 5000, 5000, 5000, 5000);
        }
    }

    @Test
    void whatFollowsAShardIsListedLessAndLessOftenUntilItIsFound() {
        try (Reading reading =
                reading(TABLE, "&records_poll_min=1ms&records_poll=1ms&discovery_poll=3s&discovery_poll_max=20s")) {
            Reshard begun = reading.begin(TABLE);
            stream.splitHiding(1);
            List<Long> pauses = reading.hurry();
            long listed = streams.calls("DescribeStream");
            Stream told = reading.first(begun);
            Reading.until("it is looked for", () -> pauses.size() > 6);
            stream.showAll();

            assertThat(told.awaitReshard().children()).hasSize(1);
            assertPauses(List.copyOf(pauses), 3000, 6000, 12_000, 20_000, 20_000);
            assertThat(streams.calls("DescribeStream") - listed)
                    .as("one listing after each pause, and one before")
                    .isBetween(2L, pauses.size() + 1L);
        }
    }

    /** A child that no listing had when its parent ended. */
    private ShardId hidden(Reading reading, Reshard begun) {
        stream.splitHiding(2);
        Reshard end = reading.first(begun).awaitReshard();
        assertThat(end.children()).hasSize(1);
        stream.showAll();
        return new ShardId(TABLE, stream.shardIds().getLast());
    }

    private KnownShards known() {
        List<String> ids = stream.shardIds();
        return Reading.known(
                Set.of(new ShardId(TABLE, ids.get(1))), Set.of(SNAPSHOT, new ShardId(TABLE, ids.getFirst())));
    }

    @Test
    void whereNothingIsWaitedForShardsAreListedOnceInTheLongestPeriod() {
        try (Reading reading = reading(TABLE, "&discovery_poll=1ms&discovery_poll_max=60m")) {
            ShardId late = hidden(reading, reading.begin(TABLE));
            long listed = streams.calls("DescribeStream");

            for (int i = 0; i < 20; i++) {
                assertThat(reading.shards(known())).doesNotContain(late);
            }
            assertThat(streams.calls("DescribeStream")).isEqualTo(listed);
        }
    }

    @Test
    void shardsThatAreNewAreDiscoveredOnceThePeriodIsOver() {
        try (Reading reading = reading(TABLE, "&discovery_poll=1ms&discovery_poll_max=2ms")) {
            ShardId late = hidden(reading, reading.begin(TABLE));

            Reading.until("it is discovered", () -> reading.shards(known()).contains(late));
            assertThat(reading.shards(known())).hasSize(2);
        }
    }

    /** What a reader waits for. */
    enum Waiting {
        RECORDS,
        /** The service says that it is asked too much. */
        LESS_TRAFFIC,
        /** The shard is over. */
        WHAT_FOLLOWS
    }

    /** By the requests that come while another table's shard is asked many times. */
    @ParameterizedTest
    @EnumSource
    void aReaderThatIsCancelledAsksForNothingAnyMore(Waiting waiting) {
        String often = "&records_poll_min=20ms&records_poll=20ms&discovery_poll=20ms&discovery_poll_max=20ms";
        try (Reading reading = reading(TABLE, often);
                Reading clock = reading(CLOCK, often)) {
            clock.first(clock.begin(CLOCK));
            reading.hurry();
            Stream told = reading.first(reading.begin(TABLE));
            Reading.until("it reads", () -> told.messages() > 3);
            switch (waiting) {
                case RECORDS -> {}
                case LESS_TRAFFIC -> stream.refuse(true);
                case WHAT_FOLLOWS -> stream.splitHiding(1);
            }
            asked(streams.stream(CLOCK), 3);
            asked(stream, 2);

            told.cancel();
            asked(streams.stream(CLOCK), 10);
            long before = stream.asked();
            asked(streams.stream(CLOCK), 20);

            // the SDK repeats a request once by itself
            assertThat(stream.asked()).isLessThanOrEqualTo(before + 1);
        }
    }

    private static void asked(DoubleStream stream, long times) {
        long before = stream.asked();
        Reading.until("it is asked " + times + " times", () -> stream.asked() >= before + times);
    }
}
