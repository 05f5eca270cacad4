package dev.tributary.source.vitess;

import static dev.tributary.servers.VEvents.column;
import static dev.tributary.servers.VEvents.row;
import static dev.tributary.servers.VEvents.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import binlogdata.Binlogdata.FieldEvent;
import binlogdata.Binlogdata.RowChange;
import com.google.protobuf.ByteString;
import dev.tributary.record.Gaps;
import dev.tributary.record.PipelineException;
import dev.tributary.record.Row;
import dev.tributary.record.TableSchema;
import io.vitess.proto.Query.Type;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartialImageTest {
    private static final TableSchema SCHEMA = RowDecoder.schema(
            Told.table("orders", "id"),
            FieldEvent.newBuilder()
                    .setTableName("orders")
                    .addFields(column("id", Type.INT64, "bigint", 63))
                    .addFields(column("one", Type.JSON, "json", 63))
                    .addFields(column("note", Type.TEXT, "text", 45))
                    .addFields(column("two", Type.JSON, "json", 63))
                    .build());

    private static RowChange.Builder to(@Nullable Object... after) {
        return update(row(1, "{}", "a", "{}"), row(after)).toBuilder();
    }

    private static RowChange.Bitmap bits(int count, int bits) {
        return RowChange.Bitmap.newBuilder()
                .setCount(count)
                .setCols(ByteString.copyFrom(new byte[] {(byte) bits}))
                .build();
    }

    private static @Nullable Gaps gaps(RowChange.Builder change) {
        Row after = Objects.requireNonNull(Told.read(change.build()).after(SCHEMA));
        return after.gaps();
    }

    private static Gaps gaps(long absent, long expressions) {
        return new Gaps(BitSet.valueOf(new long[] {absent}), BitSet.valueOf(new long[] {expressions}));
    }

    @Test
    void columnsThatAreNotInTheBinlogAreAbsent() {
        assertThat(gaps(to(1, "{}", null, null).setDataColumns(bits(4, 0b0011))))
                .isEqualTo(gaps(0b1100, 0));
    }

    @Test
    void aDocumentMayBeTheDifferenceToTheOldOne() {
        RowChange.Builder change = to(1, "JSON_REMOVE(%s, _utf8mb4'$.a')", "a", "{\"b\": 1}")
                .setDataColumns(bits(4, 0b1111))
                .setJsonPartialValues(bits(2, 0b01));

        assertThat(gaps(change)).isEqualTo(gaps(0, 0b0010));
    }

    @Test
    void aDocumentWithoutADifferenceIsAsItWas() {
        RowChange.Builder change = to(1, "", "b", "JSON_REPLACE(%s, _utf8mb4'$.a', 1)")
                .setDataColumns(bits(4, 0b1111))
                .setJsonPartialValues(bits(2, 0b11));

        assertThat(gaps(change)).isEqualTo(gaps(0b0010, 0b1000));
    }

    @Test
    void nullsOfBothKindsAreWhole() {
        RowChange.Builder change =
                to(1, null, "a", "null").setDataColumns(bits(4, 0b1111)).setJsonPartialValues(bits(2, 0b11));

        assertThat(gaps(change)).isNull();
    }

    @Test
    void imagesThatSayTheyAreWholeAreWhole() {
        RowChange.Builder change =
                to(1, "{}", "b", "{}").setDataColumns(bits(4, 0b1111)).setJsonPartialValues(bits(2, 0));

        assertThat(gaps(change)).isNull();
        assertThat(gaps(to(1, "{}", "b", "{}"))).isNull();
    }

    /** Which a session can ask for, though a vttablet refuses it as the server's setting. */
    @Test
    void minimalImagesAreRefused() {
        assertThatThrownBy(() -> gaps(to(null, "{}", "a", "{}").setDataColumns(bits(4, 0b1110))))
                .isInstanceOf(PipelineException.class)
                .hasMessageContainingAll("commerce.orders", "column id", "binlog_row_image=FULL");
    }
}
