package dev.tributary.source.vitess;

import static dev.tributary.servers.VEvents.begin;
import static dev.tributary.servers.VEvents.column;
import static dev.tributary.servers.VEvents.commit;
import static dev.tributary.servers.VEvents.field;
import static dev.tributary.servers.VEvents.gtid;
import static dev.tributary.servers.VEvents.row;
import static dev.tributary.servers.VEvents.rows;
import static dev.tributary.servers.VEvents.update;
import static dev.tributary.servers.VEvents.vgtid;

import binlogdata.Binlogdata.RowChange;
import binlogdata.Binlogdata.VEvent;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Position;
import dev.tributary.workload.TenColumns;
import io.vitess.proto.Query;
import io.vitess.proto.Query.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** The way of rows of {@link TenColumns} from a message's bytes to records, as a shard's reader of changes goes it. */
final class DecodePath {
    /** Updates of a message, of two images each. */
    static final int ROWS = 1_000;

    private static final int UTF8MB4 = 45;
    private static final int BINARY = 63;

    private final Counting told = new Counting();
    private final ChangesReader reader = Told.changes(told, Told.at(3), "");
    private final VStreamMessage message;

    /** Told lines would be most of what it costs. */
    private static final class Counting extends Told {
        private long bytes;

        @Override
        public void onRecord(ChangeRecord record, int size) {
            bytes += size;
        }

        @Override
        public void onPosition(Position position, boolean pastParts, long committedAt) {
            // what is counted is rows
        }
    }

    /** @param transaction rows of each of the message's transactions */
    DecodePath(int transaction) {
        List<Query.Field> fields = TenColumns.schema().columns().stream()
                .map(column -> column(
                        column.name(),
                        type(column.type()),
                        column.type(),
                        column.encoding().isEmpty() ? BINARY : UTF8MB4))
                .toList();
        reader.onMessage(Told.message(begin(), field(TenColumns.TABLE.name(), fields)));
        RowChange[] updates = LongStream.range(0, ROWS)
                .mapToObj(id -> update(
                        row(TenColumns.values(id).toArray()),
                        row(TenColumns.values(id).toArray())))
                .toArray(RowChange[]::new);
        List<VEvent> events = new ArrayList<>();
        for (int from = 0; from < ROWS; from += transaction) {
            events.add(begin());
            events.add(rows(TenColumns.TABLE.name(), Arrays.copyOfRange(updates, from, from + transaction)));
            events.add(vgtid(Told.CHANGES.shard().shard(), gtid(4 + from)));
            events.add(commit());
        }
        message = Told.message(events.toArray(VEvent[]::new));
    }

    private static Type type(String declared) {
        return switch (declared.replaceAll("\\(.*", "")) {
            case "bigint" -> Type.INT64;
            case "int" -> Type.INT32;
            case "decimal" -> Type.DECIMAL;
            case "datetime" -> Type.DATETIME;
            case "date" -> Type.DATE;
            case "double" -> Type.FLOAT64;
            default -> Type.VARCHAR;
        };
    }

    /** Reads the message, and gives the bytes of all images so far. */
    long read() {
        reader.onMessage(message);
        if (told.failure != null) {
            throw told.failure;
        }
        return told.bytes;
    }
}
