package dev.tributary.source.vitess;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.quarkus.logging.Log;
import io.vertx.core.Context;
import io.vitess.proto.Vtgate.VStreamRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One VStream with manual flow control: beyond what was requested no more is taken from the wire than a few messages, where
 * those before were small and many; they wait here. Made, called and calling back on one context only. Ends a stream on which
 * VTGate's heartbeats stay out.
 */
final class VStreamCall {
    /**
     * Messages that may be asked for ahead where many small ones come, of a transaction each: to ask for each when it is wanted
     * costs more than to read it. What was asked for can't be taken back, and may be larger.
     */
    private static final int MOST_AHEAD = 8;
    /** Up to this it is a small one. */
    private static final int SMALL_BYTES = 16 << 10;
    /** Those that come no later than this behind each other are many. */
    private static final long MANY_NANOS = 5_000_000;

    private final VStreamMessages messages;
    private final ClientCall<VStreamRequest, VStreamMessage> call;
    private final Context context;
    private final Consumer<VStreamMessage> onMessage;
    private final Consumer<Status> onEnd;
    private final long patience;
    private final long timer;
    /** Messages that came and were not wanted yet, at most {@link #MOST_AHEAD} if no more was wanted at once. */
    private final ArrayDeque<VStreamMessage> waiting = new ArrayDeque<>();
    /** Messages that gRPC was asked for and that did not come yet. */
    private int due;

    /** How many may be due or wait: twice as many with every small one that comes at once. */
    private int ahead = 1;

    private long lastCame;
    /** Messages that were asked for here and not handed out. */
    private int wanted;

    private boolean handing;
    private @Nullable Status closed;
    private long awaitedSince;
    private boolean ended;

    /**
     * @param messages of the context's event loop
     * @param silence how long a requested message, be it a heartbeat, may stay out
     * @param onMessage called with each message, which is not to be kept
     * @param onEnd called once, unless the call is cancelled first
     */
    VStreamCall(
            Channel channel,
            VStreamMessages messages,
            VStreamRequest request,
            Context context,
            Duration silence,
            Consumer<VStreamMessage> onMessage,
            Consumer<Status> onEnd) {
        this.context = context;
        this.onMessage = onMessage;
        this.onEnd = onEnd;
        this.patience = silence.toNanos();
        this.messages = messages;
        this.call = channel.newCall(messages.method(), CallOptions.DEFAULT.withExecutor(this::onContext));
        call.start(new Listener(), new Metadata());
        call.sendMessage(request);
        call.halfClose();
        this.timer = context.owner().setPeriodic(Math.max(1, silence.toMillis() / 4), id -> onTimer());
    }

    private void onContext(Runnable task) {
        try {
            context.runOnContext(ignored -> task.run());
        } catch (RejectedExecutionException ended) {
            // the loops are gone, and whoever would hear of it with them; thrown here, it would be gRPC's defect
            Log.debugf(ended, "a stream ends behind its event loop");
        }
    }

    /** Asks for one message more; it may come before this returns, but not while another is being handed out. */
    void request() {
        if (ended) {
            return;
        }
        wanted++;
        handOut();
        if (wanted > 0 && !ended) {
            awaitedSince = System.nanoTime();
        }
    }

    /** Hands out what waits, as long as it is asked for; no deeper than one message in another's handling. */
    private void handOut() {
        if (handing) {
            return;
        }
        handing = true;
        try {
            while (wanted > 0 && !ended && !waiting.isEmpty()) {
                wanted--;
                awaitedSince = 0;
                VStreamMessage message = waiting.remove();
                onMessage.accept(message);
                messages.release(message);
            }
        } catch (RuntimeException defect) {
            if (!ended) {
                cancel();
                onEnd.accept(Status.INTERNAL.withCause(defect));
            }
        } finally {
            handing = false;
        }
        if (ended) {
            return;
        }
        if (closed != null && waiting.isEmpty()) {
            end();
            onEnd.accept(closed);
            return;
        }
        int room = ahead > 1 ? Math.max(wanted, ahead) : wanted;
        int more = room - due - waiting.size();
        // one by one it would cost what is to be saved
        if (due < wanted || more > ahead / 2) {
            due += more;
            call.request(more);
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
        waiting.clear();
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

    private final class Listener extends ClientCall.Listener<VStreamMessage> {
        @Override
        public void onMessage(VStreamMessage message) {
            if (!ended) {
                due--;
                long now = System.nanoTime();
                boolean many = message.length() <= SMALL_BYTES && now - lastCame < MANY_NANOS;
                ahead = many ? Math.min(2 * ahead, MOST_AHEAD) : 1;
                lastCame = now;
                waiting.add(message);
                handOut();
            }
        }

        /** Comes behind the last message, which may wait. */
        @Override
        public void onClose(Status status, @Nullable Metadata trailers) {
            if (!ended) {
                closed = status;
                handOut();
            }
        }
    }
}
