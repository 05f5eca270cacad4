package dev.tributary.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.diff.DiffReport.Verdict;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Every kind of difference, planted at the target by SQL, and that there is no other. */
@NeedsVitess
class DiffIT {
    private static final VitessCluster SOURCE = SharedServers.vitess();

    /** A column of every type, what it holds, and what it is changed to. */
    private static final Map<String, List<String>> CHANGES = new LinkedHashMap<>();

    private static void change(String name, String type, String value, String changed) {
        CHANGES.put(name, List.of(type, value, changed));
    }

    static {
        change("tiny", "TINYINT", "-128", "-127");
        change("zeros", "INT(8) UNSIGNED ZEROFILL", "42", "43");
        change("big", "BIGINT UNSIGNED", "18446744073709551615", "18446744073709551614");
        change("dec", "DECIMAL(65,30)", "12345.123456789012345678901234567891", "12345.123456789012345678901234567892");
        change("single", "FLOAT", "16777216", "16777214");
        change("digits", "FLOAT", "0.1", "0.10000001");
        change("dbl", "DOUBLE", "'0.1'", "'0.10000000000000002'");
        change("zero", "DOUBLE", "0", "'-0'");
        change("bits", "BIT(9)", "b'100000001'", "b'100000000'");
        change("flag", "BIT(64)", "0xFFFFFFFFFFFFFFFF", "0x7FFFFFFFFFFFFFFF");
        change("day", "DATE", "'0000-00-00'", "'0000-00-01'");
        change("moment", "DATETIME(6)", "'2024-02-29 12:00:00.000001'", "'2024-02-29 12:00:00.000002'");
        change("stamp", "TIMESTAMP(6) NULL", "'2024-03-31 02:30:00.5'", "'2024-03-31 02:30:00.500001'");
        change("never", "TIMESTAMP NULL", "'0000-00-00 00:00:00'", "'1970-01-01 00:00:01'");
        change("span", "TIME(3)", "'-838:59:59'", "'-838:59:58.999'");
        change("year_of", "YEAR", "2024", "0");
        change("letter_case", "VARCHAR(50)", "'Grün'", "'grün'");
        change("accent", "VARCHAR(50)", "'Grün'", "'Grun'");
        change("blank", "VARCHAR(50)", "'x'", "'x '");
        change("fixed", "CHAR(10)", "'ab'", "'Ab'");
        change("nothing", "VARCHAR(50)", "NULL", "''");
        change("something", "VARCHAR(50)", "''", "NULL");
        change("the_letter", "VARCHAR(50)", "NULL", "'N'");
        change("latin", "VARCHAR(50) CHARACTER SET latin1", "'é€'", "'e€'");
        change("two_bytes", "VARCHAR(50) CHARACTER SET ucs2", "'漢'", "'漠'");
        change("words", "TEXT", "REPEAT('x', 60000)", "CONCAT(REPEAT('x', 59999), 'y')");
        change("more_words", "LONGTEXT CHARACTER SET latin1", "REPEAT('é', 100000)", "REPEAT('é', 100001)");
        change("padded", "BINARY(8)", "0x0001", "0x0001000000000001");
        change("bytes", "VARBINARY(20)", "0x00FF20", "0x00FF");
        change("large", "LONGBLOB", "0x27225C00", "0x27225C");
        change("one_of", "ENUM('a','b,c')", "'a'", "'b,c'");
        change("some_of", "SET('x','y','z')", "'x,z'", "'x,y,z'");
        change("doc", "JSON", "'{\"a\": [1, null]}'", "'{\"a\": [1, \"null\"]}'");
        change("place", "POINT", "ST_GeomFromText('POINT(1 2)')", "ST_GeomFromText('POINT(1 2)', 4326)");
        change("shape", "GEOMETRY", "ST_GeomFromText('LINESTRING(0 0,1 1)')", "ST_GeomFromText('LINESTRING(1 1,0 0)')");
    }

    @AfterAll
    static void reset() throws SQLException {
        SOURCE.resetKeyspace();
    }

    private static Compared compared(String database) throws SQLException {
        return Compared.create(SOURCE, SharedServers.mysql(), database);
    }

    @Test
    void aChangeInAColumnOfAnyTypeIsFoundAndItsColumnIsNamed() throws SQLException {
        Compared both = compared("diff_types");
        StringBuilder columns = new StringBuilder("id INT PRIMARY KEY");
        StringBuilder values = new StringBuilder("n");
        CHANGES.forEach((name, kind) -> {
            columns.append(", `").append(name).append("` ").append(kind.get(0));
            values.append(", ").append(kind.get(1));
        });
        columns.append(", made VARCHAR(60) GENERATED ALWAYS AS (CONCAT(letter_case, '!')) VIRTUAL");
        both.table("kinds", columns.toString());
        String insert = "INSERT INTO kinds (id, `" + String.join("`, `", CHANGES.keySet()) + "`) ";
        for (int id = 1; id <= 3; id++) {
            String row = insert + "SELECT " + values.toString().replaceFirst("^n", String.valueOf(id));
            both.shard(SOURCE.shards().get(id % 2), row);
            both.target(row);
        }
        assertThat(both.lines()).containsExactly("kinds: 3 rows, equal");

        for (Map.Entry<String, List<String>> change : CHANGES.entrySet()) {
            String name = change.getKey();
            both.target("UPDATE kinds SET `" + name + "` = " + change.getValue().get(2) + " WHERE id = 2");
            String named = name.equals("letter_case") ? "letter_case, made" : name;
            assertThat(both.lines())
                    .as(name)
                    .containsExactly("kinds: 1 differ (1 changed)", "  changed id=2: " + named);
            both.target("UPDATE kinds SET `" + name + "` = " + change.getValue().get(1) + " WHERE id = 2");
        }
        assertThat(both.lines()).containsExactly("kinds: 3 rows, equal");
    }

    @Test
    void floatsMayBeComparedByTheDigitsThatACopyKeeps() throws SQLException {
        Compared both = compared("diff_floats").table("floats", "id INT PRIMARY KEY, f FLOAT");
        both.rows("floats", 10, "n, 16777216");
        both.target("UPDATE floats SET f = 16777200 WHERE id = 4");
        DiffOptions six = new DiffOptions("", Set.of(), 10, true, Duration.ZERO, 4);

        assertThat(both.diff(six).verdict()).isEqualTo(Verdict.EQUAL);
        assertThat(both.lines()).containsExactly("floats: 1 differ (1 changed)", "  changed id=4: f");
        both.target("UPDATE floats SET f = 16777100 WHERE id = 4");
        assertThat(both.diff(six).verdict()).isEqualTo(Verdict.DIFFERENT);
    }

    /** More rows than a range has, so that there are bounds; and far more on one side than on the other. */
    @Test
    void missingExtraAndSwappedRowsAreFoundWhereverTheyAre() throws SQLException {
        Compared both = compared("diff_rows").table("items", "id BIGINT PRIMARY KEY, v INT, w VARCHAR(20)");
        both.rows("items", 70_000, "n * 10, n, CONCAT('row ', n)");
        assertThat(both.diff().lines())
                .containsExactly("items: 70,000 rows, equal", "diff: 1 tables, 70,000 rows, equal");

        both.target(
                "DELETE FROM items WHERE id IN (10, 250000, 700000)",
                "INSERT INTO items VALUES (-1, 0, ''), (250001, 0, ''), (800000, 0, '')",
                "UPDATE items SET v = 3 - v WHERE id IN (20)",
                "UPDATE items SET v = IF(id = 1000, 200, 100) WHERE id IN (1000, 2000)",
                "UPDATE items SET v = NULL, w = 'row 60000x' WHERE id = 600000");
        assertThat(both.diff().lines())
                .containsExactly(
                        "items: 10 differ (3 missing, 3 extra, 4 changed)",
                        "  missing id=10",
                        "  missing id=250000",
                        "  missing id=700000",
                        "  extra id=-1",
                        "  extra id=250001",
                        "  extra id=800000",
                        "  changed id=20: v",
                        "  changed id=1000: v",
                        "  changed id=2000: v",
                        "  changed id=600000: v, w",
                        "diff: 1 tables, 70,000 rows, different");

        both.target("DELETE FROM items WHERE id > 100");
        DiffReport crowded = both.diff(new DiffOptions("", Set.of(), 2, false, Duration.ZERO, 4));
        assertThat(crowded.lines().getFirst()).isEqualTo("items: 69,993 differ (69,991 missing, 1 extra, 1 changed)");
        assertThat(crowded.tables().getFirst().shown()).hasSize(4);

        both.shard(SOURCE.shards().getFirst(), "DELETE FROM items");
        both.shard(SOURCE.shards().getLast(), "DELETE FROM items");
        both.rowsAtTheTarget("items", 70_000, "n * 10 + 100000, n, ''");
        assertThat(both.diff().lines().getFirst()).startsWith("items: 70,010 differ (70,010 extra)");
    }

    @Test
    void rowsWithoutAKeyAreCounted() throws SQLException {
        Compared both = compared("diff_keyless").table("log", "a INT, b VARCHAR(20), h INT");
        both.rows("log", 9_000, "n % 3000, IF(n % 3 = 0, NULL, 'x'), 1");
        assertThat(both.lines()).containsExactly("log: 9,000 rows, equal");

        both.target("DELETE FROM log WHERE a = 7 LIMIT 1");
        assertThat(both.lines()).containsExactly("log: 1 differ (1 missing)", "  missing a=7, b=x, h=1");
        both.target("INSERT INTO log VALUES (7, 'x', 1), (8, 'x', 1), (9, '', 1), (9, '', 1)");
        assertThat(both.lines())
                .containsExactlyInAnyOrder(
                        "log: 3 differ (3 extra)", "  extra a=8, b=x, h=1", "  extra 2 of a=9, b=, h=1");
        both.target("UPDATE log SET a = 9, b = NULL WHERE b = ''", "DELETE FROM log WHERE a = 8 AND b = 'x' LIMIT 1");
        assertThat(both.lines()).containsExactly("log: 2 differ (2 extra)", "  extra 2 of a=9, b=NULL, h=1");
    }

    /** MariaDB keeps the text that it is given, and says LONGTEXT. */
    @Test
    void documentsThatOneSideKeepsAsTextsAreComparedAsDocuments() throws SQLException {
        Compared both = Compared.create(SOURCE, SharedServers.mariaDb(), "diff_documents")
                .table("docs", "id INT PRIMARY KEY, d JSON, n INT, e JSON")
                .table("notes", "d JSON, n INT");
        String document = "CONCAT('{\"a\": [', n, ', 1e20, 0.10, \"x\"], \"b\": null}')";
        both.rows("docs", 3_000, "n, " + document + ", 1, NULL").rows("notes", 3_000, document + ", n % 2");
        String other = "CONCAT('{\"b\":null,\"a\":[', SUBSTRING_INDEX(SUBSTRING(d, 8), ',', 1),"
                + " ', 100000000000000000000, 1E-1, \"\\\\u0078\"]}')";
        both.target("UPDATE docs SET d = " + other, "UPDATE notes SET d = " + other);
        assertThat(both.lines()).containsExactly("docs: 3,000 rows, equal", "notes: 3,000 rows, equal");

        both.target(
                "UPDATE docs SET d = REPLACE(d, '100000000000000000000', '100000000000000000001') WHERE id = 7",
                "UPDATE docs SET n = 2 WHERE id = 8",
                "UPDATE docs SET e = 'null' WHERE id = 9",
                "UPDATE notes SET d = '[\"a, b\"]' WHERE d LIKE '%[5,%'",
                "INSERT INTO notes SELECT * FROM notes WHERE d LIKE '%[6,%'");
        assertThat(both.lines())
                .containsExactly(
                        "docs: 3 differ (3 changed)",
                        "  changed id=7: d",
                        "  changed id=8: n",
                        "  changed id=9: e",
                        "notes: 3 differ (1 missing, 2 extra)",
                        "  missing d={\"a\": [5, 1e20, 0.1, \"x\"], \"b\": null}, n=1",
                        "  extra d=[\"a, b\"], n=1",
                        "  extra d={\"b\":null,\"a\":[6, 100000000000000000000, 1E-1, \"\\u0078\"]}, n=0");
    }

    @Test
    void keysOfTextIgnoreCaseAndHaveSeveralColumns() throws SQLException {
        Compared both = compared("diff_keys")
                .table("products", "sku VARCHAR(40) COLLATE utf8mb4_0900_ai_ci PRIMARY KEY, v INT")
                .table("old", "sku CHAR(20) CHARACTER SET latin1 PRIMARY KEY, v INT")
                .table(
                        "lines",
                        "a INT, b VARBINARY(10), c DECIMAL(10,2), d DATETIME(3), v INT, PRIMARY KEY (a, b, c, d)")
                .table("labels", "kind ENUM('z','a') NOT NULL, at TIMESTAMP(3) NOT NULL, v INT, PRIMARY KEY (kind, at)")
                .table("factors", "factor DOUBLE, v INT, PRIMARY KEY (factor)");
        both.rows("products", 6_000, "CONCAT(IF(n % 2, 'Sku é ', 'sKU E '), n), n");
        both.rows("old", 6_000, "CONCAT(IF(n % 2, 'Sku é ', 'sKU '), n), n");
        both.rows("lines", 6_000, "n % 3, UNHEX(HEX(n)), n / 100, '2024-01-01' + INTERVAL n HOUR, n");
        both.rows("labels", 6_000, "1 + n % 2, '2024-01-01' + INTERVAL n HOUR, n");
        both.rows("factors", 6_000, "n / 7e0 * POW(11, n % 250), n");
        assertThat(both.lines()).hasSize(5).allMatch(line -> line.endsWith(": 6,000 rows, equal"));

        both.target(
                "UPDATE products SET sku = 'sku é 77' WHERE v = 77",
                "UPDATE products SET v = 0 WHERE v = 5000",
                "DELETE FROM old WHERE v = 5001",
                "UPDATE `lines` SET v = -1 WHERE v = 4000",
                "DELETE FROM labels WHERE v = 24",
                "UPDATE factors SET v = -1 WHERE v = 299",
                "UPDATE labels SET v = -1 WHERE v = 25");
        assertThat(both.lines())
                .containsExactly(
                        "factors: 1 differ (1 changed)",
                        "  changed factor=" + factor(both) + ": v",
                        "labels: 2 differ (1 missing, 1 changed)",
                        "  missing kind='z', at=2024-01-02 00:00:00.000",
                        "  changed kind='a', at=2024-01-02 01:00:00.000: v",
                        "lines: 1 differ (1 changed)",
                        "  changed a=1, b=0x0FA0, c=40.00, d=2024-06-15 16:00:00.000: v",
                        "old: 1 differ (1 missing)",
                        "  missing sku='Sku é 5001'",
                        "products: 3 differ (1 missing, 1 extra, 1 changed)",
                        "  missing sku='Sku é 77'",
                        "  extra sku='sku é 77'",
                        "  changed sku='sKU E 5000': v");
    }

    private static String factor(Compared both) throws SQLException {
        String text = String.valueOf(both.replica()
                .query("SELECT CAST(factor AS CHAR) FROM factors WHERE v = -1")
                .getFirst()
                .getFirst());
        return String.valueOf(Double.parseDouble(text));
    }

    @Test
    void theTargetMayHaveAnotherNameKeyAndTypes() throws SQLException {
        Compared both =
                compared("diff_override").table("orders", "id INT PRIMARY KEY, tenant INT NOT NULL, v VARCHAR(9)");
        both.rows("orders", 6_000, "n, n % 10, 'é'");
        both.target(
                "CREATE TABLE `all orders` (v TEXT CHARACTER SET latin1, tenant BIGINT, id BIGINT, PRIMARY KEY (tenant, id))",
                "INSERT INTO `all orders` SELECT v, tenant, id FROM orders",
                "DROP TABLE orders");
        both.with("TRIBUTARY_TABLE", "all orders").with("TRIBUTARY_KEY_COLUMNS", "all orders=tenant,id");
        assertThat(both.lines()).containsExactly("orders (target all orders): 6,000 rows, equal");

        both.target("UPDATE `all orders` SET v = 'e' WHERE id = 15", "DELETE FROM `all orders` WHERE id = 16");
        assertThat(both.lines())
                .containsExactly(
                        "orders (target all orders): 2 differ (1 missing, 1 changed)",
                        "  missing tenant=6, id=16",
                        "  changed tenant=5, id=15: v");
    }

    @Test
    void tablesAndColumnsThatOneSideLacksAreNamed() throws SQLException {
        Compared both = compared("diff_structure")
                .table("a", "id INT PRIMARY KEY, v INT, w INT")
                .table("b", "id INT PRIMARY KEY")
                .table("c", "id INT PRIMARY KEY");
        both.rows("a", 10, "n, n, n");
        both.target(
                "ALTER TABLE a DROP COLUMN w, ADD COLUMN x INT",
                "UPDATE a SET v = 0 WHERE id = 3",
                "DROP TABLE b",
                "CREATE TABLE d (id INT)",
                "CREATE TABLE tributary_of_its_own (id INT)");
        both.shard(SOURCE.shards().getLast(), "ALTER TABLE c ADD COLUMN late INT");

        DiffReport report = both.diff();

        assertThat(report.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(report.lines())
                .containsExactly(
                        "a: 1 differ (1 changed); column w is missing at the target; column x is only at the target",
                        "  changed id=3: v",
                        "b: missing at the target",
                        "c: column late is missing at commerce/"
                                + SOURCE.shards().getFirst(),
                        "d: only at the target",
                        "diff: 4 tables, 10 rows, different");
        assertThat(both.diff(new DiffOptions("", Set.of("b"), 10, false, Duration.ZERO, 4))
                        .tables())
                .singleElement()
                .extracting(TableReport::structure)
                .isEqualTo(List.of("missing at the target"));
    }

    /** Its servers are the shards behind a VTGate, as the source's are; here both are the same. */
    @Test
    void theTargetMayBeAShardedKeyspace() throws SQLException {
        Compared both = compared("diff_vitess").table("items", "id BIGINT PRIMARY KEY, v INT");
        both.rows("items", 6_000, "n, n");
        String gate = "vitess://127.0.0.1:" + SOURCE.mysqlPort() + "/commerce?checkpoint=lookup";
        both.with("TRIBUTARY_SINK", gate);
        assertThat(both.lines()).containsExactly("items: 6,000 rows, equal");

        both.with("TRIBUTARY_SINK", gate + "&target=:80-%40primary");
        assertThat(both.lines().getFirst()).isEqualTo("items: 3,000 differ (3,000 missing)");
        both.with("TRIBUTARY_SINK", "vitess://127.0.0.1:" + SOURCE.mysqlPort() + "/commerce");
        assertThatThrownBy(both::diff).hasMessageContaining("TRIBUTARY_SINK: keyspace commerce is sharded");
    }
}
