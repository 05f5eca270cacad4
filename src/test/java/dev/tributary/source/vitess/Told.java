package dev.tributary.source.vitess;

import binlogdata.Binlogdata.RowChange;
import binlogdata.Binlogdata.RowEvent;
import binlogdata.Binlogdata.VEvent;
import dev.tributary.config.ConnectionUrl;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.Row;
import dev.tributary.record.SchemaChange;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.record.StreamId;
import dev.tributary.record.TableId;
import dev.tributary.servers.VEvents;
import dev.tributary.source.ChangeListener;
import io.vitess.proto.Query.QueryResult;
import io.vitess.proto.Vtgate.VStreamResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Keeps what a reader tells, a line each. Told on one thread, read by whoever looks. */
class Told implements ChangeListener {
    static final ShardId SHARD = new ShardId(VEvents.KEYSPACE, "-80");
    static final StreamId CHANGES = new StreamId(SHARD, PartId.CHANGES);

    private static final ThreadLocal<byte[]> LAST = ThreadLocal.withInitial(() -> new byte[0]);

    final List<String> lines = new CopyOnWriteArrayList<>();
    final List<ChangeRecord> records = new CopyOnWriteArrayList<>();
    final List<Position> positions = new CopyOnWriteArrayList<>();
    volatile int messages;

    volatile @Nullable PipelineException failure;

    static SourceTable table(String name, String... key) {
        return new SourceTable(new TableId(VEvents.KEYSPACE, name), List.of(key), "CREATE TABLE " + name);
    }

    /** Of events that come at once. The one before is overwritten, for nobody may still look at it. */
    static VStreamMessage message(VEvent... events) {
        overwrite();
        byte[] bytes = VStreamResponse.newBuilder()
                .addAllEvents(List.of(events))
                .build()
                .toByteArray();
        LAST.set(bytes);
        return new VStreamMessage(bytes, bytes.length);
    }

    /** What the arrays of messages that were handled become: others' of other messages. */
    static void overwrite() {
        Arrays.fill(LAST.get(), (byte) 0xff);
    }

    static WireReader reader(byte[] bytes) {
        return new WireReader(bytes, bytes.length);
    }

    /** As it comes in an event, before the first image is read. */
    static RowsEvent read(RowChange change) {
        VEvent event = VEvent.newBuilder()
                .setRowEvent(RowEvent.newBuilder().setTableName("orders").addRowChanges(change))
                .build();
        RowsEvent rows = new RowsEvent();
        rows.read(reader(event.toByteArray()));
        rows.next();
        return rows;
    }

    static Position at(long transactions) {
        return VitessPosition.at(VEvents.gtid(transactions)).toPosition();
    }

    /** Columns of the tables that {@link #changes} reads. */
    static VEvent[] fields() {
        return new VEvent[] {VEvents.field("orders", VEvents.idAndName()), VEvents.field("log", VEvents.idAndName())};
    }

    /**
     * Reads {@code orders} and the keyless {@code log}, looked up when 3 transactions were committed.
     *
     * @param query of the source's URL
     */
    static ChangesReader changes(Told told, Position from, String query, PartCheckpoint... parts) {
        return new ChangesReader(
                CHANGES,
                VitessPosition.parse(from),
                List.of(parts),
                List.of(table("orders", "id"), table("log")),
                new TableFilter(
                        ConnectionUrl.parse("TRIBUTARY_SOURCE", "vitess://gate:1/commerce" + query, Optional.empty()),
                        ""),
                GtidSet.parse(VEvents.gtid(3)),
                told);
    }

    @Override
    public void onRecord(ChangeRecord record, int bytes) {
        records.add(record);
        lines.add(line(record));
    }

    static String line(ChangeRecord record) {
        Row before = record.before();
        Row after = record.after();
        String images = before == null ? "" : values(before);
        if (after != null) {
            images += (before == null ? "" : " -> ") + values(after);
        }
        return record.operation().name().toLowerCase(Locale.ROOT) + " "
                + record.schema().table().name() + " " + images;
    }

    /** The arrays that hold the values of all images that were told. */
    long arrays() {
        return records.stream()
                .flatMap(record -> Stream.of(record.before(), record.after()))
                .filter(Objects::nonNull)
                .map(Row::bytes)
                .distinct()
                .count();
    }

    private static String values(Row row) {
        StringJoiner values = new StringJoiner(",");
        for (int i = 0; i < row.size(); i++) {
            byte[] value = row.value(i);
            values.add(value == null ? "NULL" : new String(value, StandardCharsets.UTF_8));
        }
        return values.toString();
    }

    @Override
    public void onPosition(Position position, boolean pastParts, long committedAt) {
        positions.add(position);
        lines.add("at " + place(position) + (pastParts ? "" : " among parts"));
    }

    @Override
    public void onSchemaChange(SchemaChange change, boolean pastParts, long committedAt) {
        positions.add(change.after());
        lines.add("schema change " + place(change.before()) + " to " + place(change.after()) + " " + change.tables());
    }

    @Override
    public void onReshard(Reshard reshard) {
        StringJoiner children = new StringJoiner(" ");
        new TreeMap<>(reshard.children().entrySet().stream()
                        .collect(Collectors.toMap(child -> child.getKey().shard(), child -> place(child.getValue()))))
                .forEach((child, at) -> children.add(child + " at " + at));
        lines.add("reshard " + reshard.id() + " of "
                + reshard.parents().stream().map(ShardId::shard).sorted().toList() + " to " + children
                + (reshard.unfinished().isEmpty() ? "" : " without " + reshard.unfinished()));
    }

    @Override
    public void onCopied(Position position) {
        positions.add(position);
        lines.add("copied at " + place(position));
    }

    @Override
    public void onHeartbeat() {
        lines.add("heartbeat");
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public void onMessageEnd() {
        messages++;
    }

    @Override
    public void onFailure(Throwable thrown) {
        PipelineException known = (PipelineException) thrown;
        failure = known;
        lines.add("failure " + known.kind());
    }

    String failureMessage() {
        PipelineException known = failure;
        return known == null ? "" : String.valueOf(known.getMessage());
    }

    /** {@code 5}, {@code 5 after 3} in a copy, {@code 5 + {orders=2}} in a transaction. */
    static String place(Position position) {
        VitessPosition place = VitessPosition.parse(position);
        String text = place.gtid().substring(place.gtid().lastIndexOf('-') + 1);
        QueryResult lastpk = place.lastpk();
        if (lastpk != null) {
            text += " after " + lastpk.getRows(0).getValues().toStringUtf8();
        }
        return place.durable().isEmpty() ? text : text + " + " + new TreeMap<>(place.durable());
    }
}
