package dev.tributary.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromBool;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** {@code diff} of tables of DynamoDB with MySQL and with DynamoDB: every kind of difference, and that there is no other. */
class DynamoDbDiffIT {
    private static final int ITEMS = 2000;

    private final DynamoDb source = SharedServers.dynamoDb();

    /** A small item of all types. */
    private static Map<String, AttributeValue> item(int id) {
        Map<String, AttributeValue> item = EveryValue.item("k" + id, "s");
        item.put("text", fromS("Grün"));
        item.put("number", fromN("1.50"));
        item.put("bool", fromBool(true));
        item.put("bytes", EveryValue.bytes(0, 255));
        item.put("null", fromNul(true));
        item.put("list", fromL(List.of(fromN("1"), fromS("1"))));
        item.put("map", fromM(Map.of("n", fromN("2"))));
        item.put("texts", fromSs(List.of("a", "b")));
        item.put("numbers", fromNs(List.of("1", "2.5")));
        return item;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&json=plain", "&item=json", "&item=json&json=plain"})
    void valuesOfEveryTypeAreEqualInColumnsAndInDocuments(String form) throws Exception {
        source.create("diffed", "id", "sort");
        EveryValue.fill(source, "diffed");
        try (Carried carried = Carried.of("dynamo_diffed", "diffed", form)) {
            carried.catchUp();
            Diffed.of(carried.process("diff", "--wait", "0S")).isEqual();

            source.put("diffed", item(1));
            source.delete("diffed", EveryValue.item("ss", "s"));
            Diffed late = Diffed.of(carried.process("diff", "--wait", "0S"));
            assertThat(late.lines())
                    .as(late.said())
                    .contains("  missing id='k1', sort='s'", "  extra id='ss', sort='s'");
            carried.catchUp();
            Diffed.of(carried.process("diff", "--wait", "0S")).isEqual();
        }
    }

    @Test
    void everyDifferenceInColumnsIsFoundAndItsAttributeIsNamed() throws Exception {
        source.create("diffed", "id", "sort");
        for (int id = 10; id < 30; id++) {
            source.put("diffed", item(id));
        }
        try (Carried carried = Carried.of("dynamo_diffed", "diffed", "")) {
            carried.catchUp();
            for (String change : List.of(
                    "text = 'grün' WHERE id = 'k10'",
                    "number = 1.51 WHERE id = 'k11'",
                    "bool = 0 WHERE id = 'k12'",
                    "bytes = 0x00 WHERE id = 'k13'",
                    "_other = NULL WHERE id = 'k14'",
                    "list = '{\"L\": [{\"S\": \"1\"}, {\"N\": \"1\"}]}' WHERE id = 'k15'",
                    "map = '{\"M\": {\"n\": {\"S\": \"2\"}}}' WHERE id = 'k16'",
                    "texts = '{\"SS\": [\"b\", \"a\", \"c\"]}' WHERE id = 'k17'",
                    // another type, a value less, one more, and one twice
                    "text = NULL, _other = '{\"null\": {\"NULL\": true}, \"text\": {\"B\": \"R3LDvG4=\"}}' WHERE id = 'k18'",
                    "number = NULL WHERE id = 'k19'",
                    "_other = '{\"null\": {\"NULL\": true}, \"more\": {\"S\": \"\"}}' WHERE id = 'k20'",
                    "_other = '{\"null\": {\"NULL\": true}, \"bool\": {\"BOOL\": true}}' WHERE id = 'k21'",
                    // the same values in another way
                    "texts = '{\"SS\": [\"b\", \"a\"]}', numbers = '{\"NS\": [\"2.50\", \"1.0\"]}' WHERE id = 'k22'",
                    "bool = NULL, _other = '{\"bool\": {\"BOOL\": true}, \"null\": {\"NULL\": true}}' WHERE id = 'k23'")) {
                carried.execute("UPDATE diffed SET " + change);
            }
            carried.execute("DELETE FROM diffed WHERE id = 'k24'");
            // no item can have the other key
            carried.execute("INSERT INTO diffed (id, sort, number) VALUES ('k9', 's', 5), ('', 's', 5)");

            String[] expected = {
                "diffed: 15 differ (1 missing, 2 extra, 12 changed)",
                "  missing id='k24', sort='s'",
                "  extra id='', sort='s'",
                "  extra id='k9', sort='s'",
                "  changed id='k10', sort='s': text",
                "  changed id='k11', sort='s': number",
                "  changed id='k12', sort='s': bool",
                "  changed id='k13', sort='s': bytes",
                "  changed id='k14', sort='s': null",
                "  changed id='k15', sort='s': list",
                "  changed id='k16', sort='s': map",
                "  changed id='k17', sort='s': texts",
                "  changed id='k18', sort='s': text",
                "  changed id='k19', sort='s': number",
                "  changed id='k20', sort='s': more",
                "  changed id='k21', sort='s': bool"
            };
            Diffed.of(carried.process("diff", "--limit", "20", "--wait", "0S")).isDifferent(expected);
            try (TributaryProcess pipeline = carried.start()) {
                Carried.await("it follows", pipeline, () -> carried.follows("diffed"));
                Diffed.of(carried.process("diff", "--limit", "20")).isDifferent(expected);
                assertThat(pipeline.terminate().exitCode(Carried.LIMIT)).isZero();
            }
            // nobody says how far it is any more
            Diffed.of(carried.process("diff", "--wait", "1S")).couldNotTell("did not catch up within 1 s");
        }
    }

    @Test
    void aListInAnotherOrderIsADifferenceInPlainDocumentsAndASetIsNot() throws Exception {
        source.create("diffed", "id", "sort");
        for (int id = 10; id < 15; id++) {
            source.put("diffed", item(id));
        }
        try (Carried carried = Carried.of("dynamo_diffed", "diffed", "&json=plain")) {
            carried.catchUp();
            carried.execute("UPDATE diffed SET texts = '[\"b\", \"a\"]', numbers = '[\"2.5\", 1]' WHERE id = 'k10'");
            Diffed.of(carried.process("diff", "--wait", "0S")).isEqual();

            carried.execute("UPDATE diffed SET list = '[\"1\", 1]' WHERE id = 'k11'");
            carried.execute("UPDATE diffed SET texts = '[\"b\", \"a\", \"a\"]' WHERE id = 'k12'");
            carried.execute("UPDATE diffed SET map = '{\"n\": \"2\"}' WHERE id = 'k13'");
            Diffed.of(carried.process("diff", "--wait", "0S"))
                    .isDifferent(
                            "diffed: 3 differ (3 changed)",
                            "  changed id='k11', sort='s': list",
                            "  changed id='k12', sort='s': texts",
                            "  changed id='k13', sort='s': map");
        }
    }

    @Test
    void tablesAndColumnsThatAreMissingAreDifferences() throws Exception {
        source.create("diffed", "id", "sort");
        source.create("gone", "id", "sort");
        source.put("diffed", item(1));
        try (Carried carried = Carried.of("dynamo_diffed", "diffed,gone", "")) {
            carried.catchUp();
            carried.execute("DROP TABLE gone");
            carried.execute("ALTER TABLE diffed DROP COLUMN _other");
            Diffed.of(carried.process("diff", "--wait", "0S"))
                    .isDifferent(
                            "diffed: 1 differ (1 changed); column _other is missing at the target",
                            "  changed id='k1', sort='s': null",
                            "gone: missing at the target");
            Diffed.of(carried.process("diff", "--wait", "0S", "--tables", "gone"))
                    .isDifferent("gone: missing at the target");
        }
    }

    @Test
    void columnsThatNoItemIsWrittenToAreNobodysDifferences() throws Exception {
        source.create("diffed", "id", "sort");
        source.put("diffed", item(1));
        try (Carried carried = Carried.of("dynamo_diffed", "diffed", "")) {
            carried.catchUp();
            carried.execute("ALTER TABLE diffed ADD COLUMN twice VARCHAR(50) AS (CONCAT(text, text)) VIRTUAL,"
                    + " ADD COLUMN amount DECIMAL(10,2) UNSIGNED NOT NULL DEFAULT 1,"
                    + " ADD COLUMN flag TINYINT(1) UNSIGNED NOT NULL DEFAULT 1");
            Diffed.of(carried.process("diff", "--wait", "0S")).isEqual();
            carried.execute("ALTER TABLE diffed ADD COLUMN mine VARCHAR(50) NOT NULL DEFAULT 'x'");
            Diffed.of(carried.process("diff", "--wait", "0S"))
                    .isDifferent("diffed: 1 differ (1 changed)", "  changed id='k1', sort='s': mine");
        }
    }

    @Test
    void whatIsFoundOfATableStandsWhereAnotherCanNotBeRead() throws Exception {
        source.create("diffed", "id", "sort");
        source.create("lost", "id", "sort");
        source.put("diffed", item(1));
        source.put("lost", item(1));
        try (Carried carried = Carried.of("dynamo_diffed", "diffed,lost", "")) {
            carried.catchUp();
            carried.execute("DELETE FROM diffed");
            carried.execute("ALTER TABLE lost DISCARD TABLESPACE");
            Diffed diff = Diffed.of(carried.process("diff", "--wait", "0S"));
            assertThat(diff.exitCode()).as(diff.said()).isEqualTo(1);
            assertThat(diff.lines())
                    .as(diff.said())
                    .contains("diffed: 1 differ (1 missing)")
                    .anyMatch(line -> line.startsWith("lost: could not tell: TRIBUTARY_SINK"));
        }
    }

    @Test
    void changesOnTheirWayAreNoDifferencesInMySql() throws Exception {
        source.create("diffed", "id", "sort");
        source.putAll("diffed", ItemLoad.seed(ITEMS, 7));
        try (Carried carried = Carried.of("dynamo_diffed", "diffed", "");
                ItemLoad load = ItemLoad.start(source, "diffed", 8, ITEMS);
                TributaryProcess pipeline = carried.start()) {
            Carried.await("it follows", pipeline, () -> carried.follows("diffed"));
            long before = load.written();
            Diffed.of(carried.process("diff")).isEqual();
            assertThat(load.written()).isGreaterThan(before);
        }
    }

    @Test
    void changesOnTheirWayAreNoDifferencesInDynamoDb() throws Exception {
        source.create("diffed", "id", "sort");
        source.putAll("diffed", ItemLoad.seed(ITEMS, 7));
        DynamoTables target = new DynamoTables("diff_", source.url("diffed", ""));
        try (ItemLoad load = ItemLoad.start(source, "diffed", 8, ITEMS);
                TributaryProcess pipeline = target.start()) {
            Carried.await("it follows", pipeline, () -> target.shards("closed") == 1);
            long before = load.written();
            Diffed.of(target.process("diff")).isEqual();
            assertThat(load.written()).isGreaterThan(before);
        }
    }

    @Test
    void everyDifferenceInItemsIsFoundAndItsAttributeIsNamed() throws Exception {
        source.create("diffed", "id", "sort");
        source.create("gone", request -> {}, ScalarAttributeType.N, "id");
        EveryValue.fill(source, "diffed");
        for (int id = 10; id < 20; id++) {
            source.put("diffed", item(id));
        }
        source.put("gone", Map.of("id", fromN("1")));
        DynamoTables target = new DynamoTables("diff_", source.url("diffed,gone", ""));
        target.catchUp();
        Diffed.of(target.process("diff", "--wait", "0S")).isEqual();

        change(10, "number", fromN("1.51"));
        change(11, "number", fromS("1.5"));
        change(12, "numbers", fromNs(List.of("1", "2.5", "3")));
        change(13, "list", fromL(List.of(fromS("1"), fromN("1"))));
        change(14, "null", fromNul(true), "more", fromNul(true));
        change(15, "map", fromM(Map.of("n", fromN("2"), "N", fromNul(true))));
        // the same
        change(16, "numbers", fromNs(List.of("2.5", "1.0")));
        source.delete("diff_diffed", EveryValue.item("k17", "s"));
        source.put("diff_diffed", EveryValue.item("k9", "s"));
        String[] expected = {
            "diffed (target diff_diffed): 8 differ (1 missing, 1 extra, 6 changed)",
            "  missing id='k17', sort='s'",
            "  extra id='k9', sort='s'",
            "  changed id='k10', sort='s': number",
            "  changed id='k11', sort='s': number",
            "  changed id='k12', sort='s': numbers",
            "  changed id='k13', sort='s': list",
            "  changed id='k14', sort='s': more",
            "  changed id='k15', sort='s': map",
            "gone (target diff_gone): 1 rows, equal"
        };
        try (TributaryProcess pipeline = target.start()) {
            Carried.await("it follows", pipeline, () -> target.follows(2));
            Diffed.of(target.process("diff")).isDifferent(expected);
            assertThat(pipeline.terminate().exitCode(Carried.LIMIT)).isZero();
        }
        Diffed.of(target.process("diff", "--wait", "1S")).couldNotTell("did not catch up within 1 s");

        source.client().deleteTable(request -> request.tableName("diff_gone"));
        Diffed.of(target.process("diff", "--wait", "0S", "--tables", "gone"))
                .isDifferent("gone (target diff_gone): missing at the target");
        source.create("diff_gone", request -> {}, ScalarAttributeType.S, "id");
        Diffed.of(target.process("diff", "--wait", "0S", "--tables", "gone"))
                .isDifferent("gone (target diff_gone): its key is id (S) at the target, and has to be id (N)");
    }

    /** @param changes names and values */
    private void change(int id, Object... changes) {
        Map<String, AttributeValue> item = new HashMap<>(item(id));
        for (int i = 0; i < changes.length; i += 2) {
            item.put((String) changes[i], (AttributeValue) changes[i + 1]);
        }
        source.put("diff_diffed", item);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --float-digits=6 |                           | --float-digits: numbers of DynamoDB are compared exactly
            --keyspace=a     |                           | --keyspace: a DynamoDB has none
            --tables=a       |                           | --tables: the source has no table 'a'
            --limit=1        | TRIBUTARY_KEY_COLUMNS=a=b | TRIBUTARY_KEY_COLUMNS: i
            """)
    void whatCanNotBeComparedIsSaid(String flag, String setting, String said) {
        source.create("diffed", "id", "sort");
        DynamoTables target = new DynamoTables("diff_", source.url("diffed", ""));
        if (setting != null) {
            int equals = setting.indexOf('=');
            target.with(setting.substring(0, equals), setting.substring(equals + 1));
        }
        Diffed.of(target.process("diff", flag)).couldNotTell(said);
    }

    @Test
    void aTableIsNotComparedWithItself() {
        source.create("diffed", "id", "sort");
        DynamoTables target = new DynamoTables("diff_", source.url("diffed", ""))
                .with("TRIBUTARY_SINK", "dynamodb://tributary:secret@us-east-1/?endpoint=" + source.endpoint());
        Diffed.of(target.process("diff")).couldNotTell("TRIBUTARY_SINK: table 'diffed' is the source's own");
    }

    @Test
    void aTableThatIsNotThereCanNotBeTold() {
        DynamoTables target = new DynamoTables("diff_", source.url("no_such_table", ""));
        Diffed.of(target.process("diff")).couldNotTell("there is no table 'no_such_table'");
    }
}
