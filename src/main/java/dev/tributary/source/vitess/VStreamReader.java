package dev.tributary.source.vitess;

import binlogdata.Binlogdata.Journal;
import binlogdata.Binlogdata.VEvent;
import binlogdata.Binlogdata.VEventType;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import dev.tributary.record.StreamId;
import dev.tributary.source.ChangeListener;
import dev.tributary.source.ChangeReader;
import io.grpc.Status;
import io.vitess.proto.Vtgate.VStreamResponse;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the readers of parts and of changes share: the call, and that nothing is told after the end. */
abstract sealed class VStreamReader implements ChangeReader permits PartReader, ChangesReader {
    private static final int EVENTS = RowsEvent.bytesField(VStreamResponse.EVENTS_FIELD_NUMBER);
    private static final int TYPE = VEvent.TYPE_FIELD_NUMBER << 3;
    private static final int TIMESTAMP = VEvent.TIMESTAMP_FIELD_NUMBER << 3;

    final StreamId stream;
    final ChangeListener listener;
    private final RowsEvent rows = new RowsEvent();
    private @Nullable VStreamCall call;
    private boolean ended;
    private boolean cancelled;

    VStreamReader(StreamId stream, ChangeListener listener) {
        this.stream = stream;
        this.listener = listener;
    }

    /** To be called once, at once, with the call whose messages go to {@link #onMessage}. */
    void bind(VStreamCall call) {
        this.call = call;
    }

    abstract void onRows(RowsEvent rows);

    abstract void onBegin();

    /** @param event a VEvent of type VGTID */
    abstract void onVgtid(WireReader event);

    /**
     * The end of a transaction, or of one that is not told.
     *
     * @param timestamp seconds since 1970
     */
    abstract void onBoundary(long timestamp);

    /** Any other event: they are rare. */
    abstract void onEvent(VEvent event);

    final void onMessage(VStreamMessage message) {
        try {
            WireReader events = message.reader();
            while (events.hasMore() && !ended) {
                int tag = events.tag();
                if (tag == EVENTS) {
                    int outer = events.enter();
                    int end = events.end();
                    onEvent(events);
                    events.seek(end, outer);
                } else {
                    events.skip(tag);
                }
            }
            if (ended) {
                return;
            }
        } catch (PipelineException e) {
            fail(e);
            return;
        } catch (WireReader.Malformed e) {
            fail(new PipelineException(
                    Kind.TRANSIENT, stream + ": VTGate sent what can't be read: " + e.getMessage(), e));
            return;
        } catch (RuntimeException e) {
            fail(new PipelineException(
                    Kind.FATAL,
                    stream + ": could not read what VTGate sent ("
                            + e.getClass().getSimpleName() + ")",
                    e));
            return;
        }
        onMessageEnd();
    }

    /** All of a message is told, and the stream goes on. */
    void onMessageEnd() {
        listener.onMessageEnd();
    }

    final boolean hasEnded() {
        return ended;
    }

    private void onEvent(WireReader bytes) {
        int from = bytes.at();
        int end = bytes.end();
        int type = VEventType.UNKNOWN_VALUE;
        long timestamp = 0;
        while (bytes.hasMore()) {
            int tag = bytes.tag();
            if (tag == TYPE) {
                type = (int) bytes.varint();
            } else if (tag == TIMESTAMP) {
                timestamp = bytes.varint();
            } else {
                bytes.skip(tag);
            }
        }
        bytes.seek(from, end);
        switch (type) {
            case VEventType.ROW_VALUE -> {
                rows.read(bytes);
                onRows(rows);
                rows.release();
            }
            case VEventType.BEGIN_VALUE -> onBegin();
            case VEventType.VGTID_VALUE -> onVgtid(bytes);
            case VEventType.COMMIT_VALUE, VEventType.OTHER_VALUE -> onBoundary(timestamp);
            case VEventType.HEARTBEAT_VALUE -> listener.onHeartbeat();
            case VEventType.INSERT_VALUE,
                    VEventType.REPLACE_VALUE,
                    VEventType.UPDATE_VALUE,
                    VEventType.DELETE_VALUE,
                    VEventType.SET_VALUE -> throw statement();
            default -> onEvent(parse(bytes));
        }
    }

    /** What is left, as protobuf's objects. */
    static VEvent parse(WireReader event) {
        try {
            return VEvent.parser().parseFrom(event.bytes(), event.at(), event.left());
        } catch (InvalidProtocolBufferException e) {
            throw new WireReader.Malformed(e);
        }
    }

    /** What a statement changed can't be told from its text. */
    private PipelineException statement() {
        return new PipelineException(
                Kind.FATAL,
                stream + ": the source's binlog holds a statement instead of the rows that it changed; set"
                        + " binlog_format=ROW on its tablets and copy the tables again");
    }

    /**
     * Ends the stream at a reshard's journal, which is the only event of its transaction: behind it an old shard has what the
     * reverse workflow writes, of which nothing may be read or saved.
     */
    final void endAt(Journal journal, Set<String> unfinished) {
        Set<ShardId> parents = journal.getParticipantsList().stream()
                .map(parent -> new ShardId(parent.getKeyspace(), parent.getShard()))
                .collect(Collectors.toSet());
        Map<ShardId, Position> children = journal.getShardGtidsList().stream()
                .collect(Collectors.toMap(
                        child -> new ShardId(child.getKeyspace(), child.getShard()),
                        child -> VitessPosition.at(child.getGtid()).toPosition()));
        end();
        listener.onReshard(new Reshard(Long.toString(journal.getId()), parents, children, unfinished));
    }

    final void onEnd(Status status, Function<Status, PipelineException> meaning) {
        if (!ended) {
            ended = true;
            listener.onFailure(meaning.apply(status));
        }
    }

    private void fail(PipelineException failure) {
        if (!ended) {
            end();
            listener.onFailure(failure);
        }
    }

    /** Ends the stream from this side. */
    final void end() {
        ended = true;
        if (call != null) {
            call.cancel();
        }
    }

    @Override
    public final void request() {
        if (!ended && call != null) {
            call.request();
        }
    }

    @Override
    public final void cancel() {
        cancelled = true;
        end();
    }

    /** Tells what comes after the end. */
    final void unlessCancelled(Runnable told) {
        if (!cancelled) {
            told.run();
        }
    }
}
