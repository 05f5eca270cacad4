package dev.tributary.sink.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Gaps;
import dev.tributary.record.Operation;
import dev.tributary.route.TableRouter;
import dev.tributary.sink.dynamodb.DynamoTarget.Rows;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Rows of which the source logs no more than it has to. */
class PartialItemsTest {
    private DynamoTarget target = DynamoTarget.open();

    @AfterEach
    void close() {
        target.close();
    }

    private static Gaps without(int... columns) {
        BitSet absent = new BitSet();
        Arrays.stream(columns).forEach(absent::set);
        return new Gaps(absent, new BitSet());
    }

    private static @Nullable Object[] values(int columns, int set, String value) {
        @Nullable Object[] values = new @Nullable Object[columns];
        values[0] = 1;
        for (int i = 1; i <= set; i++) {
            values[i] = value;
        }
        return values;
    }

    @Test
    void asManyColumnsAsATableHasAreChanged() {
        int columns = 1002;
        Rows rows = new Rows(
                "wide",
                1,
                IntStream.range(0, columns)
                        .mapToObj(i -> i == 0 ? "id int" : i == columns - 1 ? "doc text" : "c" + i + " int")
                        .toArray(String[]::new));
        target.prepare(rows.table);
        long epoch = target.begin();
        @Nullable Object[] first = values(columns, columns - 2, "7");
        first[columns - 1] = "kept";
        target.apply(epoch, "p1", rows.create(first));
        target.apply(
                epoch,
                "p2",
                rows.update(
                        rows.row(values(columns, columns - 2, "7")),
                        rows.row(values(columns, 550, "8")).with(without(columns - 1))));

        Map<String, AttributeValue> item =
                target.server.scan(target.prefix + "wide").getFirst();
        assertThat(item).hasSize(552).containsEntry("doc", AttributeValue.fromS("kept"));
        IntStream.rangeClosed(1, 550).forEach(i -> assertThat(item).containsEntry("c" + i, AttributeValue.fromN("8")));
    }

    @Test
    void whatAnInsertLeavesOutIsWhatTheSourceHasThere() {
        Rows rows = new Rows("parts", 1, "id int", "t text NOT NULL", "b blob NOT NULL", "j json NOT NULL", "n text");
        target.prepare(rows.table);
        ChangeRecord left = new ChangeRecord(
                rows.schema,
                Operation.CREATE,
                null,
                rows.row(1, null, null, null, null).with(without(1, 2, 3, 4)));
        target.apply(
                target.begin(),
                "p1",
                left,
                // to a table that was not known
                new ChangeRecord(
                        left.schema(), left.operation(), null, left.after(), Map.of(TableRouter.TABLE, "archive")));

        for (String table : new String[] {"parts", "archive"}) {
            assertThat(target.items(table))
                    .containsExactly(
                            "{\"b\":{\"B\":\"\"},\"id\":{\"N\":\"1\"},\"j\":{\"S\":\"null\"},\"t\":{\"S\":\"\"}}");
        }
    }

    @Test
    void aDocumentThatIsLeftOutIsNull() {
        target.close();
        target = DynamoTarget.open("&json=map");
        Rows rows = new Rows("parts", 1, "id int", "j json NOT NULL");
        target.prepare(rows.table);
        target.apply(
                target.begin(),
                "p1",
                new ChangeRecord(
                        rows.schema,
                        Operation.CREATE,
                        null,
                        rows.row(1, (Object) null).with(without(1))));

        assertThat(target.items("parts")).containsExactly("{\"id\":{\"N\":\"1\"},\"j\":{\"NULL\":true}}");
    }
}
