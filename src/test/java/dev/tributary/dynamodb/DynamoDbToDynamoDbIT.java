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
import dev.tributary.servers.StreamsDouble;
import dev.tributary.servers.WriteFaults;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** Tables of DynamoDB into others: what is there is the same item, whatever is in it. */
class DynamoDbToDynamoDbIT {
    private static final int ITEMS = 2000;
    private static final List<String> KEY = List.of("id", "sort");

    private final DynamoDb source = SharedServers.dynamoDb();

    private void assertEqual(DynamoTables target, String table) {
        assertThat(new HashSet<>(target.items(table))).isEqualTo(new HashSet<>(source.scan(table)));
    }

    @Test
    void everyValueOfEveryTypeArrivesAsItIs() throws Exception {
        source.create("values", request -> {}, ScalarAttributeType.N, "Id", "id");
        Map<String, AttributeValue> item = new HashMap<>(Map.of("Id", fromN("1E+100"), "id", fromN("-0.5")));
        item.put("text", fromS("ü☃🐟\u0000\"\\"));
        item.put("empty", fromS(""));
        item.put("number", fromN("12345678901234567890123456789012345678"));
        item.put("small", fromN("1E-130"));
        item.put("bytes", fromB(SdkBytes.fromByteArray(new byte[] {0, -1, 7})));
        item.put("none", fromB(SdkBytes.fromByteArray(new byte[0])));
        item.put("null", fromNul(true));
        item.put("bool", fromBool(false));
        item.put("texts", fromSs(List.of("a", "b")));
        item.put("numbers", fromNs(List.of("1", "2.5")));
        item.put("binaries", fromBs(List.of(SdkBytes.fromByteArray(new byte[] {1}))));
        item.put("_item", fromS("a name that is used for other things"));
        item.put("_other", fromM(Map.of()));
        item.put("nested", fromL(List.of(fromM(Map.of("x", fromL(List.of()), "N", fromN("1"))), fromNul(true))));
        source.put("values", item);
        DynamoTables target = new DynamoTables("copy_", source.url("values", ""));
        target.catchUp();
        assertEqual(target, "values");

        item.remove("nested");
        item.put("text", fromN("7"));
        source.put("values", item);
        source.put("values", Map.of("Id", fromN("2"), "id", fromN("2")));
        source.delete("values", Map.of("Id", fromN("2"), "id", fromN("2")));
        source.put("values", Map.of("Id", fromN("3"), "id", fromN("3")));
        target.catchUp();
        assertEqual(target, "values");
    }

    @Test
    void bothSidesAreEqualAfterKillsWhileShardsSplitAndTheTargetIsThrottled() throws Exception {
        source.createWithStream("killed", StreamViewType.NEW_AND_OLD_IMAGES, "id", "sort");
        source.putAll("killed", ItemLoad.seed(ITEMS, 5));
        try (StreamsDouble streams = StreamsDouble.before(source);
                WriteFaults faults = WriteFaults.before(source)) {
            DynamoTables target = new DynamoTables("copy_", DynamoDb.url(streams.endpoint(), "killed", "&segments=6"))
                    .with("TRIBUTARY_BATCH_ROWS", "50");
            target.with("TRIBUTARY_SINK", target.url(faults.endpoint(), "&timeout=3"));
            streams.stream("killed").pages(2, 100, 1);
            try (ItemLoad load = ItemLoad.start(source, "killed", 6, ITEMS)) {
                faults.throttle(20);
                target.killed("some is copied", () -> target.items("killed").size() > 200);
                streams.stream("killed").split(2);
                faults.takePartly(30);
                target.killed("more is copied", () -> target.parts(true) > 1);
                target.killed("the snapshot is over", () -> target.shards("closed") == 1);
                for (int i = 0; i < 2; i++) {
                    long before = load.written();
                    streams.stream("killed").split(2);
                    faults.fallSilent(1);
                    faults.throttle(10);
                    target.killed("changes were made meanwhile", () -> load.written() > before + 300);
                }
            }
            target.catchUp();
            // the Local keeps digits of numbers inside documents that say nothing, which the service does not
            assertThat(Items.ofSource(source, "copy_killed", KEY)).isEqualTo(Items.ofSource(source, "killed", KEY));
            assertThat(target.items("killed").size()).isGreaterThan(ITEMS / 2);
            Diffed.of(target.process("diff", "--wait", "0S")).isEqual();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ?endpoint=http://127.0.0.1:1&requsts=1 |                                    | 2 | TRIBUTARY_SINK: unknown parameter 'requsts'; known are endpoint, json
            ?endpoint=http://127.0.0.1:1           |                                    | 1 | TRIBUTARY_SINK: DynamoDB in us-east-1, while describing table tributary_checkpoint: can't connect
                                                   | TRIBUTARY_LOST_POSITION=resnapshot | 2 | TRIBUTARY_LOST_POSITION: 'resnapshot' is not there for DynamoDB
                                                   | TRIBUTARY_KEY_COLUMNS=a=b          | 2 | TRIBUTARY_KEY_COLUMNS: i
                                                   | TRIBUTARY_SCHEMA_DROPS=apply       | 2 | TRIBUTARY_SCHEMA_DROPS: 'apply' is not there for DynamoDB
            """)
    void whatIsWrongIsSaid(String parameters, String setting, int code, String said) throws Exception {
        source.create("refused", "id");
        DynamoTables target = new DynamoTables("refused_", source.url("refused", ""));
        if (parameters != null) {
            target.with("TRIBUTARY_SINK", "dynamodb://tributary:secret@us-east-1" + parameters);
        }
        if (setting != null) {
            int equals = setting.indexOf('=');
            target.with(setting.substring(0, equals), setting.substring(equals + 1));
        }
        try (TributaryProcess pipeline = target.start()) {
            assertThat(pipeline.exitCode(Carried.LIMIT))
                    .as(Carried.said(pipeline))
                    .isEqualTo(code);
            assertThat(Carried.said(pipeline)).contains(said).doesNotContain("secret@", "Exception");
        }
    }

    /** Its own changes would come back, and a copy that is broken off would delete what it has copied. */
    @ParameterizedTest
    @ValueSource(strings = {"run", "check"})
    void aTableIsNotCarriedIntoItself(String verb) throws Exception {
        source.create("itself", "id");
        source.put("itself", Map.of("id", fromS("a")));
        DynamoTables target = new DynamoTables("itself_", source.url("itself", ""))
                .with("TRIBUTARY_SINK", "dynamodb://tributary:secret@us-east-1?endpoint=" + source.endpoint())
                .with("TRIBUTARY_PIPELINE", "itself");
        try (TributaryProcess pipeline = target.process(verb).start()) {
            assertThat(pipeline.exitCode(Carried.LIMIT))
                    .as(Carried.said(pipeline))
                    .isEqualTo(2);
            assertThat(Carried.said(pipeline)).contains("TRIBUTARY_SINK: table 'itself' is the source's own");
        }
        assertThat(source.scan("itself")).containsExactly(Map.of("id", fromS("a")));
    }

    @Test
    void checkAndDiffSayWhatTheyCan() throws Exception {
        source.create("refused", "id");
        DynamoTables target = new DynamoTables("checked_", source.url("refused", ""));
        try (TributaryProcess check = target.process("check").start();
                TributaryProcess diff = target.process("diff").start()) {
            assertThat(check.exitCode(Carried.LIMIT)).as(Carried.said(check)).isZero();
            assertThat(String.join("\n", check.output())).contains("at least once, idempotent per key");
            // nothing is there yet
            assertThat(diff.exitCode(Carried.LIMIT)).as(Carried.said(diff)).isEqualTo(1);
            assertThat(diff.output()).first().isEqualTo("refused (target checked_refused): missing at the target");
        }
        assertThat(source.client().listTables().tableNames()).noneMatch(table -> table.startsWith("checked_"));
    }
}
