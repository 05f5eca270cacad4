package dev.tributary.sink.dynamodb;

import static dev.tributary.sink.dynamodb.DynamoTarget.CHANGES;
import static dev.tributary.sink.dynamodb.DynamoTarget.at;
import static dev.tributary.sink.dynamodb.DynamoTarget.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.record.Gaps;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.sink.dynamodb.DynamoTarget.Rows;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What rows become, and what becomes of them. */
class ItemsTest {
    private DynamoTarget target = DynamoTarget.open();

    @AfterEach
    void close() {
        target.close();
    }

    @Test
    void everyTypeIsThereExactly() {
        Rows rows = new Rows(
                "types",
                1,
                "id bigint",
                "d decimal(65,30)",
                "wide decimal(65,0)",
                "f float",
                "x double",
                "y year",
                "t text",
                "j json",
                "b blob",
                "bits bit(12)",
                "at datetime(6)",
                "e enum('a')",
                "n int",
                "tiny double",
                "zero double");
        target.prepare(rows.table);
        long epoch = target.begin();

        target.apply(
                epoch,
                "p1",
                rows.create(
                        "9223372036854775807",
                        "-12345678901234567890123456789012.345600",
                        "1" + "2".repeat(40),
                        "0.1",
                        "1e20",
                        "2024",
                        "",
                        "{\"b\": [1, 1.50, 1e20]}",
                        new byte[] {0, -1},
                        new byte[] {5},
                        "2024-02-29 00:00:00.000001",
                        "a",
                        null,
                        "1e-300",
                        "-0"));

        assertThat(target.items("types"))
                .containsExactly(
                        "{\"at\":{\"S\":\"2024-02-29 00:00:00.000001\"},\"b\":{\"B\":\"AP8=\"},\"bits\":{\"B\":\"BQ==\"},"
                                + "\"d\":{\"N\":\"-12345678901234567890123456789012.3456\"},\"e\":{\"S\":\"a\"},\"f\":{\"N\":\"0.1\"},"
                                + "\"id\":{\"N\":\"9223372036854775807\"},\"j\":{\"S\":\"{\\\"b\\\": [1, 1.50, 1e20]}\"},\"t\":{\"S\":\"\"},"
                                + "\"tiny\":{\"S\":\"1E-300\"},\"wide\":{\"S\":\"1" + "2".repeat(40)
                                + "\"},\"x\":{\"N\":\"100000000000000000000\"},\"y\":{\"N\":\"2024\"},\"zero\":{\"S\":\"-0\"}}");
    }

    @Test
    void aFloatIsTheSameHoweverItsDigitsAreShown() {
        Rows rows = new Rows("floats", 1, "id int", "f float");
        target.prepare(rows.table);
        target.apply(target.begin(), "p1", rows.create(1, "1.000000015e-1"), rows.create(2, "0.1"));

        assertThat(target.items("floats"))
                .containsExactly(
                        "{\"f\":{\"N\":\"0.1\"},\"id\":{\"N\":\"1\"}}", "{\"f\":{\"N\":\"0.1\"},\"id\":{\"N\":\"2\"}}");
    }

    @Test
    void jsonIsMapsAndListsIfThatIsWanted() {
        target.close();
        target = DynamoTarget.open("&json=map");
        Rows rows = new Rows("documents", 1, "id int", "j json");
        target.prepare(rows.table);
        String deep = "[".repeat(33) + "]".repeat(33);
        long epoch = target.begin();
        target.apply(epoch, "p1", rows.create(1, "{\"a\": [1.50, null, true, \"x\"]}"), rows.create(2, deep));
        target.apply(epoch, "p2", rows.create(3, "[".repeat(31) + "1" + "]".repeat(31)));
        // the service takes what is nested most deeply
        assertThat(target.items("documents")).hasSize(3);
        target.apply(epoch, "p3", rows.delete(3, null));

        assertThat(target.items("documents"))
                .containsExactly(
                        "{\"id\":{\"N\":\"1\"},\"j\":{\"M\":{\"a\":{\"L\":[{\"N\":\"1.5\"},{\"NULL\":true},{\"BOOL\":true},{\"S\":\"x\"}]}}}}",
                        "{\"id\":{\"N\":\"2\"},\"j\":{\"S\":\"" + deep + "\"}}");
    }

    @Test
    void jsonThatMapsAndListsDoNotHoldStaysText() {
        String deepest = "[".repeat(31) + "1" + "]".repeat(31);
        assertThat(JsonValue.of(deepest).l()).hasSize(1);
        assertThat(JsonValue.of("[".repeat(31) + "]".repeat(31)).l()).hasSize(1);
        String digits = "1".repeat(38);
        assertThat(JsonValue.of("{\"a\": -" + digits + ", \"b\": 0.0}").m())
                .containsEntry("a", AttributeValue.fromN("-" + digits))
                .containsEntry("b", AttributeValue.fromN("0"));
        for (String text : List.of(
                "[".repeat(32) + "1" + "]".repeat(32),
                "{\"a\":".repeat(32) + "1" + "}".repeat(32),
                "[" + digits + "1]",
                "{\"a\": 1e126}",
                "[-0.0]",
                "-0.0",
                "{\"\": 1}")) {
            assertThat(JsonValue.of(text)).as(text).isEqualTo(AttributeValue.fromS(text));
        }
    }

    @Test
    void aKeyOfTwoColumnsIsPartitionAndSortKeyAndOneOfMoreIsComposed() {
        Rows pairs = new Rows("pairs", 2, "a varchar(10)", "b int", "v int");
        Rows triples = new Rows("triples", 3, "a int", "b varchar(10)", "c varbinary(4)", "v int");
        target.prepare(pairs.table, triples.table);
        target.apply(
                target.begin(),
                "p1",
                pairs.create("x", 1, 1),
                pairs.create("x", 2, 2),
                triples.create(1, "a\",\"b", new byte[] {1}, 1),
                triples.create(1, "a", new byte[] {1}, 2),
                triples.create(1, "a", new byte[] {2}, 3),
                triples.delete(1, "a", new byte[] {1}, 2));

        assertThat(target.items("pairs"))
                .hasSize(2)
                .first()
                .isEqualTo("{\"a\":{\"S\":\"x\"},\"b\":{\"N\":\"1\"},\"v\":{\"N\":\"1\"}}");
        assertThat(target.items("triples"))
                .containsExactlyInAnyOrder(
                        "{\"_key\":{\"S\":\"[\\\"a\\\\\\\",\\\\\\\"b\\\",\\\"AQ==\\\"]\"},\"a\":{\"N\":\"1\"},\"b\":{\"S\":\"a\\\",\\\"b\"},\"c\":{\"B\":\"AQ==\"},\"v\":{\"N\":\"1\"}}",
                        "{\"_key\":{\"S\":\"[\\\"a\\\",\\\"Ag==\\\"]\"},\"a\":{\"N\":\"1\"},\"b\":{\"S\":\"a\"},\"c\":{\"B\":\"Ag==\"},\"v\":{\"N\":\"3\"}}");
    }

    @Test
    void aRowHasOneKeyHoweverItsNumbersAreShown() {
        Rows composed = new Rows(
                "prices", 4, "id int", "price decimal(10,4)", "size decimal(10,0)", "code int(5) unsigned zerofill");
        Rows wide = new Rows("wides", 1, "n decimal(50,10)", "v int");
        target.prepare(composed.table, wide.table);
        long epoch = target.begin();
        target.apply(
                epoch,
                "p1",
                composed.create("1", "0.1000", "0", "7"),
                composed.create("2", "-12.5000", "10", "00012"),
                wide.create("0.1000000000", 1),
                wide.create("1.0000000000", 1));
        target.apply(
                epoch,
                "p2",
                composed.delete("1", ".1000", "000000000", "00007"),
                composed.create("2", "-12.5", "0000000010", "12"),
                wide.delete(".1000000000", 1),
                wide.create("01.0", 2));

        assertThat(target.items("prices"))
                .containsExactly(
                        "{\"_key\":{\"S\":\"[\\\"-12.5\\\",\\\"10\\\",\\\"12\\\"]\"},\"code\":{\"N\":\"12\"},\"id\":{\"N\":\"2\"},"
                                + "\"price\":{\"N\":\"-12.5\"},\"size\":{\"N\":\"10\"}}");
        assertThat(target.items("wides")).containsExactly("{\"n\":{\"S\":\"1\"},\"v\":{\"N\":\"2\"}}");
    }

    @Test
    void aNumberThatNoNHoldsHasOneText() {
        Rows rows = new Rows("digits", 1, "id int", "d decimal(65,30)");
        target.prepare(rows.table);
        String fraction = "0".repeat(28) + "10";
        String digits = "9".repeat(35);
        target.apply(
                target.begin(),
                "p1",
                rows.create(1, digits + "." + fraction),
                rows.create(2, "00" + digits + "." + fraction.substring(0, 29)));

        assertThat(target.items("digits"))
                .containsExactly(
                        "{\"d\":{\"S\":\"" + digits + "." + fraction + "\"},\"id\":{\"N\":\"1\"}}",
                        "{\"d\":{\"S\":\"" + digits + "." + fraction + "\"},\"id\":{\"N\":\"2\"}}");
    }

    @Test
    void theLastImageWinsAndAChangedKeyIsGone() {
        Rows rows = new Rows("orders", 1, "id int", "v int", "note text");
        target.prepare(rows.table);
        long epoch = target.begin();
        target.apply(epoch, "p1", rows.create(1, 1, "x"), rows.create(2, 2, null), rows.create(3, 3, null));

        target.apply(
                epoch,
                "p2",
                rows.update(rows.row(1, 1, "x"), rows.row(1, 10, null)),
                rows.update(rows.row(1, 10, null), rows.row(4, 11, null)),
                rows.delete(2, 2, null),
                rows.create(2, 21, null),
                rows.delete(3, 3, null));

        assertThat(target.items("orders"))
                .containsExactly(
                        "{\"id\":{\"N\":\"2\"},\"v\":{\"N\":\"21\"}}", "{\"id\":{\"N\":\"4\"},\"v\":{\"N\":\"11\"}}");
    }

    @Test
    void whatIsNotToldOfARowStaysAsItIs() {
        Rows rows = new Rows("parts", 1, "id int", "v int", "doc text");
        target.prepare(rows.table);
        long epoch = target.begin();
        target.apply(epoch, "p1", rows.create(1, 1, "long"), rows.create(2, 2, "kept"));
        BitSet absent = new BitSet();
        absent.set(2);
        Gaps gaps = new Gaps(absent, new BitSet());

        target.apply(
                epoch,
                "p2",
                rows.update(rows.row(1, 1, null), rows.row(1, 5, null).with(gaps)),
                rows.update(rows.row(2, 2, null), rows.row(2, null, null).with(gaps)),
                // of one that is not there nothing is made
                rows.update(rows.row(9, 2, null), rows.row(9, 3, null).with(gaps)),
                rows.create(3, 1, "whole"),
                rows.update(rows.row(3, 1, null), rows.row(3, 2, null).with(gaps)));

        assertThat(target.items("parts"))
                .containsExactly(
                        "{\"doc\":{\"S\":\"kept\"},\"id\":{\"N\":\"2\"}}",
                        "{\"doc\":{\"S\":\"long\"},\"id\":{\"N\":\"1\"},\"v\":{\"N\":\"5\"}}",
                        "{\"doc\":{\"S\":\"whole\"},\"id\":{\"N\":\"3\"},\"v\":{\"N\":\"2\"}}");
        assertThat(failure(target.write(
                        CHANGES,
                        epoch,
                        at("p3"),
                        rows.update(rows.row(1, 5, null), rows.row(7, 5, null).with(gaps)))))
                .hasMessageContaining(
                        "table " + target.prefix + "parts, key {\"id\":{\"N\":\"7\"}}: the key of a row was changed")
                .hasMessageContaining("set binlog_row_image=FULL");
    }

    @Test
    void differencesOfDocumentsAreRefused() {
        Rows rows = new Rows("documents", 1, "id int", "j json");
        target.prepare(rows.table);
        BitSet expressions = new BitSet();
        expressions.set(1);
        Gaps gaps = new Gaps(new BitSet(), expressions);

        assertThat(failure(target.write(
                        CHANGES,
                        target.begin(),
                        at("p1"),
                        rows.update(
                                rows.row(1, null),
                                rows.row(1, "JSON_SET(%s, '$.a', 1)").with(gaps)))))
                .hasMessageContaining(
                        target.prefix + "documents: the source's binlog holds differences of JSON documents")
                .hasMessageContaining("set binlog_row_value_options=''")
                .extracting("kind")
                .isEqualTo(Kind.FATAL);
    }

    @Test
    void aComposedKeyHasAnEnd() {
        Rows rows = new Rows("triples", 3, "a int", "b varchar(1100)", "c int");
        target.prepare(rows.table);
        // ["…","1"]
        target.apply(target.begin(), "p1", rows.create(1, "b".repeat(1024 - 8), 1));

        assertThat(target.items("triples")).hasSize(1);
        assertThat(failure(target.write(CHANGES, target.begin(), at("p2"), rows.create(2, "b".repeat(1024 - 7), 1))))
                .hasMessageContaining("its sort key _key has 1025 bytes, and DynamoDB takes 1024")
                .extracting("kind")
                .isEqualTo(Kind.FATAL);
    }

    @Test
    void whatNoItemHoldsIsSaidWithTableAndKey() {
        Rows rows = new Rows("texts", 1, "id varchar(3000)", "t longtext");
        target.prepare(rows.table);

        assertThat(failure(target.write(CHANGES, target.begin(), at("p1"), rows.create("", "x"))))
                .hasMessageContaining("partition key id is empty")
                .extracting("kind")
                .isEqualTo(Kind.FATAL);
        assertThat(failure(target.write(CHANGES, target.begin(), at("p1"), rows.create("k".repeat(2049), "x"))))
                .hasMessageContaining("has 2049 bytes, and DynamoDB takes 2048");
        assertThat(failure(target.write(CHANGES, target.begin(), at("p1"), rows.create("large", "ü".repeat(210_000)))))
                .hasMessageContaining("key {\"id\":{\"S\":\"large\"}}: the item has 420008 bytes");
        target.apply(target.begin(), "p1", rows.create("large", "x".repeat(409_592)));
        assertThat(target.items("texts")).hasSize(1);
    }

    @Test
    void tablesThatHaveNoPlaceAreRefused() {
        assertThatThrownBy(() -> target.prepare(new Rows("keyless", 0, "x int").table))
                .hasMessageContaining("keyless' has no key, and DynamoDB has no items without");
        assertThatThrownBy(() -> target.prepare(new Rows("labels", 1, "e enum('a')").table))
                .hasMessageContaining("its key column e is enum, of which DynamoDB has no keys");
        assertThatThrownBy(() -> target.prepare(new Rows("audit log", 1, "id int").table))
                .hasMessageContaining("is no name of a DynamoDB table");
        for (Rows taken : List.of(
                new Rows("taken", 3, "a int", "b int", "c int", "_Key int"),
                new Rows("taken", 3, "a int", "_KEY int", "c int"))) {
            assertThatThrownBy(() -> target.prepare(taken.table))
                    .hasMessageContaining("taken' has a column _key, where its key of more than two columns is to be");
            assertThatThrownBy(() -> target.verify(taken.table)).hasMessageContaining("taken' has a column _key");
        }
        target.prepare(new Rows("free", 2, "a int", "b int", "_key int").table);
        target.server.create(target.prefix + "other", "id");
        assertThatThrownBy(() -> target.prepare(new Rows("other", 1, "id int").table))
                .hasMessageContaining("has the key id (S), but the source's rows need id (N)");
    }

    @Test
    void anItemOfAnotherDynamoDbArrivesAsItIs() {
        Rows rows = new Rows("items", 2, "id attribute_s", "n attribute_n", "_item item");
        target.prepare(rows.table);
        String item = "{\"L\":{\"L\":[{\"M\":{\"x\":{\"N\":\"1.5\"}}},{\"NULL\":true}]},\"b\":{\"B\":\"AP8=\"},"
                + "\"bs\":{\"BS\":[\"AQ==\"]},\"flag\":{\"BOOL\":false},\"id\":{\"S\":\"ä\"},\"n\":{\"N\":\"1E+100\"},"
                + "\"ns\":{\"NS\":[\"1\"]},\"s\":{\"S\":\"\"},\"ss\":{\"SS\":[\"a\"]}}";
        long epoch = target.begin();
        target.apply(
                epoch,
                "p1",
                rows.create("ä", "1" + "0".repeat(100), item),
                rows.create("gone", "1", item.replace("ä", "gone").replace("1E+100", "1")));
        target.apply(epoch, "p2", rows.delete("gone", "1", null));

        assertThat(target.items("items")).containsExactly(item);
    }

    @Test
    void manyRowsArriveInOneBatch() {
        Rows rows = new Rows("many", 1, "id int", "v int");
        target.prepare(rows.table);
        target.apply(
                target.begin(),
                "p1",
                IntStream.range(0, 1000)
                        .mapToObj(i -> rows.create(i, i))
                        .toArray(dev.tributary.record.ChangeRecord[]::new));

        assertThat(target.items("many")).hasSize(1000);
    }
}
