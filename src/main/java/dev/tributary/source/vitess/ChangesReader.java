package dev.tributary.source.vitess;

import binlogdata.Binlogdata.FieldEvent;
import binlogdata.Binlogdata.Journal;
import binlogdata.Binlogdata.MigrationType;
import binlogdata.Binlogdata.VEvent;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Row;
import dev.tributary.record.SchemaChange;
import dev.tributary.record.SchemaChange.Altered;
import dev.tributary.record.SchemaChange.Dropped;
import dev.tributary.record.SchemaChange.OfTable;
import dev.tributary.record.SourceTable;
import dev.tributary.record.StreamId;
import dev.tributary.record.TableSchema;
import dev.tributary.source.ChangeListener;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads a shard's changes: whole transactions, less what the copied parts hold already. */
final class ChangesReader extends VStreamReader {
    /** Before a table's name, where it is told with its keyspace. */
    private final String qualifier;

    private final Map<String, SourceTable> tables = new HashMap<>();
    private final TableFilter filter;
    private final CopiedParts parts;
    /** Tables that the stream goes on without. */
    private final Set<String> late;

    private final @Nullable GtidSet discovered;
    /** The last shape of each table. */
    private final Map<String, TableSchema> schemas = new HashMap<>();

    private final VgtidEvent vgtid = new VgtidEvent();

    /** Where the transaction that is being told began. */
    private String begin;

    private boolean pastDiscovery;
    private String gtid;
    /** Row changes of the transaction that is being told, by table. */
    private final Map<String, Long> told = new HashMap<>();
    /** Row changes of the first transaction that were durable before. */
    private Map<String, Long> durable;

    ChangesReader(
            StreamId stream,
            VitessPosition start,
            List<PartCheckpoint> parts,
            List<SourceTable> tables,
            TableFilter filter,
            @Nullable GtidSet discovered,
            ChangeListener listener) {
        super(stream, listener);
        this.qualifier = stream.shard().keyspace() + ".";
        this.begin = start.gtid();
        this.gtid = start.gtid();
        this.durable = new HashMap<>(start.durable());
        this.parts = new CopiedParts(parts.stream().filter(part -> !part.late()).toList());
        this.late = parts.stream()
                .filter(PartCheckpoint::late)
                .map(part -> part.id().table())
                .collect(Collectors.toSet());
        this.filter = filter;
        this.discovered = discovered;
        for (SourceTable table : tables) {
            String name = table.id().name();
            if (!table.isGone() || filter.selects(name)) {
                this.tables.put(name, table);
            }
        }
        this.parts.moveTo(start.set());
    }

    @Override
    void onEvent(VEvent event) {
        switch (event.getType()) {
            case FIELD -> {
                SourceTable table = tables.get(nameOf(event.getFieldEvent().getTableName()));
                if (table != null && isRead(table.id().name())) {
                    onField(table, event.getFieldEvent());
                }
            }
            case DDL -> onDdl(event);
            case JOURNAL -> {
                if (event.getJournal().getMigrationType() == MigrationType.SHARDS) {
                    onJournal(event.getJournal());
                }
            }
            default -> {
                // what else there is tells nothing here
            }
        }
    }

    /** VTGate may take up a broken stream by itself; in the middle of a transaction its rows would be told twice. */
    @Override
    void onBegin() {
        if (!told.isEmpty()) {
            throw new PipelineException(
                    Kind.TRANSIENT, stream + ": VTGate began the transaction after " + begin + " again in the middle");
        }
    }

    private void onField(SourceTable table, FieldEvent fields) {
        String name = table.id().name();
        try {
            schemas.compute(name, (known, schema) -> RowDecoder.schema(table, fields, schema));
        } catch (PipelineException unreadable) {
            if (!parts.isCopiedLater(name)) {
                throw unreadable;
            }
            // the copy has these rows, under a later schema
            schemas.remove(name);
        }
    }

    /** A VTGate before 23 does not know the flag that leaves the keyspace out of a table's name. */
    private String nameOf(String sent) {
        boolean qualified = sent.startsWith(qualifier) && !tables.containsKey(sent);
        return qualified ? sent.substring(qualifier.length()) : sent;
    }

    @Override
    void onRows(RowsEvent rows) {
        String name = nameOf(rows.table());
        if (!isRead(name)) {
            onUnknownTable(name);
            return;
        }
        TableSchema schema = schemas.get(name);
        if (schema == null && parts.isCopiedLater(name)) {
            while (rows.next()) {
                told.merge(name, 1L, Long::sum);
                wasDurable(name);
            }
            return;
        }
        if (schema == null) {
            throw new PipelineException(
                    Kind.TRANSIENT, stream + ": rows of table " + name + " came before their fields");
        }
        while (rows.next()) {
            told.merge(name, 1L, Long::sum);
            if (!wasDurable(name)) {
                tell(schema, rows);
            }
        }
    }

    private boolean wasDurable(String table) {
        if (durable.isEmpty()) {
            return false;
        }
        long left = durable.getOrDefault(table, 0L);
        if (left == 0) {
            return false;
        }
        durable.put(table, left - 1);
        return true;
    }

    private void tell(TableSchema schema, RowsEvent change) {
        Row before = change.before(schema);
        Row after = change.after(schema);
        if (after != null && after.gaps() != null) {
            PartialImage.checkTold(
                    stream, Objects.requireNonNull(tables.get(schema.table().name())));
        }
        if (!parts.isPast()) {
            before = before != null && parts.holds(schema, before) ? null : before;
            after = after != null && parts.holds(schema, after) ? null : after;
            if (after != null && after.gaps() != null && before == null && change.hasBefore()) {
                throw PartialImage.moved(stream);
            }
        }
        ChangeRecord record = RowDecoder.record(schema, false, before, after);
        if (record == null) {
            change.drop();
        } else {
            listener.onRecord(record, RowDecoder.bytes(record));
        }
    }

    private boolean isRead(String table) {
        SourceTable known = tables.get(table);
        return known != null && !known.isGone() && !known.elsewhere() && !late.contains(table);
    }

    private boolean isElsewhere(String table) {
        SourceTable known = tables.get(table);
        return known != null && known.elsewhere();
    }

    /** A table that was not there when the tables were looked up is dropped by now, or it is new. */
    private void onUnknownTable(String name) {
        if (filter.selects(name) && !late.contains(name) && !isElsewhere(name) && isPastDiscovery()) {
            throw new PipelineException(
                    Kind.TRANSIENT, stream + ": table " + name + " is new: the stream starts again with it");
        }
    }

    @Override
    void onVgtid(WireReader event) {
        vgtid.read(event);
        if (vgtid.shards() == 0) {
            throw new WireReader.Malformed(null);
        }
        String shard = vgtid.shard();
        if (vgtid.shards() != 1
                || !shard.isEmpty() && !shard.equals(stream.shard().shard())) {
            throw new PipelineException(
                    Kind.FATAL,
                    stream
                            + ": VTGate went on with other shards by itself: it is too old to be followed through a reshard;"
                            + " start a new pipeline (TRIBUTARY_PIPELINE) into an empty target");
        }
        // a stream that has not started yet says "current", which is no place to come back to
        if (GtidSet.isPosition(vgtid.gtid())) {
            gtid = vgtid.gtid();
        }
    }

    /** Ends the stream in front of a schema change that concerns its tables; of any other the place is told. */
    private void onDdl(VEvent event) {
        DdlStatement ddl = DdlStatement.read(event.getStatement(), tables);
        List<OfTable> concerned = ddl.tables().stream().filter(this::concerns).toList();
        boolean makes = ddl.made().stream().anyMatch(filter::selects) && isPastDiscovery();
        if (concerned.isEmpty() && !makes) {
            onBoundary(event.getTimestamp());
            return;
        }
        Position before = VitessPosition.at(begin).toPosition();
        pass();
        Position after = VitessPosition.at(gtid).toPosition();
        end();
        listener.onSchemaChange(
                new SchemaChange(event.getStatement(), before, after, concerned),
                parts.isPast(),
                event.getTimestamp() * 1000);
    }

    private void onJournal(Journal journal) {
        if (!durable.isEmpty()) {
            checkDurable();
        }
        endAt(journal, parts.isPast() ? Set.of() : parts.ahead());
    }

    private boolean concerns(OfTable change) {
        if (late.contains(change.table())) {
            // its parts end in front of it, or have it behind them
            return !(change instanceof Altered altered) || altered.refused().isPresent() || hasEffect(altered);
        }
        if (isElsewhere(change.table()) || !isRead(change.table()) && !(change instanceof Dropped)) {
            return false;
        }
        if (change instanceof Altered altered) {
            if (altered.refused().isPresent()) {
                // a copy that was made later is of the table as the change has left it
                return !parts.isCopiedLater(change.table());
            }
            return hasEffect(altered);
        }
        if (parts.isBetweenCopies(change.table())) {
            throw new PipelineException(
                    Kind.FATAL,
                    stream + ": table " + change.table()
                            + " was truncated, dropped or renamed at the source while its key"
                            + " ranges were copied; start a new pipeline (TRIBUTARY_PIPELINE) into an empty target");
        }
        // what was copied later does not have the rows that go here
        return !parts.isCopiedLater(change.table());
    }

    private static boolean hasEffect(Altered altered) {
        return altered.after().isEmpty()
                || !altered.after().equals(altered.before())
                || !altered.droppedIndexes().isEmpty();
    }

    @Override
    void onBoundary(long timestamp) {
        pass();
        if (durable.isEmpty()) {
            listener.onPosition(VitessPosition.at(gtid).toPosition(), parts.isPast(), timestamp * 1000);
        }
    }

    private void pass() {
        if (!durable.isEmpty() && (!told.isEmpty() || hasMoved())) {
            checkDurable();
        }
        told.clear();
        begin = gtid;
        if (!parts.isPast()) {
            parts.moveTo(GtidSet.parse(gtid));
        }
    }

    /** Whether the transaction that is being told came after the tables were looked up. */
    private boolean isPastDiscovery() {
        pastDiscovery = pastDiscovery || discovered != null && discovered.isWithin(GtidSet.parse(begin));
        return pastDiscovery;
    }

    private boolean hasMoved() {
        return !GtidSet.parse(gtid).isWithin(GtidSet.parse(begin));
    }

    private void checkDurable() {
        for (Map.Entry<String, Long> entry : durable.entrySet()) {
            if (entry.getValue() > 0 && isRead(entry.getKey())) {
                throw new PipelineException(
                        Kind.FATAL,
                        stream + ": the transaction after " + begin + " has " + entry.getValue()
                                + " rows less of table " + entry.getKey()
                                + " than are durable of it: the source's history is another one");
            }
        }
        durable = Map.of();
    }

    @Override
    public Position midway() {
        Map<String, Long> counts = new HashMap<>(told);
        return new VitessPosition(begin, null, counts).toPosition();
    }
}
