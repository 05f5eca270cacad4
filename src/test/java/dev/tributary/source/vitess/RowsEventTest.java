package dev.tributary.source.vitess;

import static dev.tributary.servers.VEvents.insert;
import static org.assertj.core.api.Assertions.assertThat;

import binlogdata.Binlogdata.FieldEvent;
import binlogdata.Binlogdata.RowChange;
import binlogdata.Binlogdata.RowEvent;
import binlogdata.Binlogdata.VEvent;
import binlogdata.Binlogdata.VEventType;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.tributary.record.PipelineException;
import dev.tributary.record.Row;
import dev.tributary.record.TableSchema;
import dev.tributary.servers.VEvents;
import dev.tributary.workload.Allocated;
import io.vitess.proto.Query;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows are read from the wire by our own hand: as protocol buffers' own parser reads them. */
class RowsEventTest {
    private static final TableSchema SCHEMA = RowDecoder.schema(
            Told.table("orders", "id"),
            FieldEvent.newBuilder()
                    .setTableName("orders")
                    .addAllFields(VEvents.idAndName())
                    .build());
    /** Of a row of two values: its copy, its places and itself. */
    private static final int BYTES_OF_ROW = 96;

    private final RowsEvent rows = new RowsEvent();

    @Test
    void everyRowIsWhatProtocolBuffersReadOfIt() {
        Random random = new Random(7);
        for (int round = 0; round < 500; round++) {
            VEvent event = event(random);
            rows.read(Told.reader(event.toByteArray()));

            assertThat(rows.table()).isEqualTo(event.getRowEvent().getTableName());
            assertThat(rows.timestamp()).isEqualTo(event.getTimestamp());
            for (RowChange change : event.getRowEvent().getRowChangesList()) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.hasBefore()).isEqualTo(change.hasBefore());
                assertSame(rows.before(SCHEMA), change.hasBefore(), change.getBefore());
                assertSame(rows.after(SCHEMA), change.hasAfter(), change.getAfter());
            }
            assertThat(rows.next()).isFalse();
        }
    }

    private static void assertSame(@Nullable Row row, boolean isToBe, Query.Row expected) {
        if (row == null) {
            assertThat(isToBe).isFalse();
        } else {
            assertThat(Arrays.copyOfRange(row.bytes(), row.start(0), row.start(0) + row.length()))
                    .isEqualTo(expected.getValues().toByteArray());
            for (int i = 0; i < expected.getLengthsCount(); i++) {
                assertThat(row.isNull(i) ? -1 : row.length(i)).isEqualTo((int) expected.getLengths(i));
            }
        }
    }

    private static VEvent event(Random random) {
        RowEvent.Builder rows = RowEvent.newBuilder()
                .setTableName("täble " + random.nextInt(1000))
                .setKeyspace("k");
        for (int i = random.nextInt(5); i > 0; i--) {
            RowChange.Builder change = RowChange.newBuilder();
            if (random.nextBoolean()) {
                change.setBefore(row(random));
            }
            if (random.nextBoolean()) {
                change.setAfter(row(random));
            }
            rows.addRowChanges(change);
        }
        return VEvent.newBuilder()
                .setType(VEventType.ROW)
                .setTimestamp(random.nextInt(3) * 1_700_000_000L)
                .setRowEvent(rows)
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                99,
                                UnknownFieldSet.Field.newBuilder()
                                        .addFixed32(1)
                                        .addFixed64(2)
                                        .addLengthDelimited(ByteString.copyFromUtf8("new"))
                                        .build())
                        .build())
                .build();
    }

    private static Query.Row row(Random random) {
        Query.Row.Builder row = Query.Row.newBuilder();
        byte[] values = {};
        for (int i = 0; i < SCHEMA.columns().size(); i++) {
            int length = random.nextInt(4) == 0 ? -1 : random.nextInt(random.nextInt(10) == 0 ? 70_000 : 20);
            row.addLengths(length);
            int before = values.length;
            values = Arrays.copyOf(values, before + Math.max(0, length));
            for (int j = before; j < values.length; j++) {
                values[j] = (byte) random.nextInt();
            }
        }
        return row.setValues(ByteString.copyFrom(values)).build();
    }

    @Test
    void whatIsCutOffOrBrokenIsAnErrorAndNothingElse() {
        byte[] whole = event(new Random(3)).toByteArray();
        Random random = new Random(5);
        for (int round = 0; round < 20_000; round++) {
            byte[] broken = Arrays.copyOf(whole, round % 2 == 0 ? random.nextInt(whole.length) : whole.length);
            if (broken.length > 0) {
                broken[random.nextInt(Math.min(40, broken.length))] = (byte) random.nextInt();
            }
            try {
                rows.read(Told.reader(broken));
                while (rows.next()) {
                    rows.before(SCHEMA);
                    rows.after(SCHEMA);
                }
            } catch (WireReader.Malformed | PipelineException expected) {
                assertThat(expected).hasMessageMatching("(?s).+");
            }
        }
    }

    /** Times differ from run to run, what is allocated does not. */
    @Test
    void aRowCostsItsCopyAndItsPlaces() {
        RowEvent.Builder sent = RowEvent.newBuilder().setTableName("orders");
        for (int i = 0; i < 1000; i++) {
            sent.addRowChanges(insert(i, "sixteen letters."));
        }
        byte[] bytes = VEvent.newBuilder()
                .setType(VEventType.ROW)
                .setRowEvent(sent)
                .build()
                .toByteArray();

        assertThat(Allocated.each(1000, () -> {
                    rows.read(Told.reader(bytes));
                    while (rows.next()) {
                        Objects.requireNonNull(rows.after(SCHEMA));
                    }
                }))
                .isBetween(BYTES_OF_ROW / 2L, BYTES_OF_ROW * 12L / 10);
    }
}
