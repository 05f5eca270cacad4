package dev.tributary.sink.dynamodb;

import static dev.tributary.sink.dynamodb.DynamoTarget.CHANGES;
import static dev.tributary.sink.dynamodb.DynamoTarget.at;
import static dev.tributary.sink.dynamodb.DynamoTarget.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Column;
import dev.tributary.record.Operation;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Row;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableId;
import dev.tributary.record.TableSchema;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts of charsets other than UTF-8, in keys and elsewhere. */
class KeyCharsetsTest {
    private static final TableId NAMES = new TableId("commerce", "names");
    private final DynamoTarget target = DynamoTarget.open();

    @AfterEach
    void close() {
        target.close();
    }

    private static SourceTable table(String column, String options) {
        return new SourceTable(
                NAMES,
                List.of("id", "name"),
                "CREATE TABLE `names` (`id` int, `name` " + column
                        + ", `v` text CHARACTER SET cp932, PRIMARY KEY (`id`," + " `name`)) ENGINE=InnoDB" + options);
    }

    private static TableSchema schema(String charset, String encoding) {
        Charset read = Charset.forName(charset);
        return new TableSchema(
                NAMES,
                List.of(
                        new Column("id", "int", StandardCharsets.UTF_8),
                        new Column("name", "varchar(9)", read, encoding),
                        new Column("v", "text", read, encoding)),
                List.of(0, 1));
    }

    private static ChangeRecord row(TableSchema schema, byte[] name, byte[] v) {
        return new ChangeRecord(schema, Operation.CREATE, null, Row.of(new byte[][] {{'1'}, name, v}));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "varchar(9) CHARACTER SET cp932 COLLATE cp932_bin NOT NULL | '' | cp932",
                "varchar(9) COLLATE eucjpms_bin NOT NULL | '' | eucjpms",
                "varchar(9) NOT NULL | ' DEFAULT CHARSET=sjis' | sjis",
                "char(9) NOT NULL | ' DEFAULT CHARSET=gb18030 COLLATE=gb18030_bin' | gb18030",
            })
    void aKeyOfWhichTwoTextsMayBeOneIsRefusedAtTheStart(String column, String options, String charset) {
        SourceTable table = table(column, options);

        assertThatThrownBy(() -> target.verify(table))
                .hasMessageContaining("table 'names': its key column name is in charset " + charset)
                .extracting("kind")
                .isEqualTo(Kind.SETTING);
        assertThatThrownBy(() -> target.prepare(table)).hasMessageContaining("is in charset " + charset);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "varchar(9) NOT NULL                        | ' DEFAULT CHARSET=utf8mb4'",
                "varchar(9) NOT NULL                        | ''",
                "varchar(9) CHARACTER SET latin1 NOT NULL   | ' DEFAULT CHARSET=cp932'",
                "varchar(9) COLLATE utf8mb4_0900_bin NOT NULL | ' DEFAULT CHARSET=cp932'",
                "varbinary(9) NOT NULL                      | ' DEFAULT CHARSET=cp932'",
            })
    void othersAreTaken(String column, String options) {
        target.prepare(table(column, options));
    }

    @Test
    void aKeyOfWhichTwoTextsMayBeOneIsRefusedAtItsFirstRowToo() {
        target.prepare(table("varchar(9)", ""));
        TableSchema schema = schema("windows-31j", "cp932");

        assertThat(failure(target.write(
                        CHANGES,
                        target.begin(),
                        at("p1"),
                        row(schema, new byte[] {(byte) 0x81, (byte) 0xE0}, new byte[0]),
                        row(schema, new byte[] {(byte) 0x87, (byte) 0x90}, new byte[0]))))
                .hasMessageContaining("names: key column name of its rows, from commerce.names, is in charset cp932")
                .extracting("kind")
                .isEqualTo(Kind.FATAL);
    }

    @Test
    void aMarkAtTheBeginningOfATextIsPartOfIt() {
        target.prepare(table("varchar(9)", ""));
        Charset utf32 = Charset.forName("UTF-32BE");
        TableSchema schema = schema("UTF-32BE", "utf32");
        target.apply(
                target.begin(),
                "p1",
                row(schema, "a".getBytes(utf32), "\ufeffb".getBytes(utf32)),
                row(schema, "\ufeffa".getBytes(utf32), "b".getBytes(utf32)));

        assertThat(target.items("names"))
                .containsExactly(
                        "{\"id\":{\"N\":\"1\"},\"name\":{\"S\":\"a\"},\"v\":{\"S\":\"\ufeffb\"}}",
                        "{\"id\":{\"N\":\"1\"},\"name\":{\"S\":\"\ufeffa\"},\"v\":{\"S\":\"b\"}}");
    }

    @Test
    void aByteThatIsNoCharacterIsSaid() {
        target.prepare(table("varchar(9)", ""));
        TableSchema schema = schema("windows-1251", "cp1251");

        assertThat(failure(target.write(
                        CHANGES, target.begin(), at("p1"), row(schema, new byte[] {'a'}, new byte[] {(byte) 0x98}))))
                .hasMessageContaining("names: column v: a value is none of its charset windows-1251")
                .extracting("kind")
                .isEqualTo(Kind.FATAL);
    }

    @Test
    void charactersOfOneByteAreAllDifferent() throws Exception {
        // as the source reads MySQL's charsets of the same names
        for (String name : List.of(
                "ISO-8859-2",
                "ISO-8859-9",
                "ISO-8859-13",
                "IBM850",
                "IBM852",
                "windows-1250",
                "windows-1251",
                "windows-1256",
                "windows-1257",
                "KOI8-R",
                "x-MacCentralEurope",
                "x-MacRoman",
                "x-iso-8859-11")) {
            String all = "";
            for (int i = 0; i < 256; i++) {
                all += new String(new byte[] {(byte) i}, name);
            }
            assertThat(all.replace("\ufffd", "").chars().boxed().toList())
                    .as(name)
                    .doesNotHaveDuplicates();
        }
    }
}
