package dev.tributary.source.vitess;

import binlogdata.Binlogdata.RowChange;
import binlogdata.Binlogdata.ShardGtid;
import binlogdata.Binlogdata.TableLastPK;
import binlogdata.Binlogdata.VEvent;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableSchema;
import dev.tributary.source.ChangeListener;
import io.vitess.proto.Query.QueryResult;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one part of a snapshot. The copy ends at the last VGTID before COPY_COMPLETED; on the way only a VGTID that says
 * how far the copy has come may be saved: one that does not would be taken, on a resume, for the end of the copy.
 */
final class PartReader extends VStreamReader {
    private final PartCheckpoint part;
    private final SourceTable table;
    private final boolean resumable;
    private @Nullable TableSchema schema;
    private String gtid = "";
    private @Nullable QueryResult lastpk;

    PartReader(PartCheckpoint part, SourceTable table, boolean resumable, ChangeListener listener) {
        super(listener);
        this.part = part;
        this.table = table;
        this.resumable = resumable;
    }

    /** Where the stream is to begin. */
    static ShardGtid start(ShardGtid.Builder shard, PartCheckpoint part) {
        Position position = part.position();
        if (position == null) {
            return shard.setGtid("").build();
        }
        VitessPosition saved = VitessPosition.parse(position);
        shard.setGtid(saved.gtid());
        QueryResult lastpk = saved.lastpk();
        if (lastpk != null) {
            shard.addTablePKs(
                    TableLastPK.newBuilder().setTableName(part.id().table()).setLastpk(lastpk));
        }
        return shard.build();
    }

    @Override
    void onEvent(VEvent event) {
        switch (event.getType()) {
            case FIELD -> onField(event);
            case ROW -> onRows(event);
            case VGTID -> onVgtid(event);
            case COMMIT -> onCommit();
            case COPY_COMPLETED -> onCopyCompleted();
            case JOURNAL -> throw ChangesReader.resharded(part.id());
            default -> {
                // BEGIN, HEARTBEAT and the like tell nothing here
            }
        }
    }

    private void onField(VEvent event) {
        if (schema != null && !resumable) {
            throw startedAnew();
        }
        schema = RowDecoder.schema(table, event.getFieldEvent());
    }

    private void onRows(VEvent event) {
        // rows of the copy carry no time; changes that the copy catches up with do
        boolean snapshot = event.getTimestamp() == 0;
        if (!snapshot && !resumable) {
            throw startedAnew();
        }
        TableSchema shape = schema;
        if (shape == null) {
            throw new PipelineException(Kind.TRANSIENT, "part " + part.id() + ": rows came before their fields");
        }
        for (RowChange change : event.getRowEvent().getRowChangesList()) {
            ChangeRecord told = RowDecoder.record(
                    shape, snapshot, RowDecoder.before(shape, change), RowDecoder.after(shape, change));
            if (told != null) {
                listener.onRecord(told, RowDecoder.bytes(told));
            }
        }
    }

    /** VTGate may take up a broken copy by itself; without a key it does so at a place that is not exact. */
    private PipelineException startedAnew() {
        return new PipelineException(
                Kind.TRANSIENT,
                "table " + table.id() + " has no key, and VTGate took its copy up in the middle: it is copied again");
    }

    private void onVgtid(VEvent event) {
        ShardGtid shard = event.getVgtid().getShardGtids(0);
        if (!GtidSet.isPosition(shard.getGtid())) {
            return;
        }
        gtid = shard.getGtid();
        lastpk = null;
        for (TableLastPK entry : shard.getTablePKsList()) {
            if (entry.getTableName().equals(part.id().table()) && entry.hasLastpk()) {
                lastpk = entry.getLastpk();
            }
        }
    }

    private void onCommit() {
        Position position = midway();
        if (position != null) {
            listener.onPosition(position, false, 0);
        }
    }

    /** Whether the position says how far the copy has come. */
    private static boolean isSavable(@Nullable QueryResult lastpk) {
        return lastpk != null;
    }

    private void onCopyCompleted() {
        if (gtid.isEmpty()) {
            throw new PipelineException(Kind.TRANSIENT, "part " + part.id() + ": the copy ended without a position");
        }
        end();
        listener.onCopied(VitessPosition.at(gtid).toPosition());
    }

    /** Rows of a key are told again without harm, so that the place before a transaction will do inside it. */
    @Override
    public @Nullable Position midway() {
        return isSavable(lastpk) ? new VitessPosition(gtid, lastpk, Map.of()).toPosition() : null;
    }
}
