package dev.tributary.source.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Operation;
import dev.tributary.record.Reshard;
import dev.tributary.record.Row;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.StreamsDouble;
import dev.tributary.source.dynamodb.Reading.Stream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** What changes are made of records of streams that tell more or less. */
class StreamViewsTest {
    private static final String TABLE = "views";

    private final DynamoDb source = SharedServers.dynamoDb();

    private static @Nullable String value(@Nullable Row row, ChangeRecord record, String column) {
        int index = record.schema().indexOf(column);
        byte[] value = row == null || index < 0 ? null : row.value(index);
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource(
            value = StreamViewType.class,
            names = {"NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE", "KEYS_ONLY"})
    void everyViewTellsTheWholeItemAsItIs(StreamViewType view) {
        source.createWithStream(TABLE, view, "id");
        try (Reading reading = new Reading(source.endpoint(), TABLE, "")) {
            Stream told = reading.first(reading.begin(TABLE));
            source.put(TABLE, Map.of("id", fromS("a"), "n", fromN("1")));
            ChangeRecord created = told.awaitRecords(1).records.getFirst();
            assertThat(created.operation()).isEqualTo(Operation.CREATE);
            assertThat(value(created.after(), created, "id")).isEqualTo("a");
            assertThat(value(created.after(), created, "n")).isEqualTo("1");

            source.put(TABLE, Map.of("id", fromS("a"), "n", fromN("2"), "note", fromS("x")));
            ChangeRecord updated = told.awaitRecords(2).records.get(1);
            assertThat(updated.operation()).isEqualTo(Operation.UPDATE);
            assertThat(value(updated.before(), updated, "id")).isEqualTo("a");
            assertThat(value(updated.after(), updated, "n")).isEqualTo("2");
            assertThat(value(updated.after(), updated, "note")).isEqualTo("x");
            boolean old = view == StreamViewType.NEW_AND_OLD_IMAGES || view == StreamViewType.OLD_IMAGE;
            assertThat(value(updated.before(), updated, "n")).isEqualTo(old ? "1" : null);

            source.delete(TABLE, Map.of("id", fromS("a")));
            ChangeRecord deleted = told.awaitRecords(3).records.get(2);
            assertThat(deleted.operation()).isEqualTo(Operation.DELETE);
            assertThat(value(deleted.before(), deleted, "id")).isEqualTo("a");
        }
    }

    /** Its image is read later than the record was made: what it is by then, or that it is gone, is the end of the story. */
    @Test
    void anItemThatIsGoneBeforeItsImageIsReadIsDeleted() {
        source.createWithStream(TABLE, StreamViewType.KEYS_ONLY, "id");
        try (Reading reading = new Reading(source.endpoint(), TABLE, "")) {
            source.put(TABLE, Map.of("id", fromS("a"), "n", fromN("1")));
            for (int i = 0; i < 250; i++) {
                source.put(TABLE, Map.of("id", fromS("item " + i), "n", fromN("1")));
            }
            source.delete(TABLE, Map.of("id", fromS("a")));

            Stream told = reading.first(reading.begin(TABLE)).awaitRecords(252);

            assertThat(told.records.getFirst().operation()).isEqualTo(Operation.DELETE);
            assertThat(told.records.subList(1, 251)).allMatch(record -> record.operation() == Operation.CREATE);
            assertThat(told.records.get(251).operation()).isEqualTo(Operation.DELETE);
        }
    }

    @Test
    void withoutASnapshotOnlyWhatIsChangedFromThenOnIsTold() {
        source.createWithStream(TABLE, StreamViewType.NEW_AND_OLD_IMAGES, "id");
        source.put(TABLE, Map.of("id", fromS("before")));
        source.put(TABLE, Map.of("id", fromS("before, too")));
        try (StreamsDouble streams = StreamsDouble.before(source);
                Reading reading = new Reading(streams.endpoint(), TABLE, "&snapshot=false")) {
            streams.stream(TABLE).madeAt(System.currentTimeMillis() - 61_000);
            streams.stream(TABLE).pages(100, 1, 0);
            Reshard begun = reading.begin(TABLE);
            Stream told = reading.first(begun);
            Reading.until("what was before is read", () -> told.positions.size() >= 2);
            streams.stream(TABLE).madeAt(System.currentTimeMillis());
            source.put(TABLE, Map.of("id", fromS("after")));

            ChangeRecord first = told.awaitRecords(1).records.getFirst();
            assertThat(value(first.after(), first, "id")).isEqualTo("after");
            // of the changes that were left out, the first alone
            Stream restarted =
                    reading.changes(begun.children().keySet().iterator().next(), told.positions.element());
            ChangeRecord next = restarted.awaitRecords(1).records.getFirst();
            assertThat(value(next.after(), next, "id"))
                    .as("after a restart in their middle")
                    .isEqualTo("after");
            assertThat(reading.source().snapshot()).isFalse();
        }
    }

    @Test
    void aStreamIsEnabledWhereThereIsNoneUnlessThatIsNotAllowed() {
        source.create(TABLE, "id");
        try (Reading reading = new Reading(source.endpoint(), TABLE, "")) {
            Stream told = reading.first(reading.begin(TABLE));
            source.put(TABLE, Map.of("id", fromS("a")));
            told.awaitRecords(1);
        }
        source.create(TABLE, "id");
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> new Reading(source.endpoint(), TABLE, "&enable_stream=false"))
                .hasMessageContaining("TRIBUTARY_SOURCE: table 'views' has no stream");
        assertThat(source.client()
                        .describeTable(request -> request.tableName(TABLE))
                        .table()
                        .streamSpecification())
                .isNull();
    }
}
