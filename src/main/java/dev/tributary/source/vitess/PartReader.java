package dev.tributary.source.vitess;

import binlogdata.Binlogdata.MigrationType;
import binlogdata.Binlogdata.ShardGtid;
import binlogdata.Binlogdata.TableLastPK;
import binlogdata.Binlogdata.VEvent;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Row;
import dev.tributary.record.SchemaChange.Altered;
import dev.tributary.record.SourceTable;
import dev.tributary.record.StreamId;
import dev.tributary.record.TableSchema;
import dev.tributary.source.ChangeListener;
import io.smallrye.mutiny.Uni;
import io.vitess.proto.Query.QueryResult;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads one part of a snapshot. The copy ends at the last VGTID before COPY_COMPLETED; on the way only a VGTID that says how far
 * the copy has come may be saved: one that does not would be taken, on a resume, for the end of the copy. Of a part that is
 * copied already it reads the changes behind that, up to where it is to end.
 */
final class PartReader extends VStreamReader {
    private final PartCheckpoint part;
    private final KeyRange range;
    private final SourceTable table;
    private final boolean resumable;
    private final @Nullable GtidSet until;
    private final Supplier<Uni<Void>> writable;
    private final Executor own;
    private @Nullable TableSchema schema;
    private @Nullable CopiedValues copiedValues;
    private String gtid = "";
    private @Nullable QueryResult lastpk;
    /** Whether the target may have rows of the copy. */
    private boolean begun;
    /** Whether {@code gtid} was heard of the server this time. */
    private boolean placed;

    /** Whether it is not known yet that the copy is of the shard's own rows. */
    private boolean unsure;
    /** Whether what is to come is not asked for as long. */
    private boolean waits;
    /** Where the copy has ended, as long. */
    private @Nullable Position finished;

    /** Whether rows of a transaction that the copied part follows were told, and its end was not. */
    private boolean midway;
    /** Whether the transaction that is being told has differences of documents. */
    private boolean differs;
    /** Whether a transaction has ended since the last row of the copy that says nothing of how far the copy has come. */
    private boolean copied;

    /**
     * @param until what a part that is copied already is to hold at its end; null for another
     * @param writable fails where the shard takes no writes now: it may be another's, and then has been for some time
     * @param own runs something where the listener is called
     */
    PartReader(
            StreamId stream,
            PartCheckpoint part,
            SourceTable table,
            boolean resumable,
            @Nullable GtidSet until,
            Supplier<Uni<Void>> writable,
            Executor own,
            ChangeListener listener) {
        super(stream, listener);
        this.writable = writable;
        this.own = own;
        this.part = part;
        this.range = KeyRange.parse(part.range());
        this.table = table;
        this.resumable = resumable;
        this.until = until;
        this.placed = part.copied();
        Position position = part.position();
        this.begun = position != null;
        if (position != null) {
            // until the server says more, the stream can be taken up again where it was this time
            VitessPosition saved = VitessPosition.parse(position);
            gtid = saved.gtid();
            lastpk = saved.lastpk();
        }
    }

    /** Where the stream is to begin. */
    static ShardGtid start(ShardGtid.Builder shard, PartCheckpoint part) {
        Position position = part.position();
        if (position == null) {
            return shard.setGtid("").build();
        }
        VitessPosition saved = VitessPosition.parse(position);
        shard.setGtid(saved.gtid());
        if (part.copied()) {
            return shard.build();
        }
        QueryResult lastpk = saved.lastpk();
        if (lastpk == null) {
            throw new PipelineException(
                    Kind.FATAL,
                    "part " + part.id() + ": its position does not say how far its copy has come: " + position);
        }
        return shard.addTablePKs(
                        TableLastPK.newBuilder().setTableName(part.id().table()).setLastpk(lastpk))
                .build();
    }

    @Override
    void onBegin() {
        if (midway) {
            throw transientFailure(": VTGate began the transaction after " + gtid + " again in the middle");
        }
    }

    @Override
    void onEvent(VEvent event) {
        switch (event.getType()) {
            case FIELD -> onField(event);
            case DDL -> {
                checkDdl(event.getStatement());
                onBoundary(event.getTimestamp());
            }
            case COPY_COMPLETED -> {
                if (!placed || part.copied()) {
                    throw transientFailure(": the copy ended without a position");
                }
                finish();
            }
            case JOURNAL -> {
                if (event.getJournal().getMigrationType() == MigrationType.SHARDS) {
                    if (!resumable && !part.copied()) {
                        throw startedAnew();
                    }
                    endAt(event.getJournal(), Set.of());
                }
            }
            default -> {
                // what else there is tells nothing here
            }
        }
    }

    /** A statement tells no image of the rows that it takes away, and the change stream knows that the copy is later than it. */
    private void checkDdl(String sql) {
        Optional<String> emptied = DdlStatement.read(sql, Map.of(part.id().table(), table)).tables().stream()
                .flatMap(change -> change instanceof Altered altered
                        ? altered.refused().map(why -> "changed (" + why + ")").stream()
                        : Stream.of("truncated, dropped or renamed"))
                .findFirst();
        if (emptied.isEmpty() || !begun) {
            return;
        }
        if (!resumable) {
            throw startedAnew();
        }
        throw new PipelineException(
                Kind.FATAL,
                stream + ": the table was " + emptied.get()
                        + " at the source while it was copied, and the"
                        + " rows that were copied before are still at the target as they were; start a new pipeline"
                        + " (TRIBUTARY_PIPELINE) into an empty target");
    }

    private void onField(VEvent event) {
        if (schema != null && !resumable && !part.copied()) {
            throw startedAnew();
        }
        if (!part.copied()
                && KnownColumns.isAltered(table, event.getFieldEvent().getFieldsList())) {
            throw transientFailure(": the table was altered: the stream starts again with its new columns");
        }
        schema = RowDecoder.schema(table, event.getFieldEvent(), schema);
        if (!part.copied()) {
            copiedValues = CopiedValues.of(table, event.getFieldEvent());
        }
    }

    @Override
    void onRows(RowsEvent rows) {
        // rows of the copy carry no time; changes that the copy catches up with do
        boolean snapshot = rows.timestamp() == 0;
        if (!snapshot && !resumable && !part.copied()) {
            throw startedAnew();
        }
        if (snapshot) {
            copied = false;
            begun = true;
        } else if (part.copied()) {
            midway = true;
        } else if (lastpk == null) {
            throw goneOver();
        }
        TableSchema shape = schema;
        if (shape == null) {
            throw transientFailure(": rows came before their fields");
        }
        while (rows.next()) {
            Row before = rows.before(shape);
            Row after = rows.after(shape);
            if (snapshot) {
                after = after == null
                        ? null
                        : Objects.requireNonNull(copiedValues).read(after);
            } else {
                if (after != null && after.gaps() != null && !part.copied()) {
                    checkPartial(shape, before, after);
                }
                before = within(shape, before);
                after = within(shape, after);
                if (part.copied() && after != null && after.gaps() != null && before == null && rows.hasBefore()) {
                    throw PartialImage.moved(stream);
                }
            }
            ChangeRecord told = RowDecoder.record(shape, snapshot, before, after);
            if (told == null) {
                rows.drop();
            } else {
                listener.onRecord(told, RowDecoder.bytes(told));
            }
        }
    }

    /**
     * The image, if it is of this part. A vttablet sends both images of a change if one of them passes the filter (Vitess 24.0.3,
     * vstreamer.go, processRowEvent); but what another part has of that row may be later than this.
     */
    private @Nullable Row within(TableSchema shape, @Nullable Row image) {
        return image == null || range.holds(shape, image) ? image : null;
    }

    /**
     * What a copy catches up with may be of a row that it has not come to, and be told again. So a row with a new key may not be
     * there, and a difference of a document must not be made twice.
     */
    private void checkPartial(TableSchema shape, @Nullable Row before, Row after) {
        differs |= !Objects.requireNonNull(after.gaps()).expressions().isEmpty();
        for (int column : shape.key()) {
            if (before != null && !before.isSame(column, after, column)) {
                throw PartialImage.moved(stream);
            }
        }
    }

    private PipelineException transientFailure(String what) {
        return new PipelineException(Kind.TRANSIENT, stream + what);
    }

    /** VTGate may take up a broken copy by itself; without a key it does so at a place that is not exact. */
    private PipelineException startedAnew() {
        return transientFailure(
                ": the table has no key, and VTGate took its copy up in the middle: it is copied again");
    }

    /**
     * The copy and its end come in several messages. Where the tablet dies between them, VTGate takes the stream up by itself
     * at a place that says nothing of a copy: that is one of changes only, whose copy is never said to be over.
     */
    private PipelineException goneOver() {
        return transientFailure(
                ": changes came before the end of the copy was told: VTGate took it up behind the copy");
    }

    @Override
    void onVgtid(WireReader event) {
        ShardGtid shard = parse(event).getVgtid().getShardGtids(0);
        if (!GtidSet.isPosition(shard.getGtid())) {
            return;
        }
        gtid = shard.getGtid();
        if (!placed && part.position() == null) {
            verifyBegun();
        }
        placed = true;
        lastpk = null;
        for (TableLastPK entry : shard.getTablePKsList()) {
            if (entry.getTableName().equals(part.id().table()) && entry.hasLastpk()) {
                lastpk = entry.getLastpk();
            }
        }
    }

    @Override
    void onBoundary(long timestamp) {
        differs = false;
        midway = false;
        Position position = midway();
        if (position != null) {
            listener.onPosition(position, false, 0);
        } else if (until != null) {
            onPlace(until);
        } else if (copied) {
            throw goneOver();
        } else {
            copied = placed;
        }
    }

    /** A place between transactions behind the copy. */
    private void onPlace(GtidSet goal) {
        GtidSet reached = GtidSet.parse(gtid);
        if (goal.isWithin(reached)) {
            finish();
        } else if (reached.isWithin(goal)) {
            listener.onPosition(VitessPosition.at(gtid).toPosition(), false, 0);
        } else {
            throw new PipelineException(
                    Kind.FATAL,
                    stream + ": the changes stand at " + goal + ", and the table's came past it at " + reached
                            + " without meeting it: the tablets' histories differ; remove the shard's rows"
                            + " from tributary_checkpoint and the tables' rows at the target to copy them again");
        }
    }

    private void finish() {
        end();
        Position end = VitessPosition.at(gtid).toPosition();
        if (unsure) {
            finished = end;
        } else {
            listener.onCopied(end);
        }
    }

    /**
     * A copy must not be of a shard behind its reshard: it would have what others have written since. Before that the shard is made
     * to take no writes; so a copy whose rows are from a moment before it does is from before. Until that is known no rows are asked
     * for.
     */
    private void verifyBegun() {
        unsure = true;
        writable.get()
                .subscribe()
                .with(
                        takes -> own.execute(() -> unlessCancelled(this::begin)),
                        failure -> own.execute(() -> unlessCancelled(() -> refuse(failure))));
    }

    private void begin() {
        unsure = false;
        if (finished != null) {
            listener.onCopied(finished);
        } else if (waits && !hasEnded()) {
            listener.onMessageEnd();
        }
    }

    private void refuse(Throwable failure) {
        if (finished != null || !hasEnded()) {
            end();
            listener.onFailure(failure);
        }
    }

    @Override
    void onMessageEnd() {
        waits = unsure;
        if (!unsure) {
            listener.onMessageEnd();
        }
    }

    /**
     * Rows of a key are told again without harm, so that the place before a transaction will do inside it; but for differences
     * of documents.
     */
    @Override
    public @Nullable Position midway() {
        return lastpk == null || differs ? null : new VitessPosition(gtid, lastpk, Map.of()).toPosition();
    }
}
