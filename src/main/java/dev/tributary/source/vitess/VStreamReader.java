package dev.tributary.source.vitess;

import binlogdata.Binlogdata.VEvent;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.StreamId;
import dev.tributary.source.ChangeListener;
import dev.tributary.source.ChangeReader;
import io.grpc.Status;
import io.vitess.proto.Vtgate.VStreamResponse;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the readers of parts and of changes share: the call, and that nothing is told after the end. */
abstract sealed class VStreamReader implements ChangeReader permits PartReader, ChangesReader {
    final StreamId stream;
    final ChangeListener listener;
    private @Nullable VStreamCall call;
    private boolean ended;

    VStreamReader(StreamId stream, ChangeListener listener) {
        this.stream = stream;
        this.listener = listener;
    }

    /** To be called once, at once, with the call whose messages go to {@link #onMessage}. */
    void bind(VStreamCall call) {
        this.call = call;
    }

    abstract void onEvent(VEvent event);

    final void onMessage(VStreamResponse message) {
        try {
            for (VEvent event : message.getEventsList()) {
                if (ended) {
                    return;
                }
                switch (event.getType()) {
                    case HEARTBEAT -> listener.onHeartbeat();
                    case INSERT, REPLACE, UPDATE, DELETE, SET -> throw statement();
                    default -> onEvent(event);
                }
            }
        } catch (PipelineException e) {
            fail(e);
            return;
        } catch (RuntimeException e) {
            fail(new PipelineException(
                    Kind.FATAL,
                    stream + ": could not read what VTGate sent ("
                            + e.getClass().getSimpleName() + ")",
                    e));
            return;
        }
        if (!ended) {
            listener.onMessageEnd();
        }
    }

    /** What a statement changed can't be told from its text. */
    private PipelineException statement() {
        return new PipelineException(
                Kind.FATAL,
                stream + ": the source's binlog holds a statement instead of the rows that it changed; set"
                        + " binlog_format=ROW on its tablets and copy the tables again");
    }

    /** Past its journal an old shard streams what the reverse workflow writes: nothing behind it may be read or saved. */
    final PipelineException resharded() {
        return new PipelineException(
                Kind.FATAL,
                stream
                        + ": the shard was resharded, and following a reshard is not supported yet: start a new pipeline"
                        + " (TRIBUTARY_PIPELINE) into an empty target");
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
        end();
    }
}
