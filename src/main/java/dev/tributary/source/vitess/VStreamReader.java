package dev.tributary.source.vitess;

import binlogdata.Binlogdata.VEvent;
import binlogdata.Binlogdata.VEventType;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.source.ChangeListener;
import dev.tributary.source.ChangeReader;
import io.grpc.Status;
import io.vitess.proto.Vtgate.VStreamResponse;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the readers of parts and of changes share: the call, and that nothing is told after the end. */
abstract sealed class VStreamReader implements ChangeReader permits PartReader, ChangesReader {
    final ChangeListener listener;
    private @Nullable VStreamCall call;
    private boolean ended;

    VStreamReader(ChangeListener listener) {
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
                if (event.getType() == VEventType.HEARTBEAT) {
                    listener.onHeartbeat();
                } else {
                    onEvent(event);
                }
            }
        } catch (PipelineException e) {
            fail(e);
            return;
        } catch (RuntimeException e) {
            fail(new PipelineException(Kind.FATAL, "could not read what VTGate sent: " + e, e));
            return;
        }
        if (!ended) {
            listener.onMessageEnd();
        }
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
