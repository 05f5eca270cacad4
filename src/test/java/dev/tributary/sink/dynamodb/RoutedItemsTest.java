package dev.tributary.sink.dynamodb;

import static dev.tributary.sink.dynamodb.DynamoTarget.CHANGES;
import static dev.tributary.sink.dynamodb.DynamoTarget.at;
import static dev.tributary.sink.dynamodb.DynamoTarget.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.PipelineException.Kind;
import dev.tributary.sink.dynamodb.DynamoTarget.Rows;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rows whose metadata names the table that they go to. */
class RoutedItemsTest {
    private final DynamoTarget target = DynamoTarget.open();
    private final Rows orders = new Rows("orders", 1, "id int", "v int");
    private final Rows lines = new Rows("order_lines", 2, "id int", "line int", "v int");

    @AfterEach
    void close() {
        target.close();
    }

    @Test
    void aTableThatNobodyKnewIsMadeAndFilled() {
        target.prepare(orders.table, lines.table);
        long epoch = target.begin();
        target.apply(
                epoch,
                "p1",
                orders.create(1, 1),
                orders.createIn("archive", 2, 2),
                lines.createIn("archive_lines", 1, 1, 1),
                lines.createIn("archive_lines", 1, 2, 2));

        assertThat(target.items("orders")).containsExactly("{\"id\":{\"N\":\"1\"},\"v\":{\"N\":\"1\"}}");
        assertThat(target.items("archive")).containsExactly("{\"id\":{\"N\":\"2\"},\"v\":{\"N\":\"2\"}}");
        assertThat(target.items("archive_lines")).hasSize(2);
    }

    @Test
    void rowsOfAnotherKeyAreRefusedInsteadOfReplacingEachOther() {
        target.prepare(orders.table, lines.table);
        long epoch = target.begin();

        assertThat(failure(target.write(
                        CHANGES,
                        epoch,
                        at("p1"),
                        lines.createIn("orders", 1, 1, 1),
                        lines.createIn("orders", 1, 2, 2))))
                .hasMessageContaining("commerce/-80")
                .hasMessageContaining(target.prefix + "orders has the key [id], and rows of commerce.order_lines")
                .hasMessageContaining("have the key [id, line]")
                .extracting("kind")
                .isEqualTo(Kind.FATAL);
        assertThat(target.items("orders")).isEmpty();
    }

    @Test
    void rowsOfTheSameKeyMayShareATable() {
        Rows others = new Rows("others", 1, "id int", "w int");
        target.prepare(orders.table);
        target.apply(target.begin(), "p1", orders.create(1, 1), others.createIn("orders", 2, 2));

        assertThat(target.items("orders")).hasSize(2);
    }

    @Test
    void rowsWhoseKeyIsOfAnotherTypeAreRefused() {
        Rows others = new Rows("others", 1, "id varbinary(9)", "v int");
        target.prepare(orders.table);

        assertThat(failure(target.write(CHANGES, target.begin(), at("p1"), others.createIn("orders", "1", 1))))
                .hasMessageContaining("orders: key column id of its rows, from commerce.others, is varbinary(9)")
                .hasMessageContaining("its items have the key id (N)")
                .extracting("kind")
                .isEqualTo(Kind.FATAL);
    }

    @Test
    void aKeyOfAnotherDynamoDbThatIsNoTextIsRefused() {
        Rows items = new Rows("items", 1, "id attribute_s", "_item item");
        target.prepare(items.table);

        assertThat(failure(
                        target.write(CHANGES, target.begin(), at("p1"), items.delete(new byte[] {(byte) 0xff}, null))))
                .hasMessageContaining("items: column id: a value is none of its charset UTF-8")
                .extracting("kind")
                .isEqualTo(Kind.FATAL);
    }
}
