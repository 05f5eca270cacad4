package dev.tributary.source.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import dev.tributary.record.ChangeRecord;
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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** Parents strictly before children: an item's changes are in both, and its last one is in a child. */
class ShardOrderTest {
    private static final String TABLE = "ordered";
    private static final int OF_PARENT = 8;
    private static final int OF_CHILDREN = 20;
    /** Of the parent's. */
    private static final int TOLD = 3;

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

    private void put(int from, int count) {
        IntStream.range(from, from + count).forEach(i -> local.put(TABLE, Map.of("id", fromS("item " + i))));
        Reading.until("they are in the stream", () -> stream.dealt() == from + count);
    }

    private static List<String> items(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "item " + i).toList();
    }

    private static List<String> ids(Stream told) {
        return told.records.stream().map(ShardOrderTest::id).toList();
    }

    private static String id(ChangeRecord record) {
        Row after = Objects.requireNonNull(record.after());
        return new String(Objects.requireNonNull(after.value(0)), StandardCharsets.UTF_8);
    }

    /** What is read while a shard is, as it is said after a listing that has its children. */
    private List<ShardId> readBeside(Reading reading, ShardId open) {
        AtomicReference<List<ShardId>> shards = new AtomicReference<>(List.of());
        long listed = streams.calls("DescribeStream");
        Reading.until("they are listed anew", () -> {
            shards.set(reading.shards(Reading.known(Set.of(open), Set.of(new ShardId(TABLE, "snapshot")))));
            return streams.calls("DescribeStream") > listed;
        });
        return shards.get();
    }

    private void assertNoChildIsRead() {
        List<String> ids = stream.shardIds();
        assertThat(ids).hasSize(3);
        assertThat(ids.subList(1, 3)).allMatch(child -> stream.asked(child) == 0);
    }

    @Test
    void childrenAreReadOnceTheLastRecordOfTheirParentIsToldThoughTheReaderIsRestartedBefore() {
        ShardId parent;
        Position at;
        stream.tellOnly(TOLD);
        stream.pages(100, 2, 1);
        try (Reading reading = reading()) {
            Reshard begun = reading.begin(TABLE);
            parent = begun.children().keySet().iterator().next();
            Stream told = reading.first(begun);
            put(0, OF_PARENT);
            stream.split(2);
            put(OF_PARENT, OF_CHILDREN);
            at = told.awaitPosition(TOLD);

            assertThat(readBeside(reading, parent)).containsExactly(parent);
            assertThat(ids(told)).isEqualTo(items(0, TOLD));
        }
        assertNoChildIsRead();
        try (Reading again = reading()) {
            Stream told = again.changes(parent, at);
            Reading.until("it reads", () -> told.messages() > 3);
            assertThat(readBeside(again, parent)).containsExactly(parent);
            assertThat(told.records).isEmpty();
            stream.tellOnly(OF_PARENT);

            Reshard end = told.awaitReshard();
            assertThat(told.beforeEnd()).isEqualTo(OF_PARENT - TOLD);
            assertThat(ids(told)).isEqualTo(items(TOLD, OF_PARENT));
            assertThat(end.parents()).containsExactly(parent);
            assertNoChildIsRead();

            stream.tellOnly(OF_CHILDREN);
            List<Stream> children = end.children().entrySet().stream()
                    .map(child -> again.changes(child.getKey(), child.getValue()))
                    .toList();
            assertThat(children).hasSize(2);
            Reading.until(
                    "all of theirs are told",
                    () -> children.stream()
                                    .mapToInt(child -> child.records.size())
                                    .sum()
                            == OF_CHILDREN);
            assertThat(children.stream().flatMap(child -> ids(child).stream()))
                    .containsExactlyInAnyOrderElementsOf(items(OF_PARENT, OF_PARENT + OF_CHILDREN));
        }
    }
}
