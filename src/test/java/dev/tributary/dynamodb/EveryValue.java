package dev.tributary.dynamodb;

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

import dev.tributary.servers.DynamoDb;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Items with values of every type, keys and names that are hard to keep apart, and attributes whose type changes. */
final class EveryValue {
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

    private EveryValue() {}

    static AttributeValue bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return fromB(SdkBytes.fromByteArray(bytes));
    }

    static Map<String, AttributeValue> item(String id, String sort) {
        return new HashMap<>(Map.of("id", fromS(id), "sort", fromS(sort)));
    }

    /** Puts them into a table whose key is {@code id} and {@code sort}, both texts. */
    static void fill(DynamoDb source, String table) {
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
}
