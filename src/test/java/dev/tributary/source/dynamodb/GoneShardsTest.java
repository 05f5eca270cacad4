package dev.tributary.source.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import dev.tributary.record.KnownShards;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import dev.tributary.servers.DoubleStream;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.StreamsDouble;
import dev.tributary.source.SourceShards;
import dev.tributary.source.dynamodb.Reading.Stream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** Which closed shards of a stream may be forgotten, and that nothing is read anew once they are. */
class GoneShardsTest {
    private static final String TABLE = "generations";
    private static final ShardId SNAPSHOT = new ShardId(TABLE, "snapshot");

    private final DynamoDb local = SharedServers.dynamoDb();
    private final StreamsDouble streams = StreamsDouble.before(local);
    private final DoubleStream stream = streams.stream(TABLE);

    @BeforeEach
    void createTable() {
        local.createWithStream(TABLE, StreamViewType.NEW_AND_OLD_IMAGES, "id");
    }

    @AfterEach
    void close() {
        streams.close();
    }

    private Reading reading() {
        return new Reading(streams.endpoint(), TABLE, "");
    }

    private static SourceShards look(Reading reading, KnownShards known) {
        return reading.source().shards(known).await().atMost(Reading.LIMIT);
    }

    private static KnownShards known(Set<ShardId> open, Set<ShardId> closed, Set<ShardId> old) {
        return new KnownShards(open, Set.of(), closed, old);
    }

    @Test
    void aClosedShardIsGoneOnceItIsOldAndNotListedAndItsChildrenAreKnown() {
        try (Reading reading = reading()) {
            Reshard begun = reading.begin(TABLE);
            ShardId parent = begun.children().keySet().iterator().next();
            Stream told = reading.first(begun);
            stream.splitHiding(3);
            Set<ShardId> children = told.awaitReshard().children().keySet();
            assertThat(children).hasSize(2);
            Set<ShardId> closed = Set.of(SNAPSHOT, parent);
            assertThat(look(reading, known(children, closed, closed)).gone())
                    .as("still listed")
                    .isEmpty();
            stream.forgetClosed();
            Reading.until(
                    "it is listed no more",
                    () -> look(reading, known(children, closed, closed)).gone().equals(Set.of(parent)));
            assertThat(look(reading, known(children, closed, Set.of(SNAPSHOT))).gone())
                    .as("young")
                    .isEmpty();

            stream.showAll();
            Reading.until("a child that was not listed is read", () -> {
                SourceShards now = look(reading, known(children, closed, closed));
                assertThat(now.served()).containsAll(children);
                return now.served().size() == 3 && now.gone().isEmpty();
            });
            Set<ShardId> all =
                    Set.copyOf(look(reading, known(children, closed, closed)).served());
            assertThat(look(reading, known(all, closed, closed)).gone()).containsExactly(parent);
        }
    }

    @Test
    void nothingIsGoneByTheListingOfAnotherStream() {
        try (Reading reading = reading()) {
            ShardId other = new ShardId(TABLE, "of a stream that was before");
            ShardId before = new ShardId(TABLE, "and its parent");
            KnownShards known = known(Set.of(other), Set.of(SNAPSHOT, before), Set.of(SNAPSHOT, before));
            assertThat(look(reading, known).gone()).isEmpty();
            assertThat(look(reading, known).served()).containsExactly(other);
        }
    }

    @Test
    void nothingIsGoneWhileShardsCantBeListed() {
        try (Reading reading = reading()) {
            Reshard begun = reading.begin(TABLE);
            ShardId parent = begun.children().keySet().iterator().next();
            Stream told = reading.first(begun);
            stream.split(1);
            Set<ShardId> children = told.awaitReshard().children().keySet();
            Set<ShardId> closed = Set.of(SNAPSHOT, parent);
            KnownShards known = known(children, closed, closed);
            stream.forgetClosed();
            streams.throttle("DescribeStream", 1000);
            long asked = streams.calls("DescribeStream");

            Reading.until("a listing is asked for, the last one is too old", () -> {
                SourceShards now = look(reading, known);
                assertThat(now.gone()).isEmpty();
                assertThat(now.served()).containsExactlyInAnyOrderElementsOf(children);
                return streams.calls("DescribeStream") > asked;
            });
            streams.throttle("DescribeStream", 0);
            Reading.until(
                    "it is listed no more", () -> look(reading, known).gone().equals(Set.of(parent)));
        }
    }

    /** What a pipeline does with its checkpoints, with restarts and listings that leave out any one shard. */
    @Test
    void everyRecordIsToldOnceThoughShardsAreForgottenAndListingsAreBehind() {
        Map<ShardId, Position> open = new HashMap<>();
        Set<ShardId> closed = new HashSet<>(Set.of(SNAPSHOT));
        List<String> told = new ArrayList<>();
        try (Reading reading = reading()) {
            open.putAll(reading.begin(TABLE).children());
        }
        int written = 0;
        for (int generation = 0; generation < 12; generation++) {
            // a process of its own for each
            try (Reading reading = reading()) {
                for (int i = 0; i < 4; i++) {
                    local.put(TABLE, Map.of("id", fromS("item " + written++)));
                }
                int now = written;
                Map<ShardId, Stream> read = new HashMap<>();
                open.forEach((shard, at) -> read.put(shard, reading.changes(shard, at)));
                Reading.until("all is told", () -> told.size() + count(read) == now);
                stream.split(generation == 0 ? 2 : 1);
                read.forEach((shard, of) -> {
                    open.remove(shard);
                    closed.add(shard);
                    open.putAll(of.awaitReshard().children());
                });
                read.values().forEach(of -> of.records.forEach(record -> told.add(record.toString())));
            }
            // all but the last generation are gone, and each of what is listed is left out once
            stream.forgetClosed();
            List<String> listed = new ArrayList<>(stream.openShards());
            listed.add("none");
            for (String out : listed) {
                stream.hide(Set.of(out));
                try (Reading reading = reading()) {
                    SourceShards now = look(reading, known(open.keySet(), closed, closed));
                    assertThat(now.served()).hasSameElementsAs(open.keySet());
                    closed.removeAll(now.gone());
                }
                stream.showAll();
            }
            assertThat(closed).as("generation " + generation).containsExactly(SNAPSHOT);
        }

        assertThat(told).hasSize(written);
        assertThat(told.stream().collect(Collectors.toSet())).hasSize(written);
    }

    private static int count(Map<ShardId, Stream> read) {
        return read.values().stream().mapToInt(of -> of.records.size()).sum();
    }
}
