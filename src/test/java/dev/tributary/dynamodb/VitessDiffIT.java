package dev.tributary.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromB;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromN;
import static software.amazon.awssdk.services.dynamodb.model.AttributeValue.fromS;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** {@code diff} of rows of a Vitess with two shards and items of DynamoDB. */
@NeedsVitess
class VitessDiffIT {
    /** A column of every type, and two values for it. */
    private static final Map<String, List<String>> COLUMNS = new LinkedHashMap<>();

    private static void column(String name, String type, String value, String other) {
        COLUMNS.put(name, List.of(type, value, other));
    }

    static {
        column("tiny", "TINYINT", "-128", "0");
        column("zeros", "INT(8) UNSIGNED ZEROFILL", "42", "43");
        column("big", "BIGINT UNSIGNED", "18446744073709551615", "1");
        column("price", "DECIMAL(12,2)", "1234.50", "-0.10");
        column("wide", "DECIMAL(65,30)", "12345.123456789012345678901234567891", "1");
        column("wider", "DECIMAL(65,0)", "12345678901234567890123456789012345678901234567890", "7");
        column("single", "FLOAT", "0.1", "16777216");
        column("dbl", "DOUBLE", "0.1", "'1e300'");
        column("zero", "DOUBLE", "'-0'", "'1e-200'");
        column("bits", "BIT(9)", "b'100000001'", "b'1'");
        column("day", "DATE", "'2024-02-29'", "'9999-12-31'");
        column("moment", "DATETIME(6)", "'2024-02-29 12:00:00.000001'", "'1000-01-01 00:00:00'");
        column("stamp", "TIMESTAMP(3) NULL", "'2024-03-31 02:30:00.5'", "'1970-01-02 00:00:01'");
        column("span", "TIME(3)", "'-838:59:59'", "'00:00:00.001'");
        column("year_of", "YEAR", "2024", "1901");
        column("name", "VARCHAR(50)", "'Grün 🐟'", "''");
        column("fixed", "CHAR(10)", "'ab '", "'x'");
        column("latin", "VARCHAR(50) CHARACTER SET latin1", "'é€'", "'e'");
        column("two_bytes", "VARCHAR(50) CHARACTER SET ucs2", "'漢'", "'漠'");
        column("words", "TEXT", "REPEAT('x', 60000)", "'y'");
        column("padded", "BINARY(8)", "0x0001", "0x00");
        column("bytes", "VARBINARY(20)", "0x00FF20", "''");
        column("large", "LONGBLOB", "0x27225C00", "0x00");
        column("one_of", "ENUM('a','b,c')", "'b,c'", "'a'");
        column("some_of", "SET('x','y','z')", "'x,z'", "''");
        column("doc", "JSON", "'{\"b\": [1, null, 1.5e3], \"a\": {\"\": -0.0}}'", "'[1, \"x\", {\"k\": true}]'");
        column("word", "JSON", "'\"[1]\"'", "'\"plain\"'");
        column("large_doc", "JSON", "'[1e200, 18446744073709551615]'", "'null'");
        column("place", "POINT", "ST_GeomFromText('POINT(1 2)')", "ST_GeomFromText('POINT(3 4)')");
        column("nothing", "VARCHAR(50)", "NULL", "'N'");
    }

    private final VitessCluster source = SharedServers.vitess();
    private final DynamoDb service = SharedServers.dynamoDb();

    @BeforeEach
    void create() throws SQLException {
        source.resetKeyspace();
        source.applyVSchema("{\"sharded\": true, \"vindexes\": {\"hash\": {\"type\": \"hash\"},"
                + " \"bytes\": {\"type\": \"binary_md5\"}}, \"tables\": {"
                + "\"kinds\": {\"column_vindexes\": [{\"column\": \"id\", \"name\": \"hash\"}]},"
                + "\"parts\": {\"column_vindexes\": [{\"column\": \"a\", \"name\": \"hash\"}]},"
                + "\"tokens\": {\"column_vindexes\": [{\"column\": \"token\", \"name\": \"bytes\"}]}}}");
        StringBuilder kinds = new StringBuilder("CREATE TABLE kinds (id BIGINT PRIMARY KEY");
        COLUMNS.forEach(
                (name, kind) -> kinds.append(", `").append(name).append("` ").append(kind.getFirst()));
        source.execute(
                kinds + ")",
                "CREATE TABLE parts (a BIGINT, b VARCHAR(20), c DECIMAL(8,3), d VARBINARY(8), v INT,"
                        + " PRIMARY KEY (a, b, c, d))",
                "CREATE TABLE tokens (token VARBINARY(16), at DATETIME(3), v INT, PRIMARY KEY (token, at))");
        for (int id = 1; id <= 6; id++) {
            insert(id, 1 + id % 2);
        }
        for (int i = 0; i < 8; i++) {
            source.execute("INSERT INTO parts (a, b, c, d, v) VALUES (" + i + ", 'Ä\"\\\\ " + i + "', " + i
                    + ".500, 0x00FF0" + i + ", 1)");
            source.execute("INSERT INTO tokens (token, at, v) VALUES (0x00" + i + i + ", '2024-01-0" + (i + 1)
                    + " 00:00:00.5', 1)");
        }
    }

    @AfterEach
    void reset() throws SQLException {
        source.resetKeyspace();
    }

    /** @param which of a column's two values */
    private void insert(int id, int which) throws SQLException {
        List<String> values = new ArrayList<>(List.of(String.valueOf(id)));
        COLUMNS.values().forEach(kind -> values.add(kind.get(which)));
        source.execute("INSERT INTO kinds (id, `" + String.join("`, `", COLUMNS.keySet()) + "`) VALUES ("
                + String.join(", ", values) + ")");
    }

    private DynamoTables target(String prefix, String parameters) {
        DynamoTables target = new DynamoTables(
                prefix,
                "vitess://127.0.0.1:" + source.grpcPort() + "/" + source.keyspace() + "?mysql_port="
                        + source.mysqlPort());
        return target.with("TRIBUTARY_SINK", target.url(service.endpoint(), parameters));
    }

    private void change(String table, Map<String, AttributeValue> key, String name, AttributeValue value) {
        Map<String, AttributeValue> item = new HashMap<>(service.client()
                .getItem(request -> request.tableName(table).key(key))
                .item());
        assertThat(item).as("%s %s", table, key).isNotEmpty();
        item.put(name, value);
        service.put(table, item);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&json=map"})
    void rowsWithValuesOfEveryTypeAreEqualAndWhatIsNotIsNamed(String json) throws Exception {
        DynamoTables target = target("rows_", json);
        target.catchUp();
        Diffed.of(target.process("diff", "--wait", "0S")).isEqual();

        // as changes, too
        source.execute("DELETE FROM kinds WHERE id = 1");
        for (int id = 7; id <= 12; id++) {
            insert(id, 1 + id % 2);
        }
        for (Map.Entry<String, List<String>> column : COLUMNS.entrySet()) {
            source.execute("UPDATE kinds SET `" + column.getKey() + "` = "
                    + column.getValue().get(1) + " WHERE id IN (2, 3)");
        }
        source.execute("UPDATE kinds SET nothing = NULL, words = NULL, price = NULL WHERE id = 4");
        source.execute("UPDATE parts SET v = v + 1 WHERE a < 4");
        target.catchUp();
        Diffed.of(target.process("diff", "--wait", "0S")).isEqual();

        Map<String, AttributeValue> five = Map.of("id", fromN("5"));
        change("rows_kinds", five, "tiny", fromN("1"));
        change("rows_kinds", five, "price", fromS("1234.50"));
        change("rows_kinds", five, "dbl", fromN("0.1000000000000001"));
        change("rows_kinds", five, "padded", fromB(SdkBytes.fromByteArray(new byte[] {0, 1})));
        change("rows_kinds", five, "name", fromS("grün 🐟"));
        change("rows_kinds", five, "doc", fromS("{\"b\": [1, null, 1501], \"a\": {\"\": -0.0}}"));
        change("rows_kinds", five, "nothing", fromS(""));
        change("rows_kinds", Map.of("id", fromN("6")), "added", fromS(""));
        service.delete("rows_kinds", Map.of("id", fromN("7")));
        service.put("rows_kinds", Map.of("id", fromN("-1")));
        service.put("rows_parts", Map.of("a", fromN("3"), "_key", fromS("no key")));
        String[] expected = {
            "kinds (target rows_kinds): 4 differ (1 missing, 1 extra, 2 changed)",
            "  missing id=7",
            "  extra id=-1",
            "  changed id=5: dbl, doc, name, nothing, padded, price, tiny",
            "  changed id=6: added",
            "parts (target rows_parts): 1 differ (1 extra)",
            "  extra a=3, _key='no key'",
            "tokens (target rows_tokens): 8 rows, equal"
        };
        Diffed.of(target.process("diff", "--wait", "0S")).isDifferent(expected);
        try (TributaryProcess pipeline = target.start()) {
            Carried.await("it follows", pipeline, () -> target.follows(2));
            Diffed.of(target.process("diff")).isDifferent(expected);
            assertThat(pipeline.terminate().exitCode(Carried.LIMIT)).isZero();
        }
        source.execute("UPDATE parts SET v = 100 WHERE a = 1");
        Diffed.of(target.process("diff", "--wait", "1S", "--tables", "parts"))
                .couldNotTell("did not catch up within 1 s");

        service.client().deleteTable(request -> request.tableName("rows_tokens"));
        service.create("rows_more", "id");
        Diffed structure = Diffed.of(target.process("diff", "--wait", "0S"));
        assertThat(structure.lines())
                .as(structure.said())
                .contains("tokens (target rows_tokens): missing at the target", "rows_more: only at the target");
    }

    @Test
    void keysAreFoundAgainOneByOne() throws Exception {
        DynamoTables target = target("keys_", "");
        target.catchUp();
        for (Map<String, AttributeValue> item : target.items("parts")) {
            change(
                    "keys_parts",
                    Map.of("a", DynamoTables.value(item, "a"), "_key", DynamoTables.value(item, "_key")),
                    "v",
                    fromN("5"));
        }
        for (Map<String, AttributeValue> item : target.items("tokens")) {
            change(
                    "keys_tokens",
                    Map.of("token", DynamoTables.value(item, "token"), "at", DynamoTables.value(item, "at")),
                    "v",
                    fromN("5"));
        }
        // what is read one by one is what was scanned: else rows would be missing here
        Diffed diff = Diffed.of(target.process("diff", "--wait", "0S", "--limit", "1"));
        assertThat(diff.lines())
                .as(diff.said())
                .contains(
                        "kinds (target keys_kinds): 6 rows, equal",
                        "parts (target keys_parts): 8 differ (8 changed)",
                        "tokens (target keys_tokens): 8 differ (8 changed)")
                .anyMatch(line -> line.startsWith("  changed a=") && line.endsWith(": v"))
                .anyMatch(line -> line.startsWith("  changed token=base64 ") && line.endsWith(": v"));
    }
}
