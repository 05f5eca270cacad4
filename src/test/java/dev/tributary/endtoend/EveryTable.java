package dev.tributary.endtoend;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A dozen tables with the common types and every kind of key, their rows, and changes to them in rounds. */
final class EveryTable {
    /** Rows of a table at first. */
    private static final int ROWS = 120;

    /** One table: {@code sharding} is the column that says its rows' shard. */
    private record Table(String name, String sharding, String definition) {}

    private static final List<Table> TABLES = List.of(
            new Table("numbers", "id", """
                    id bigint NOT NULL AUTO_INCREMENT, t tinyint(1), tu tinyint unsigned, s smallint, m mediumint unsigned,
                    i int(5) unsigned zerofill, b bigint unsigned, d decimal(20,6), du decimal(5,2) unsigned,
                    x double, y year, bits bit(12) DEFAULT b'101', PRIMARY KEY (id), KEY d (d DESC)"""),
            new Table("moments", "id", """
                    id int unsigned NOT NULL, d date, dt datetime(6), ts timestamp(3) NOT NULL
                    DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), t time(6), PRIMARY KEY (id)"""),
            new Table("texts", "code", """
                    code varchar(40) NOT NULL, l varchar(30) CHARACTER SET latin1, u varchar(20) CHARACTER SET utf8,
                    c char(10) COLLATE utf8mb4_general_ci, j varchar(20) COLLATE utf8mb4_ja_0900_as_cs, t mediumtext,
                    PRIMARY KEY (code), FULLTEXT KEY f (t)"""),
            new Table("bytes", "k", """
                    k varbinary(16) NOT NULL, b binary(4), v varbinary(100), bl mediumblob, PRIMARY KEY (k)"""),
            new Table("labels", "id", """
                    id smallint NOT NULL, e enum('red','it''s','Grün') DEFAULT 'red', s set('a','b','c') NOT NULL,
                    CONSTRAINT positive CHECK (id > 0), PRIMARY KEY (id)"""),
            new Table("documents", "id", """
                    id bigint NOT NULL, j json, name varchar(50) GENERATED ALWAYS AS (json_unquote(json_extract(j, '$.name')))
                    VIRTUAL, doubled bigint GENERATED ALWAYS AS (id * 2) STORED NOT NULL, PRIMARY KEY (id)"""),
            new Table("places", "id", """
                    id int NOT NULL, p point NOT NULL SRID 4326, g geometry, c geometrycollection, PRIMARY KEY (id),
                    SPATIAL KEY p (p)"""),
            new Table("pairs", "a", """
                    a int NOT NULL, b varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, v int,
                    PRIMARY KEY (a, b DESC)"""),
            new Table("members", "id", """
                    id bigint NOT NULL, mail varchar(100), PRIMARY KEY (id), UNIQUE KEY mail (mail)"""),
            new Table("prices", "amount", """
                    amount decimal(12,4) NOT NULL, note text, PRIMARY KEY (amount)"""),
            new Table("tags", "tag", """
                    tag char(12) NOT NULL, n int DEFAULT NULL, UNIQUE KEY tag (tag)"""),
            new Table("log", "a", """
                    a int, b varchar(50), j json, t tinytext, n int"""));

    static final List<String> NAMES = TABLES.stream().map(Table::name).toList();
    static final List<String> KEYED =
            NAMES.stream().filter(name -> !name.equals("log")).toList();

    static final String[] CREATE = TABLES.stream()
            .map(table -> "CREATE TABLE " + table.name() + " (" + table.definition() + ")")
            .toArray(String[]::new);

    private EveryTable() {}

    static String vschema(List<String> names) {
        return TABLES.stream()
                .filter(table -> names.contains(table.name()))
                .map(table -> "\"" + table.name() + "\": {\"column_vindexes\": [{\"column\": \"" + table.sharding()
                        + "\", \"name\": \"xx\"}]}")
                .collect(Collectors.joining(
                        ", ",
                        "{\"sharded\": true, \"vindexes\": {\"xx\": {\"type\": \"xxhash\"}}, \"tables\": {",
                        "}}"));
    }

    static String[] rows() {
        List<String> sql = new ArrayList<>();
        for (int i = 1; i <= ROWS; i++) {
            add(sql, i);
        }
        return sql.toArray(String[]::new);
    }

    /** A row in each table. */
    private static void add(List<String> sql, int i) {
        sql.add("INSERT INTO numbers (id, t, tu, s, m, i, b, d, du, x, y, bits) VALUES (" + i + ", " + (i % 2) + ", "
                + (i % 256) + ", " + (-i) + ", " + (16_777_215 - i) + ", " + i + ", " + "18446744073709551" + (100 + i)
                + ", " + (i % 7 == 0 ? "0" : "-12345678901234.00000" + (i % 10)) + ", " + i + ".5, '" + i + ".125', "
                + (1970 + i % 100) + ", " + (i % 3 == 0 ? "NULL" : "b'" + Integer.toBinaryString(i) + "'") + ")");
        sql.add("INSERT INTO moments (id, d, dt, ts, t) VALUES (" + (4_000_000_000L + i)
                + ", '2024-02-29', '1000-01-01 00:00:00."
                + String.format("%06d", i) + "', '2038-01-19 03:14:07." + String.format("%03d", i) + "', '"
                + (i % 2 == 0 ? "-838:59:58." : "23:00:00.") + String.format("%06d", i) + "')");
        sql.add("INSERT INTO texts (code, l, u, c, j, t) VALUES ('" + key(i) + "', 'é€ÿ" + i + "', 'ж漢" + i + "', '"
                + (i % 4 == 0 ? "" : "x" + i) + "', 'かカ" + i + "', "
                + (i % 5 == 0 ? "NULL" : "'😀 it''s \\\\ " + i + "'")
                + ")");
        sql.add(String.format(
                "INSERT INTO bytes (k, b, v, bl) VALUES (x'00%04xff', x'%04x', x'00', x'ff00%04x')", i, i, i));
        sql.add("INSERT INTO labels (id, e, s) VALUES (" + i + ", " + (i % 3 == 0 ? "NULL" : "'it''s'") + ", '"
                + (i % 2 == 0 ? "a,c" : "") + "')");
        sql.add("INSERT INTO documents (id, j) VALUES (" + i + ", '" + document(i) + "')");
        sql.add("INSERT INTO places (id, p, g, c) VALUES (" + i + ", ST_GeomFromText('POINT(" + (i % 90)
                + " 2)', 4326), ST_GeomFromText('LINESTRING(0 0, " + i
                + " 1)'), ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 " + i + "))'))");
        sql.add("INSERT INTO pairs (a, b, v) VALUES (" + (i % 10) + ", '" + (i % 2 == 0 ? "K" : "k") + (i / 2) + "', "
                + i + ")");
        sql.add("INSERT INTO members (id, mail) VALUES (" + i + ", 'Member" + i + "@example')");
        sql.add("INSERT INTO prices (amount, note) VALUES (" + (i - 60) + "." + (i % 10) + "000, 'note " + i + "')");
        sql.add("INSERT INTO tags (tag, n) VALUES ('tag" + i + "', " + i + ")");
        sql.add("INSERT INTO log (a, b, j, t, n) VALUES (" + (i % 5) + ", " + (i % 3 == 0 ? "NULL" : "'entry'") + ", '"
                + document(i % 4) + "', 'Text', " + (i % 4) + ")");
    }

    /** Of the first, two are equal in a collation that goes by a later Unicode than the source's. */
    private static String key(int i) {
        return switch (i) {
            case 1 -> "ა";
            case 2 -> "Ა";
            default -> "Code " + i;
        };
    }

    private static String document(int i) {
        return "{\"name\": \"n" + i + "\", \"b\": [1, 1.50, 1e20, " + i
                + ", true, null], \"ü\": {\"x\": \"\\\\u00e9 \\\\\\\" /\"}}";
    }

    /** Changes of every kind; different rows in every round. */
    static String[] changes(int round) {
        List<String> sql = new ArrayList<>();
        int one = round * 5;
        for (int i = 0; i < 3; i++) {
            add(sql, ROWS + one + i);
        }
        sql.add("UPDATE numbers SET d = d + 0.000001, bits = NULL, x = '0.1' WHERE id = " + one);
        sql.add("DELETE FROM numbers WHERE id = " + (one + 1));
        sql.add("UPDATE moments SET t = '00:00:01.5', d = NULL WHERE id > " + (4_000_000_000L + one));
        sql.add("DELETE FROM texts WHERE code = '" + key(one) + "'");
        sql.add("UPDATE texts SET l = 'ß', j = 'か', t = REPEAT('long ', " + round * 1000 + ") WHERE code = '"
                + key(one + 1) + "'");
        sql.add(String.format("UPDATE bytes SET v = x'%04x00' WHERE k = x'00%04xff'", round, one));
        sql.add(String.format("DELETE FROM bytes WHERE k = x'00%04xff'", one + 1));
        sql.add("UPDATE labels SET e = 'Grün', s = 'c,a' WHERE id = " + one);
        sql.add("UPDATE documents SET j = JSON_SET(j, '$.name', 'changed', '$.when', '" + round + "') WHERE id IN ("
                + one + ", " + (one + 1) + ")");
        sql.add("UPDATE places SET g = NULL, p = ST_GeomFromText('POINT(-1 " + round + ")', 4326) WHERE id = " + one);
        sql.add("DELETE FROM pairs WHERE a = " + (round % 10) + " AND b LIKE 'k%'");
        sql.add("UPDATE pairs SET v = v + 1 WHERE a = " + ((round + 1) % 10));
        sql.add("DELETE FROM prices WHERE amount BETWEEN " + (round - 50) + " AND " + (round - 49));
        sql.add("UPDATE tags SET n = -n WHERE tag = 'tag" + one + "'");
        sql.add("DELETE FROM tags WHERE tag = 'tag" + (one + 1) + "'");
        sql.add("UPDATE log SET b = 'changed', t = 'TEXT' WHERE a = 1");
        sql.add("DELETE FROM log WHERE a = 2");
        return sql.toArray(String[]::new);
    }

    /** Two members of one shard swap a value that is unique, in one transaction. */
    static String[] swap(String one, String other) {
        return new String[] {
            "BEGIN",
            "UPDATE members SET mail = NULL WHERE id = " + one,
            "UPDATE members SET mail = 'Member" + one + "@example' WHERE id = " + other,
            "UPDATE members SET mail = 'Member" + other + "@example' WHERE id = " + one,
            "COMMIT"
        };
    }
}
