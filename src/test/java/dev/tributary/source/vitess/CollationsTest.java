package dev.tributary.source.vitess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.record.Column;
import dev.tributary.servers.MySqlServer;
import io.vitess.proto.Query.Field;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Texts are read as MySQL reads them, by a real server's word. */
class CollationsTest {
    /** Charsets that Java does not have: their texts are carried as bytes. */
    private static final Set<String> BYTES_ONLY = Set.of("armscii8", "geostd8", "hp8", "keybcs2", "swe7");

    private static final Set<String> UNICODE =
            Set.of("utf8", "utf8mb3", "utf8mb4", "ucs2", "utf16", "utf16le", "utf32", "gb18030");

    private static @Nullable MySqlServer server;

    @BeforeAll
    static void startServer() throws SQLException {
        MySqlServer started = MySqlServer.start();
        server = started;
        StringBuilder digits = new StringBuilder("CREATE VIEW d.h AS SELECT 0 AS n");
        for (int i = 1; i < 16; i++) {
            digits.append(" UNION ALL SELECT ").append(i);
        }
        started.execute(
                "CREATE DATABASE d",
                digits.toString(),
                "CREATE TABLE d.codes (code VARBINARY(4) PRIMARY KEY)",
                "INSERT INTO d.codes SELECT UNHEX(LPAD(HEX(a.n * 16 + b.n), 2, '0')) FROM d.h a, d.h b",
                "INSERT INTO d.codes SELECT CONCAT(a.code, b.code) FROM d.codes a, d.codes b"
                        + " WHERE LENGTH(a.code) = 1 AND LENGTH(b.code) = 1 AND a.code > X'80' AND b.code >= X'30'",
                // the second plane of EUC
                "INSERT INTO d.codes SELECT CONCAT(X'8F', code) FROM d.codes"
                        + " WHERE LENGTH(code) = 2 AND code >= X'A1A1' AND SUBSTR(code, 2) >= X'A1'");
    }

    @AfterAll
    static void stopServer() {
        Objects.requireNonNull(server).close();
    }

    private static List<List<@Nullable String>> query(String sql) throws SQLException {
        return Objects.requireNonNull(server).query(sql);
    }

    private static Column column(int collation) {
        return Collations.column(
                Field.newBuilder()
                        .setName("c")
                        .setColumnType("varchar(9)")
                        .setCharset(collation)
                        .build(),
                "");
    }

    /** Vitess tells the collations of these charsets by no number. */
    @Test
    void aCharsetThatVitessDoesNotKnowIsThatOfTheTablesDeclaration() throws SQLException {
        Objects.requireNonNull(server)
                .execute("CREATE TABLE d.unknown (a VARCHAR(20) CHARACTER SET gbk COMMENT 'CHARACTER SET big5',"
                        + " b TEXT COLLATE big5_bin, c CHAR(3), `d``d` ENUM('x CHARACTER SET big5','''') CHARACTER SET gb18030,"
                        + " e VARCHAR(9) CHARACTER SET utf8mb4, KEY (a))"
                        + " DEFAULT CHARSET=tis620 COMMENT=') DEFAULT CHARSET=big5'");
        String create = Objects.requireNonNull(
                query("SHOW CREATE TABLE d.unknown").getFirst().get(1));

        assertThat(unknown("a", create)).isEqualTo("gbk");
        assertThat(unknown("b", create)).isEqualTo("big5");
        assertThat(unknown("c", create)).isEqualTo("tis620");
        assertThat(unknown("e", create)).isEqualTo("utf8mb4");
        assertThat(Collations.charset(Field.newBuilder().setName("d`d").build(), create))
                .isEqualTo(MySqlCharset.GB18030);
        assertThatThrownBy(() -> unknown("f", create)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theDeclarationMayBeThatOfAnEnumWithThousandsOfMembers() {
        String members =
                IntStream.range(0, 10_000).mapToObj(i -> "'member ''" + i + "'").collect(Collectors.joining(","));
        String create =
                "CREATE TABLE `t` (\n  `c` enum(" + members + ") CHARACTER SET gbk NOT NULL\n) DEFAULT CHARSET=latin1";

        assertThat(unknown("c", create)).isEqualTo("gbk");
    }

    private static String unknown(String name, String create) {
        return Collations.column(
                        Field.newBuilder()
                                .setName(name)
                                .setColumnType("varchar(20)")
                                .build(),
                        create)
                .encoding();
    }

    /** Of every charset of the server the charset that its collations are read in. */
    private static Map<String, Charset> charsets() throws SQLException {
        Map<String, Set<Charset>> found = new TreeMap<>();
        Set<String> bytesOnly = new TreeSet<>();
        for (List<@Nullable String> collation :
                query("SELECT id, REPLACE(character_set_name, 'utf8mb3', 'utf8') FROM information_schema.collations")) {
            String name = Objects.requireNonNull(collation.get(1));
            if (name.equals("binary")) {
                continue;
            }
            Column column = column(Integer.parseInt(Objects.requireNonNull(collation.get(0))));
            assertThat(column.encoding()).as(collation.toString()).isEqualTo(name);
            Charset charset = column.charset();
            if (charset == null) {
                bytesOnly.add(name);
            } else {
                found.computeIfAbsent(name, key -> new TreeSet<>()).add(charset);
            }
        }
        assertThat(bytesOnly).isEqualTo(BYTES_ONLY);
        assertThat(found).doesNotContainKeys(BYTES_ONLY.toArray(new String[0]));
        Map<String, Charset> charsets = new TreeMap<>();
        found.forEach((name, all) -> {
            assertThat(all).as(name).hasSize(1);
            charsets.put(name, all.iterator().next());
        });
        return charsets;
    }

    @Test
    void everyCharacterOfUpToThreeBytesIsReadAsTheServerReadsIt() throws SQLException {
        for (Map.Entry<String, Charset> entry : charsets().entrySet()) {
            String name = entry.getKey();
            if (UNICODE.contains(name) && !name.equals("gb18030")) {
                continue;
            }
            String text = "CONVERT(code USING " + name + ")";
            List<String> differences = new ArrayList<>();
            int compared = 0;
            for (List<@Nullable String> row : query("SELECT HEX(code), HEX(CONVERT(" + text
                    + " USING utf8mb4)) FROM d.codes WHERE HEX(" + text + ") = HEX(code)")) {
                String code = Objects.requireNonNull(row.get(0));
                String shown = row.get(1);
                String expected = shown == null ? "" : text(shown, StandardCharsets.UTF_8);
                if (expected.isEmpty()
                        || expected.contains("\uFFFD")
                        || (expected.contains("?") && !code.equals("3F"))) {
                    continue; // the server can't show it either
                }
                compared++;
                if (!text(code, entry.getValue()).equals(expected)) {
                    differences.add(code + " is " + expected);
                }
            }
            assertThat(differences).as(name).isEmpty();
            assertThat(compared).as(name).isGreaterThan(120);
        }
    }

    private static String text(String hex, Charset charset) {
        return new String(HexFormat.of().parseHex(hex), charset);
    }

    @Test
    void textsOfTheUnicodeCharsetsAreReadAsTheServerReadsThem() throws SQLException {
        Map<String, Charset> charsets = charsets();
        String sample = "Aé€水\u9FB4\uE81E\uFE10";
        for (String name : UNICODE) {
            if (!charsets.containsKey(name)) {
                continue; // an alias that this server does not use
            }
            String hex = Objects.requireNonNull(query("SELECT HEX(CONVERT(CONVERT(X'"
                            + HexFormat.of().formatHex(sample.getBytes(StandardCharsets.UTF_8))
                            + "' USING utf8mb4) USING " + name + "))")
                    .getFirst()
                    .getFirst());
            assertThat(text(hex, Objects.requireNonNull(charsets.get(name))))
                    .as(name)
                    .isEqualTo(sample);
        }
    }

    @Test
    void longTextsAreReadToTheirEnd() {
        byte[] sjis = HexFormat.of().parseHex("41815C".repeat(10_000));

        assertThat(new String(sjis, MySqlCharset.SJIS)).isEqualTo("A―".repeat(10_000));
        assertThat(new String(new byte[] {'a', (byte) 0x81, 'b'}, MySqlCharset.LATIN1))
                .isEqualTo("a\u0081b");
        byte[] userDefined = HexFormat.of().parseHex("41F5A18FF5A1B0A1".repeat(10_000));
        assertThat(new String(userDefined, MySqlCharset.UJIS)).isEqualTo("A\uE000\uE3AC亜".repeat(10_000));
    }
}
