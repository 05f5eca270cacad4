package dev.tributary.endtoend;

import static dev.tributary.endtoend.EndToEnd.assertExit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.Sql;
import dev.tributary.servers.VitessCluster;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Text in every charset of the server's arrives byte by byte, in the copy and in changes, as a value, as a key and as what a
 * row without a key is found by: every character that the server takes, those too that have several ways to be written or no
 * place in Unicode.
 */
@NeedsVitess
@Tag("long")
class CharsetsIT {
    private static final int CHARACTERS = 20;
    /** What Java does not know: the members of an ENUM can't be read in it, and are refused. */
    private static final Set<String> BYTES_ONLY = Set.of("armscii8", "geostd8", "hp8", "keybcs2", "swe7");

    private final VitessCluster source = SharedServers.vitess();

    @Test
    void everyCharacterOfEveryCharsetArrivesAsItIs() throws Exception {
        Map<String, List<String>> values = new TreeMap<>();
        Map<String, String> letters = new TreeMap<>();
        try (MySqlServer server = MySqlServer.start();
                Connection session = server.connect()) {
            makeCodes(server);
            session.setAutoCommit(false);
            for (List<?> charset : server.query("SELECT character_set_name FROM information_schema.character_sets")) {
                String name = (String) charset.getFirst();
                // refused before a row is written
                boolean unknown = Targets.chosen() == Targets.MARIADB && "gb18030".equals(name);
                if (!"binary".equals(name) && !unknown) {
                    values.put(name, values(session, name));
                    letters.put(name, letter(server, name));
                }
            }
        }
        assertThat(values).hasSizeGreaterThanOrEqualTo(Targets.chosen() == Targets.MARIADB ? 39 : 40);
        assertThat(values.values()).allMatch(texts -> texts.size() >= 4);
        List<Group> groups = Group.of(values, letters);
        EdgeTables tables = new EdgeTables(source);
        for (Group group : groups) {
            String columns = "id BIGINT NOT NULL, " + group.each(Group::definition);
            tables.add("k_" + group.name(), columns + ", PRIMARY KEY (" + group.each((some, set) -> "v_" + set) + ")");
            tables.add("l_" + group.name(), columns);
            tables.add("e_" + group.name(), "id BIGINT NOT NULL PRIMARY KEY" + group.choices(Group::labels));
        }
        tables.create();
        Replica replica = Targets.chosen().replica(source, "charsets");
        insert(tables, groups, 0);
        try (TributaryProcess copy = replica.start("--until", "copied")) {
            assertExit(copy, 0);
        }
        same(replica, "copied");

        insert(tables, groups, 1);
        replica.catchUp();
        same(replica, "inserted");

        EdgeTables.Writing changes = tables.writing();
        for (Group group : groups) {
            for (int i = 0; i < group.rows() - 1; i++) {
                int next = i + 1;
                // the next one's value, but it begins with this one's first character: no two keys are the same
                String set = group.each((some, charset) -> "t_" + charset + " = v_" + charset + ", c_" + charset
                        + " = NULL, v_" + charset + " = concat(substr(v_" + charset + ", 1, 1), "
                        + some.text(charset, next) + ")");
                for (String table : List.of("l_", "k_")) {
                    changes.add(0, "UPDATE IGNORE " + table + group.name() + " SET " + set + " WHERE id = " + i);
                }
            }
            changes.add(0, "DELETE FROM l_" + group.name() + " WHERE id % 2 = 0");
            changes.add(0, "DELETE FROM k_" + group.name() + " WHERE id % 2 = 0");
            changes.add(
                    0,
                    "UPDATE e_" + group.name() + " SET id = id"
                            + group.choices((some, charset) -> ", e_" + charset + " = if(e_" + charset
                                    + " + 0 = 4, 1, e_" + charset + " + 1), s_" + charset + " = 15 - s_" + charset));
        }
        changes.run();
        replica.catchUp();
        same(replica, "changed");
    }

    private static void insert(EdgeTables tables, List<Group> groups, int half) throws SQLException {
        EdgeTables.Writing inserts = tables.writing();
        for (Group group : groups) {
            for (int i = half; i < group.rows(); i += 2) {
                int row = i;
                String texts = group.each((some, charset) -> {
                    String text = some.text(charset, row);
                    return text + ", " + text + ", " + text;
                });
                for (String table : List.of("l_", "k_")) {
                    inserts.add(0, "INSERT INTO " + table + group.name() + " VALUES (" + i + ", " + texts + ")");
                }
            }
            for (int i = half; i < 4; i += 2) {
                String members = ", " + (i + 1) + ", " + (1 << i | 1);
                inserts.add(
                        0,
                        "INSERT INTO e_" + group.name() + " VALUES (" + i + group.choices((some, charset) -> members)
                                + ")");
            }
        }
        inserts.run();
    }

    /** Charsets whose columns are in one table: it is the number of tables that takes the time. */
    private record Group(String name, Map<String, List<String>> values, Map<String, String> letters) {
        private static final int MOST = 4;

        private interface Part {
            String of(Group group, String charset);
        }

        static List<Group> of(Map<String, List<String>> values, Map<String, String> letters) {
            List<Group> groups = new ArrayList<>();
            values.forEach((charset, texts) -> {
                if (groups.isEmpty() || groups.getLast().values.size() == MOST) {
                    groups.add(new Group(charset, new TreeMap<>(), letters));
                }
                groups.getLast().values.put(charset, texts);
            });
            return groups;
        }

        int rows() {
            return values.values().stream().mapToInt(List::size).max().orElseThrow();
        }

        /** A charset that has fewer begins again; the key is of all. */
        String text(String charset, int row) {
            List<String> texts = Objects.requireNonNull(values.get(charset));
            return texts.get(row % texts.size());
        }

        String each(Part part) {
            return values.keySet().stream()
                    .map(charset -> part.of(this, charset))
                    .collect(Collectors.joining(", "));
        }

        String choices(Part part) {
            return values.keySet().stream()
                    .filter(charset -> !BYTES_ONLY.contains(charset))
                    .map(charset -> part.of(this, charset))
                    .collect(Collectors.joining());
        }

        String definition(String charset) {
            String in = " CHARACTER SET " + charset;
            return "v_" + charset + " VARCHAR(100)" + in + " COLLATE " + charset + "_bin NOT NULL, c_" + charset
                    + " CHAR(100)" + in + ", t_" + charset + " TEXT" + in;
        }

        String labels(String charset) {
            String members = "('a','b c','" + letters.get(charset) + "','d') CHARACTER SET " + charset;
            return ", e_" + charset + " ENUM" + members + ", s_" + charset + " SET" + members;
        }
    }

    /** Every code of up to two bytes, and those of three that EUC has. */
    private static void makeCodes(MySqlServer server) throws SQLException {
        StringBuilder digits = new StringBuilder("CREATE VIEW d.h AS SELECT 0 AS n");
        for (int i = 1; i < 16; i++) {
            digits.append(" UNION ALL SELECT ").append(i);
        }
        server.execute(
                "CREATE DATABASE d",
                digits.toString(),
                "CREATE TABLE d.codes (code VARBINARY(4) PRIMARY KEY)",
                "INSERT INTO d.codes SELECT UNHEX(LPAD(HEX(a.n * 16 + b.n), 2, '0')) FROM d.h a, d.h b",
                "INSERT INTO d.codes SELECT CONCAT(a.code, b.code) FROM d.codes a, d.codes b"
                        + " WHERE LENGTH(a.code) = 1 AND LENGTH(b.code) = 1 AND a.code > X'80' AND b.code >= X'30'",
                "INSERT INTO d.codes SELECT CONCAT(X'8F', code) FROM d.codes"
                        + " WHERE LENGTH(code) = 2 AND code >= X'A1A1' AND SUBSTR(code, 2) >= X'A1'");
    }

    /** As SQL writes them, by their bytes; none that the server does not take for one character. */
    private static List<String> values(Connection session, String charset) throws SQLException {
        List<String> codes = new ArrayList<>();
        if (List.of("utf8", "utf8mb3", "utf8mb4", "ucs2", "utf16", "utf16le", "utf32", "gb18030")
                .contains(charset)) {
            String last = charset.matches("utf8|utf8mb3|ucs2") ? "" : "😀𝄞\uDBFF\uDFFF";
            String text =
                    "\u0000\b\t\n\r\u001a\"'\\ aAéßя漢ﷺ\uFFFD\uFEFF\uE000\uFFFF\u0301\u00A0\u2028\u9FB4\uE81E\uFE10\u200D€‰ｶ"
                            + last;
            text.codePoints()
                    .forEach(c -> codes.add("convert(convert(x'"
                            + HexFormat.of().formatHex(Character.toString(c).getBytes(StandardCharsets.UTF_8))
                            + "' using utf8mb4) using " + charset + ")"));
            List<String> values = new ArrayList<>(codes);
            if (charset.equals("ucs2")) {
                values.add("_ucs2 x'D8000041'");
            }
            return values;
        }
        Sql.execute(session, "CREATE TABLE d.in_" + charset + " (v VARCHAR(100) CHARACTER SET " + charset + ")");
        String text = "CONVERT(code USING " + charset + ")";
        for (List<?> row : Sql.query(
                session,
                "SELECT HEX(code) FROM d.codes WHERE HEX(" + text + ") = HEX(code) AND CHAR_LENGTH(" + text
                        + ") = 1 ORDER BY LENGTH(code), code")) {
            codes.add((String) Objects.requireNonNull(row.getFirst()));
        }
        List<String> values = new ArrayList<>();
        for (int i = 0; i < codes.size(); i += CHARACTERS) {
            List<String> some = codes.subList(i, Math.min(i + CHARACTERS, codes.size()));
            String value = literal(charset, some);
            if (!isTaken(session, charset, value)) {
                // some are only the beginnings of characters
                List<String> taken = new ArrayList<>();
                for (String code : some) {
                    if (isTaken(session, charset, literal(charset, List.of(code)))) {
                        taken.add(code);
                    }
                }
                value = literal(charset, taken);
            }
            values.add(value);
        }
        return values.stream().distinct().toList();
    }

    private static String literal(String charset, List<String> codes) {
        return "_" + charset + " x'" + String.join("", codes) + "'";
    }

    private static boolean isTaken(Connection session, String charset, String literal) {
        try {
            Sql.execute(session, "INSERT INTO d.in_" + charset + " VALUES (" + literal + ")");
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    /** One beyond ASCII, if the charset has one that this server takes in a name. */
    private static String letter(MySqlServer server, String charset) throws SQLException {
        for (String letter : List.of("漢", "я", "é", "ก", "λ", "ש", "ا")) {
            String there = "CONVERT(CONVERT('" + letter + "' USING " + charset + ") USING utf8mb4)";
            if (letter.equals(server.query("SELECT " + there).getFirst().getFirst())) {
                return letter;
            }
        }
        return "e";
    }

    private static void same(Replica replica, String what) throws SQLException {
        assertThat(replica.compare().toString()).as(what).endsWith("equal");
    }
}
