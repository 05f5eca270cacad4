package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Operation;
import dev.tributary.record.Row;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Values arrive identical, and are found again when their row is to go. */
class TypesTest {
    private static final String COLUMNS =
            "i tinyint, iu tinyint unsigned, z int(8) unsigned zerofill, m mediumint, l bigint,"
                    + " lu bigint unsigned, d decimal(65,30), d0 decimal(10,0), f float, g double, b1 bit(1), b64 bit(64),"
                    + " da date, dt datetime(6), dt0 datetime, ts timestamp(6) NULL, ti time(6), y year,"
                    + " c char(10), v varchar(50), l1 varchar(50) CHARACTER SET latin1, u2 varchar(50) CHARACTER SET ucs2,"
                    + " bi binary(8), vb varbinary(20), t text, lt longtext CHARACTER SET latin1, bl blob, lb longblob,"
                    + " e enum('a','b,c','d''e'), s set('x','y','z'), j json, p point, ge geometry, vci varchar(20) COLLATE utf8mb4_bin";

    private static final String[] ROWS = {
        "-128, 255, 42, -8388608, -9223372036854775808, 18446744073709551615,"
                + " 12345678901234567890123456789012345.123456789012345678901234567891, -9999999999, 1.5, 1e100, b'1',"
                + " 0xFFFFFFFFFFFFFFFF, '1000-01-01', '9999-12-31 23:59:59.999999', '0000-00-00 00:00:00',"
                + " '2038-01-19 03:14:07.999999', '-838:59:59', 2155, 'ab', 'grün 漢字 😀', 'é€', 'ü漢',"
                + " 0x0001, 0x00FF20, 'it''s \\\\ \\n', 'éé', 0x00C3FF, 0x27225C, 'b,c', 'x,z',"
                + " '{\"a\": [1, null, \"é\"], \"b\": 1.5}', ST_GeomFromText('POINT(1 2)'),"
                + " ST_GeomFromText('LINESTRING(0 0,1 1)', 4326), 'Ab '",
        "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,"
                + " NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL",
        "0, 0, 0, 0, 0, 0, 0, 0, 0, 0, b'0', b'0', '0000-00-00', '2020-02-31 00:00:00', '2020-02-00 10:00:00',"
                + " '1970-01-01 00:00:01', '00:00:00', 0, '', '', '', '', '', '', '', '', '', '', 'a', '', '[]',"
                + " ST_GeomFromText('POINT(0 0)'), ST_GeomFromText('POINT(0 0)'), ''",
        "1, 1, 1, 1, 9007199254740993, 9007199254740993, 0.1, 1, 1677.25, 0.1, b'1', 1, '2024-02-29',"
                + " '2024-02-29 12:00:00.000001', '2024-02-29 12:00:00', '2024-03-31 02:30:00', '12:34:56.7', 1901, 'x', 'X',"
                + " 'x', 'x', 'x', 'x ', 'x ', 'x ', 'x', 'x', 'd''e', 'x,y,z', '\"text\"',"
                + " ST_GeomFromText('POINT(1.5 -2.5)'), ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))'), 'x '"
    };

    private TargetFixture target;

    @BeforeEach
    void open() throws Exception {
        target = TargetFixture.open();
    }

    @AfterEach
    void close() {
        target.close();
    }

    private MirroredTable source(String columns) throws Exception {
        target.execute("CREATE DATABASE IF NOT EXISTS " + target.database + "_source");
        try (Connection connection = target.server.connect(target.database + "_source");
                Statement statement = connection.createStatement()) {
            statement.execute("SET sql_mode = 'ALLOW_INVALID_DATES,STRICT_ALL_TABLES', time_zone = '+00:00'");
            statement.execute("DROP TABLE IF EXISTS kinds");
            statement.execute("CREATE TABLE kinds (" + columns + ")");
            for (String values : ROWS) {
                statement.execute(
                        "INSERT INTO kinds VALUES (" + (columns.startsWith("id") ? "NULL, " : "") + values + ")");
            }
        }
        return new MirroredTable(target.server, target.database + "_source", "kinds");
    }

    private String checksum(String database) throws Exception {
        return String.valueOf(
                target.query("CHECKSUM TABLE " + database + ".kinds").get(0).get(1));
    }

    @Test
    void everyTypeArrivesAsItIs() throws Exception {
        MirroredTable kinds = source("id int AUTO_INCREMENT PRIMARY KEY, " + COLUMNS);
        target.prepare(kinds.table);
        long epoch = target.begin();

        target.apply(epoch, "p1", kinds.creates());

        assertThat(target.query("SELECT * FROM kinds ORDER BY id"))
                .isEqualTo(target.query("SELECT * FROM " + target.database + "_source.kinds ORDER BY id"));
        assertThat(checksum(target.database)).isEqualTo(checksum(target.database + "_source"));
        // again, over what is there
        target.apply(epoch, "p2", kinds.creates());
        assertThat(checksum(target.database)).isEqualTo(checksum(target.database + "_source"));
    }

    @Test
    void aRowWithoutAKeyIsFoundByItsValuesOfEveryType() throws Exception {
        MirroredTable kinds = source(COLUMNS);
        target.prepare(kinds.table);
        long epoch = target.begin();
        target.apply(epoch, "p1", kinds.creates());
        assertThat(checksum(target.database)).isEqualTo(checksum(target.database + "_source"));

        ChangeRecord[] deletes = kinds.deletes();
        for (int i = 0; i < deletes.length; i++) {
            target.apply(epoch, "d" + i, deletes[i]);
            assertThat(target.query("SELECT COUNT(*) FROM kinds"))
                    .containsExactly(row(String.valueOf(deletes.length - 1 - i)));
        }
    }

    @Test
    void bitsThatReadAsANumberAreBits() throws Exception {
        SourceRows flags = new SourceRows("flags", 1, "CREATE TABLE `flags` (`b` bit(16) PRIMARY KEY)", "b bit(16)");
        target.prepare(flags.table);
        long epoch = target.begin();

        target.apply(
                epoch,
                "p1",
                flags.create("-1".getBytes(StandardCharsets.US_ASCII)),
                flags.create("12".getBytes(StandardCharsets.US_ASCII)),
                flags.create("-9".getBytes(StandardCharsets.US_ASCII)),
                flags.create(new byte[] {0, 45}));
        target.apply(epoch, "p2", flags.delete("-9".getBytes(StandardCharsets.US_ASCII)));

        assertThat(target.query("SELECT HEX(b) FROM flags ORDER BY b"))
                .containsExactly(row("2D"), row("2D31"), row("3132"));
    }

    @Test
    void aFloatIsFoundHoweverItIsWrittenAndItsNeighboursAreNot() throws Exception {
        SourceRows floats =
                new SourceRows("floats", 0, "CREATE TABLE `floats` (`f` float, `n` int)", "f float", "n int");
        target.prepare(floats.table);
        long epoch = target.begin();
        target.apply(
                epoch,
                "p1",
                floats.snapshot("16777215", 1),
                floats.snapshot("1.6777216E7", 2),
                floats.snapshot("1.2345678E-20", 3),
                floats.snapshot("-0.33333334", 4),
                floats.snapshot("-0.0", 5),
                floats.snapshot("0", 5),
                floats.snapshot("3.4028235E38", 6),
                floats.snapshot(null, 7));

        target.apply(
                epoch,
                "p2",
                floats.delete("1.6777216E+07", 2),
                floats.delete("1.2345678E-20", 3),
                floats.delete("-3.3333334E-01", 4),
                floats.delete("-0E+00", 5),
                floats.delete("3.4028235E+38", 6),
                floats.delete(null, 7));

        assertThat(target.query("SELECT n, f + 0e0, LEFT(f, 1) FROM floats ORDER BY n"))
                .containsExactly(row("1", "1.6777215E7", "1"), row("5", "0.0", "0"));
    }

    @Test
    void aFloatOrDoubleKeyIsFound() throws Exception {
        SourceRows floats = new SourceRows(
                "floats",
                2,
                "CREATE TABLE `floats` (`f` float NOT NULL, `g` double NOT NULL, PRIMARY KEY (`f`,`g`))",
                "f float",
                "g double");
        target.prepare(floats.table);
        long epoch = target.begin();
        target.apply(epoch, "p1", floats.create("0.1", "0.1"), floats.create("1e10", "0.30000000000000004"));

        target.apply(epoch, "p2", floats.delete("1E-1", "1E-01"), floats.delete("1E+10", "3.0000000000000004E-01"));

        assertThat(target.rows("floats")).isEmpty();
    }

    @Test
    void rowsLargerThanAPacketArriveWhole() throws Exception {
        SourceRows files = new SourceRows(
                "files",
                1,
                "CREATE TABLE `files` (`id` int NOT NULL, `content` longblob, `words` longtext, PRIMARY KEY (`id`))",
                "id int",
                "content longblob",
                "words longtext");
        target.prepare(files.table);
        long epoch = target.begin();
        byte[] content = new byte[17 << 20];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 31 + (i >> 16));
        }
        Row big = files.row(1, content, "ü".repeat(3 << 20));

        target.apply(
                epoch,
                "p1",
                new ChangeRecord(files.schema, Operation.CREATE, null, big),
                files.create(2, new byte[] {1, 2}, "small"),
                // exactly as long as a packet of the protocol can be
                files.create(3, new byte[(1 << 24) - 1], ""),
                files.create(4, new byte[(1 << 24) - 30], ""));

        assertThat(
                        target.query(
                                "SELECT id, LENGTH(content), SHA2(content, 256), CHAR_LENGTH(words) FROM files WHERE id <= 2 ORDER BY id"))
                .containsExactly(
                        row("1", String.valueOf(17 << 20), sha256(content), String.valueOf(3 << 20)),
                        row("2", "2", sha256(new byte[] {1, 2}), "5"));
        assertThat(target.query("SELECT LENGTH(content) FROM files WHERE id > 2 ORDER BY id"))
                .containsExactly(row("16777215"), row("16777186"));
    }

    private static String sha256(byte[] content) throws Exception {
        return java.util.HexFormat.of()
                .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(content));
    }

    @Test
    void aRowThatTheServerWouldNeverTakeIsSaidSo() throws Exception {
        SourceRows files = new SourceRows(
                "files",
                1,
                "CREATE TABLE `files` (`id` int NOT NULL PRIMARY KEY, `content` longblob)",
                "id int",
                "content longblob");
        target.prepare(files.table);
        long epoch = target.begin();
        byte[] content = new byte[65 << 20];

        var refusal = TargetFixture.failure(
                target.write(TargetFixture.CHANGES, epoch, TargetFixture.boundary("p1"), files.create(1, content)));

        assertThat(refusal.kind()).isEqualTo(dev.tributary.record.PipelineException.Kind.FATAL);
        assertThat(refusal).hasMessageContaining("table files").hasMessageContaining("max_allowed_packet");
    }
}
