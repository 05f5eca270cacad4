package dev.tributary.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.SharedServers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** Every value arrives as it is, in the snapshot and as a change. */
class ValuesIT {
    private static final List<String> KEY = List.of("id", "sort");
    private final DynamoDb source = SharedServers.dynamoDb();

    @Test
    void everyValueIsCopiedAndFollowedExactly() throws Exception {
        source.create("values", "id", "sort");
        try (Carried carried = Carried.of("dynamo_values", "values", "")) {
            EveryValue.fill(source, "values");
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
                EveryValue.fill(source, "values");
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
        EveryValue.fill(source, "documents");
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
            source.put("blobs", Map.of("b", EveryValue.bytes(0, i), "s", EveryValue.bytes(32), "n", fromN("1")));
        }
        try (Carried carried = Carried.of("dynamo_keys", "numbers,blobs", "");
                TributaryProcess pipeline = carried.start()) {
            Carried.await("both are copied", pipeline, () -> carried.follows("numbers") && carried.follows("blobs"));
            for (String number : List.of("1.5", "-0.25", "99999999999999999999", "1e-10")) {
                source.put("numbers", Map.of("n", fromN(number)));
            }
            source.delete("numbers", Map.of("n", fromN("-7")));
            source.delete("blobs", Map.of("b", EveryValue.bytes(0, 2), "s", EveryValue.bytes(32)));
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
