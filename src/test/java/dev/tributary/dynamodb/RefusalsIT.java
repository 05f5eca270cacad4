package dev.tributary.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.SharedServers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong is said with the setting's name, at once, and without a secret. */
class RefusalsIT {
    private final DynamoDb source = SharedServers.dynamoDb();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            missing   |                  |                                  | 2 | TRIBUTARY_SOURCE: there is no such table or stream in us-east-1, while describing table missing
            refused,a |                  |                                  | 2 | 'a' is no name of a DynamoDB table
            refused   | &segmnts=2       |                                  | 2 | unknown parameter 'segmnts'; known are consistent, discovery_poll
            refused   | &item=xml        |                                  | 2 | parameter 'item' is columns or json, not 'xml'
            refused   | &enable_stream=0 |                                  | 2 | table 'refused' has no stream: enable it
            refused   |                  | TRIBUTARY_LOST_POSITION=resnapshot | 2 | TRIBUTARY_LOST_POSITION: 'resnapshot' is not there for DynamoDB
            refused   |                  | TRIBUTARY_KEY_COLUMNS=refused=n  | 2 | TRIBUTARY_KEY_COLUMNS: items of DynamoDB are told apart by their own key alone
            """)
    void whatIsWrongIsSaid(String tables, String parameters, String setting, int code, String said) throws Exception {
        source.create("refused", "id");
        try (Carried carried = Carried.of("dynamo_refused", tables, parameters == null ? "" : parameters)) {
            if (setting != null) {
                int equals = setting.indexOf('=');
                carried.with(setting.substring(0, equals), setting.substring(equals + 1));
            }
            try (TributaryProcess pipeline = carried.start()) {
                assertThat(pipeline.exitCode(Carried.LIMIT))
                        .as(Carried.said(pipeline))
                        .isEqualTo(code);
                assertThat(Carried.said(pipeline)).contains(said).doesNotContain("secret@", "Exception");
            }
        }
    }

    @Test
    void nobodyThereIsSaid() throws Exception {
        try (Carried carried = Carried.of("dynamo_refused", java.net.URI.create("http://127.0.0.1:1"), "refused", "");
                TributaryProcess pipeline = carried.start()) {
            assertThat(pipeline.exitCode(Carried.LIMIT)).isEqualTo(1);
            assertThat(Carried.said(pipeline)).contains("while describing table refused: can't connect");
        }
    }

    @Test
    void checkTellsShardsAndTablesAndChangesNothing() throws Exception {
        source.create("refused", "id", "sort");
        try (Carried carried = Carried.of("dynamo_refused", "refused", "");
                TributaryProcess check = carried.process("check").start()) {
            assertThat(check.exitCode(Carried.LIMIT)).as(Carried.said(check)).isZero();
            assertThat(check.output())
                    .contains(
                            "source dynamodb://us-east-1/refused: DynamoDB in us-east-1 at 127.0.0.1",
                            "shard refused/snapshot",
                            "table refused.refused, key id, sort");
            assertThat(carried.query("SHOW TABLES")).isEmpty();
            assertThat(source.client()
                            .describeTable(request -> request.tableName("refused"))
                            .table()
                            .streamSpecification())
                    .isNull();
        }
    }

    @Test
    void aTableThatIsNotToBeAlteredKeepsWhatItHasNoColumnFor() throws Exception {
        source.create("refused", "id");
        source.put("refused", Map.of("id", fromS("a"), "n", fromN("1"), "age", fromN("7"), "twice", fromN("3")));
        try (Carried carried = Carried.of("dynamo_refused", "refused", "").with("TRIBUTARY_SCHEMA", "none")) {
            carried.execute("CREATE TABLE refused (id VARBINARY(2048) NOT NULL PRIMARY KEY, n DECIMAL(10,2), age INT,"
                    + " twice DECIMAL(10,2) GENERATED ALWAYS AS (n * 2) STORED, _other JSON)");
            carried.catchUp();

            assertThat(carried.query("SELECT id, n, _other FROM refused"))
                    .isEqualTo(List.of(List.of("a", "1.00", "{\"age\": {\"N\": \"7\"}, \"twice\": {\"N\": \"3\"}}")));
            source.put("refused", Map.of("id", fromS("a"), "n", fromN("1.234")));
            carried.catchUp();
            assertThat(carried.query("SELECT id, n, _other FROM refused"))
                    .isEqualTo(List.of(java.util.Arrays.asList("a", null, "{\"n\": {\"N\": \"1.234\"}}")));
        }
    }
}
