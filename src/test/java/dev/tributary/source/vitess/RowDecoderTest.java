package dev.tributary.source.vitess;

import static dev.tributary.servers.VEvents.column;
import static dev.tributary.servers.VEvents.delete;
import static dev.tributary.servers.VEvents.insert;
import static dev.tributary.servers.VEvents.row;
import static dev.tributary.servers.VEvents.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import binlogdata.Binlogdata.FieldEvent;
import binlogdata.Binlogdata.RowChange;
import com.google.protobuf.ByteString;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Column;
import dev.tributary.record.Operation;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Row;
import dev.tributary.record.TableSchema;
import io.vitess.proto.Query.Field;
import io.vitess.proto.Query.Type;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowDecoderTest {
    private static final Field ID = column("id", Type.INT64, "bigint", 63);
    private static final Field NAME = column("name", Type.VARCHAR, "varchar(64)", 45);
    private static final Field DATA = column("data", Type.BLOB, "blob", 63);
    private static final TableSchema SCHEMA = schema(ID, NAME, DATA);

    private static TableSchema schema(Field... fields) {
        return RowDecoder.schema(
                Told.table("orders", "id"),
                FieldEvent.newBuilder()
                        .setTableName("orders")
                        .addAllFields(Arrays.asList(fields))
                        .build());
    }

    private static Row after(RowChange change) {
        return Objects.requireNonNull(Told.read(change).after(SCHEMA));
    }

    @Test
    void nullIsNotTheEmptyString() {
        Row row = after(insert(1, null, ""));

        assertThat(row.isNull(1)).isTrue();
        assertThat(row.value(1)).isNull();
        assertThat(row.isNull(2)).isFalse();
        assertThat(row.value(2)).isEmpty();
    }

    @Test
    void aRowOfNullsHasNoBytes() {
        Row row = after(insert(null, null, null));

        assertThat(row.size()).isEqualTo(3);
        assertThat(row.isNull(0) && row.isNull(1) && row.isNull(2)).isTrue();
        assertThat(row.length()).isZero();
    }

    @Test
    void bytesStayWhatTheyAre() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        Row row = after(insert(1, "é😀", all));

        assertThat(row.value(0)).isEqualTo(new byte[] {'1'});
        assertThat(row.value(1)).isEqualTo("é😀".getBytes(StandardCharsets.UTF_8));
        assertThat(row.value(2)).isEqualTo(all);
    }

    @Test
    void theImagesTellTheOperation() {
        assertThat(operation(insert(1, "a", null), false)).isEqualTo(Operation.CREATE);
        assertThat(operation(insert(1, "a", null), true)).isEqualTo(Operation.SNAPSHOT);
        assertThat(operation(update(row(1, "a", null), row(1, "b", null)), false))
                .isEqualTo(Operation.UPDATE);
        assertThat(operation(delete(1, "a", null), false)).isEqualTo(Operation.DELETE);
        assertThat(operation(RowChange.getDefaultInstance(), false)).isNull();
    }

    private static @Nullable Operation operation(RowChange change, boolean snapshot) {
        RowsEvent rows = Told.read(change);
        ChangeRecord record = RowDecoder.record(SCHEMA, snapshot, rows.before(SCHEMA), rows.after(SCHEMA));
        return record == null ? null : record.operation();
    }

    @Test
    void countsTheBytesOfBothImages() {
        Row before = Objects.requireNonNull(
                Told.read(update(row(1, "abc", null), row(1, "abcd", "xy"))).before(SCHEMA));
        Row after = after(update(row(1, "abc", null), row(1, "abcd", "xy")));

        assertThat(RowDecoder.bytes(new ChangeRecord(SCHEMA, Operation.UPDATE, before, after)))
                .isEqualTo(4 + 7);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "varchar(64)                 | VARCHAR   | 45  | UTF-8",
                "varchar(64)                 | VARCHAR   | 255 | UTF-8",
                "varchar(64)                 | VARCHAR   | 33  | UTF-8",
                "varchar(64)                 | VARBINARY | 46  | UTF-8",
                "char(3)                     | CHAR      | 8   | x-mysql-latin1",
                "text                        | TEXT      | 47  | x-mysql-latin1",
                "varchar(9)                  | VARCHAR   | 35  | UTF-16BE",
                "varchar(9)                  | VARCHAR   | 54  | UTF-16BE",
                "varchar(9)                  | VARCHAR   | 56  | UTF-16LE",
                "varchar(9)                  | VARCHAR   | 60  | UTF-32BE",
                "varchar(9)                  | VARCHAR   | 28  | x-mswin-936",
                "varchar(9)                  | VARCHAR   | 248 | x-mysql-gb18030",
                "varchar(9)                  | VARCHAR   | 51  | windows-1251",
                "varchar(9)                  | VARCHAR   | 11  | UTF-8",
                "ENUM('a','b')               | ENUM      | 45  | UTF-8",
                "set('a','b')                | SET       | 8   | UTF-8",
                "json                        | JSON      | 63  | UTF-8",
                "bigint unsigned             | UINT64    | 63  | UTF-8",
                "decimal(10,2)               | DECIMAL   | 63  | UTF-8",
                "timestamp(6)                | TIMESTAMP | 63  | UTF-8",
                "varbinary(9)                | VARBINARY | 63  | ",
                "binary(16)                  | BINARY    | 63  | ",
                "longblob                    | BLOB      | 63  | ",
                "bit(8)                      | BIT       | 63  | ",
                "geometry                    | GEOMETRY  | 63  | ",
                "point                       | GEOMETRY  | 63  | "
            })
    void theDeclaredTypeAndTheCollationTellWhetherBytesAreText(
            String declared, String type, int collation, @Nullable String charset) {
        TableSchema schema = schema(ID, column("c", Type.valueOf(type), declared, collation));

        assertThat(schema.columns().get(1).type()).isEqualTo(declared);
        Charset found = schema.columns().get(1).charset();
        assertThat(found == null ? null : found.name()).isEqualTo(charset);
    }

    @Test
    void textInACharsetThatJavaDoesNotKnowIsBytesOfThatCharset() {
        Column column = schema(ID, column("c", Type.VARCHAR, "varchar(9)", 32))
                .columns()
                .get(1);

        assertThat(column.charset()).isNull();
        assertThat(column.encoding()).isEqualTo("armscii8");
        assertThat(column.isBinary()).isFalse();
    }

    @Test
    void aCollationThatIsNotKnownIsAFailureOfTheColumn() {
        assertThatThrownBy(() -> schema(ID, column("c", Type.VARCHAR, "varchar(9)", 17)))
                .hasMessageContaining("commerce.orders")
                .hasMessageContaining("column c")
                .hasMessageContaining("17");
    }

    @Test
    void aShapeThatIsToldAgainIsTheSameInstance() {
        FieldEvent fields = FieldEvent.newBuilder()
                .setTableName("orders")
                .addFields(ID)
                .addFields(NAME)
                .build();
        TableSchema first = RowDecoder.schema(Told.table("orders", "id"), fields, null);

        assertThat(RowDecoder.schema(Told.table("orders", "id"), fields, first)).isSameAs(first);
        FieldEvent more = fields.toBuilder().addFields(DATA).build();
        assertThat(RowDecoder.schema(Told.table("orders", "id"), more, first).columns())
                .hasSize(3);
    }

    @Test
    void keyColumnsAreFoundByNameWhateverTheirCase() {
        TableSchema schema = RowDecoder.schema(
                Told.table("orders", "NAME", "Id"),
                FieldEvent.newBuilder()
                        .setTableName("orders")
                        .addFields(ID)
                        .addFields(NAME)
                        .build());

        assertThat(schema.key()).containsExactly(1, 0);
    }

    @Test
    void aKeyColumnThatIsNotInTheStreamIsLookedUpAgain() {
        assertThatThrownBy(() -> schema(NAME, DATA))
                .asInstanceOf(InstanceOfAssertFactories.type(PipelineException.class))
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT));
    }

    @Test
    void aTableWhoseBinlogHasNoColumnNamesIsRefused() {
        assertThatThrownBy(() -> schema(ID, column("@2", Type.VARCHAR, "varchar(64)", 45)))
                .asInstanceOf(InstanceOfAssertFactories.type(PipelineException.class))
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(Kind.FATAL))
                .satisfies(failure -> assertThat(failure).hasMessageContaining("commerce.orders"));
    }

    @Test
    void aRowThatDoesNotFitItsColumnsIsRefused() {
        assertThatThrownBy(() -> after(insert(1, "a"))).hasMessageContaining("2 values for 3 columns");
        RowChange cut = RowChange.newBuilder()
                .setAfter(row(1, "abc", "d").toBuilder().setValues(ByteString.copyFromUtf8("1a")))
                .build();
        assertThatThrownBy(() -> after(cut)).hasMessageContaining("do not add up");
    }
}
