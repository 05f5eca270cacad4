package dev.tributary.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromB;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromBool;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromBs;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromL;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromM;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromNs;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromNul;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromSs;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.SharedServers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** Every value arrives as it is, in the snapshot and as a change. */
class ValuesIT {
    private static final List<String> KEY = List.of("id", "sort");
    private static final List<String> KEYS =
            List.of("a", "a ", " a", "A", "á", "a\u0301", "ß", "ss", "🐟", "\u0000", "'\"\\`", "k".repeat(2048));
    private static final List<String> NUMBERS = List.of(
            "0",
            "1",
            "-1",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            "0.1",
            "-123456789012345678901234567890.12345678",
            "99999999999999999999999999999999999999",
            "0.00000000000000000000000000000000000001",
            "9.9999999999999999999999999999999999999E+125",
            "1E-130",
            "123.4560");

    private final DynamoDb source = SharedServers.dynamoDb();

    private static AttributeValue bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return fromB(SdkBytes.fromByteArray(bytes));
    }

    private static Map<String, AttributeValue> item(String id, String sort) {
        return new HashMap<>(Map.of("id", fromS(id), "sort", fromS(sort)));
    }

    private void fill(String table) {
        int number = 0;
        for (String key : KEYS) {
            for (String sort : List.of("s", "s ", "z".repeat(1024))) {
                Map<String, AttributeValue> item = item(key, sort);
                item.put("text", fromS(key));
                item.put("number", fromN(NUMBERS.get(number++ % NUMBERS.size())));
                source.put(table, item);
            }
        }
        Map<String, AttributeValue> all = item("all", "types");
        all.put("bool", fromBool(true));
        all.put("no", fromBool(false));
        all.put("nothing", fromNul(true));
        all.put("empty", fromS(""));
        all.put("bytes", bytes(0, 255, 128, 39, 92));
        all.put("strings", fromSs(List.of("b", "a", "ü")));
        all.put("numbers", fromNs(NUMBERS));
        all.put("blobs", fromBs(List.of(SdkBytes.fromByteArray(new byte[] {1, -1}), SdkBytes.fromUtf8String("x"))));
        all.put("list", fromL(List.of(fromN("1E-100"), fromS("\u0001\n\"\\/"), fromL(List.of()), fromNul(true))));
        all.put("map", fromM(Map.of(" ", fromS("x"), "Key", fromN("1.10"), "key", fromM(Map.of()), "b", bytes(7))));
        all.put("price", fromN("19.99"));
        source.put(table, all);

        Map<String, AttributeValue> names = item("names", "of attributes");
        for (String name : List.of(
                "Text",
                "TEXT",
                "téxt",
                "n".repeat(64),
                "n".repeat(65),
                "blank ",
                "🐟",
                "_other",
                "_item",
                "select",
                "`x`",
                "a.b",
                "ID",
                "\t")) {
            names.put(name, fromS("of " + name));
        }
        source.put(table, names);
        Map<String, AttributeValue> many = item("many", "attributes");
        for (int i = 0; i < 300; i++) {
            many.put("attribute" + i, i % 2 == 0 ? fromN(String.valueOf(i)) : fromS("x".repeat(30) + i));
        }
        source.put(table, many);
        for (int i = 0; i < NUMBERS.size(); i++) {
            Map<String, AttributeValue> changing = item("changing", String.valueOf(i));
            changing.put("bool", fromN(NUMBERS.get(i)));
            changing.put("text", bytes(i));
            changing.put("map", fromS("none"));
            changing.put("price", fromN(NUMBERS.get(i)));
            source.put(table, changing);
        }
    }

    @Test
    void everyValueIsCopiedAndFollowedExactly() throws Exception {
        source.create("values", "id", "sort");
        try (Carried carried = Carried.of("dynamo_values", "values", "")) {
            fill("values");
            carried.catchUp();
            assertThat(Items.ofTarget(carried, "values", KEY)).isEqualTo(Items.ofSource(source, "values", KEY));

            try (TributaryProcess pipeline = carried.start()) {
                for (Map<String, AttributeValue> item : source.scan("values")) {
                    Map<String, AttributeValue> less = new HashMap<>(item);
                    less.keySet().retainAll(KEY);
                    less.put("number", fromN("1.5"));
                    source.put("values", less);
                }
                Carried.await(
                        "attributes that are gone are gone",
                        pipeline,
                        () -> Items.ofTarget(carried, "values", KEY).equals(Items.ofSource(source, "values", KEY)));
                fill("values");
                Carried.await(
                        "they are back",
                        pipeline,
                        () -> Items.ofTarget(carried, "values", KEY).equals(Items.ofSource(source, "values", KEY)));
                assertThat(pipeline.terminate().exitCode(Carried.LIMIT)).isZero();
            }
        }
    }

    @Test
    void itemsAreDocumentsWhereThatIsWanted() throws Exception {
        source.create("documents", "id", "sort");
        fill("documents");
        try (Carried typed = Carried.of("dynamo_documents", "documents", "&item=json");
                Carried plain = Carried.of("dynamo_plain", "documents", "&item=json&json=plain")) {
            typed.catchUp();
            assertThat(Items.ofTarget(typed, "documents", KEY)).isEqualTo(Items.ofSource(source, "documents", KEY));

            plain.catchUp();
            assertThat(plain.query("SELECT JSON_EXTRACT(_item, '$.list'), JSON_EXTRACT(_item, '$.map.Key'),"
                            + " JSON_EXTRACT(_item, '$.price'), JSON_EXTRACT(_item, '$.nothing'),"
                            + " JSON_EXTRACT(_item, '$.bool') FROM documents WHERE id = 'all'"))
                    .isEqualTo(List.of(List.of(
                            "[\"1E-100\", \"\\u0001\\n\\\"\\\\/\", [], null]",
                            "\"1.1\"",
                            "\"19.99\"",
                            "null",
                            "true")));
            assertThat(plain.query("SELECT JSON_EXTRACT(_item, '$.number') FROM documents"
                            + " WHERE id = 'a' AND sort = 's '"))
                    .isEqualTo(List.of(List.of("1")));
        }
    }

    @Test
    void keysOfNumbersAreWidenedAndKeysOfBytesAreBytes() throws Exception {
        source.create("numbers", request -> {}, ScalarAttributeType.N, "n");
        source.create("blobs", request -> {}, ScalarAttributeType.B, "b", "s");
        for (String number : List.of("0", "1", "-7", "9223372036854775807")) {
            source.put("numbers", Map.of("n", fromN(number)));
        }
        for (int i = 0; i < 4; i++) {
            source.put("blobs", Map.of("b", bytes(0, i), "s", bytes(32), "n", fromN("1")));
        }
        try (Carried carried = Carried.of("dynamo_keys", "numbers,blobs", "");
                TributaryProcess pipeline = carried.start()) {
            Carried.await("both are copied", pipeline, () -> carried.follows("numbers") && carried.follows("blobs"));
            for (String number : List.of("1.5", "-0.25", "99999999999999999999", "1e-10")) {
                source.put("numbers", Map.of("n", fromN(number)));
            }
            source.delete("numbers", Map.of("n", fromN("-7")));
            source.delete("blobs", Map.of("b", bytes(0, 2), "s", bytes(32)));
            Carried.await(
                    "the changes are there",
                    pipeline,
                    () -> carried.rows("numbers") == 7 && carried.rows("blobs") == 3);
            Carried.await(
                    "it is equal",
                    pipeline,
                    () -> Items.ofTarget(carried, "numbers", List.of("n"))
                            .equals(Items.ofSource(source, "numbers", List.of("n"))));
            assertThat(carried.query("SELECT HEX(b), HEX(s) FROM blobs ORDER BY b"))
                    .isEqualTo(List.of(List.of("0000", "20"), List.of("0001", "20"), List.of("0003", "20")));
            source.put("numbers", Map.of("n", fromN("1E+100")));
            assertThat(pipeline.exitCode(Carried.LIMIT)).isEqualTo(1);
            assertThat(Carried.said(pipeline)).contains("a number of its key attribute 'n' fits no column");
        }
    }
}
