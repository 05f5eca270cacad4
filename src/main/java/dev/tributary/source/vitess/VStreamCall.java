package dev.tributary.source.vitess;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.vertx.core.Context;
import io.vitess.proto.Vtgate.VStreamRequest;
import io.vitess.proto.Vtgate.VStreamResponse;
import io.vitess.proto.grpc.VitessGrpc;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One VStream with manual flow control: nothing is taken from the wire that was not requested. Made, called and calling
 * back on one context only; no more than the one message that was requested waits for it. Ends a stream on which VTGate's
 * heartbeats stay out.
 */
final class VStreamCall {
    private final ClientCall<VStreamRequest, VStreamResponse> call;
    private final Context context;
    private final Consumer<VStreamResponse> onMessage;
    private final Consumer<Status> onEnd;
    private final long patience;
    private final long timer;
    private long awaitedSince;
    private boolean ended;

    /**
     * @param silence how long a requested message, be it a heartbeat, may stay out
     * @param onMessage called with each message
     * @param onEnd called once, unless the call is cancelled first
     */
    VStreamCall(
            Channel channel,
            VStreamRequest request,
            Context context,
            Duration silence,
            Consumer<VStreamResponse> onMessage,
            Consumer<Status> onEnd) {
        this.context = context;
        this.onMessage = onMessage;
        this.onEnd = onEnd;
        this.patience = silence.toNanos();
        this.call = channel.newCall(
                VitessGrpc.getVStreamMethod(),
                CallOptions.DEFAULT.withExecutor(task -> context.runOnContext(ignored -> task.run())));
        call.start(new Listener(), new Metadata());
        call.sendMessage(request);
        call.halfClose();
        this.timer = context.owner().setPeriodic(Math.max(1, silence.toMillis() / 4), id -> onTimer());
    }

    void request() {
        if (!ended) {
            awaitedSince = System.nanoTime();
            call.request(1);
        }
    }

    void cancel() {
        if (!ended) {
            end();
            call.cancel("no longer wanted", null);
        }
    }

    private void end() {
        ended = true;
        context.owner().cancelTimer(timer);
    }

    private void onTimer() {
        long since = awaitedSince;
        if (!ended && since != 0 && System.nanoTime() - since > patience) {
            end();
            call.cancel("silent", null);
            onEnd.accept(Status.UNAVAILABLE.withDescription("nothing came, not even a heartbeat, for "
                    + Duration.ofNanos(patience).toSeconds() + " s"));
        }
    }

    private final class Listener extends ClientCall.Listener<VStreamResponse> {
        @Override
        public void onMessage(VStreamResponse message) {
            if (!ended) {
                awaitedSince = 0;
                onMessage.accept(message);
            }
        }

        @Override
        public void onClose(Status status, @Nullable Metadata trailers) {
            if (!ended) {
                end();
                onEnd.accept(status);
            }
        }
    }
}
