package dev.tributary.stream;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.SchemaChange;
import dev.tributary.record.StreamId;
import dev.tributary.source.ChangeListener;
import dev.tributary.source.ChangeReader;
import io.vertx.core.Context;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jspecify.annotations.Nullable;

/**
 * Drives one stream: takes what its reader tells, sends batches of whole transactions, and asks the reader for more only
 * while window and budget allow. All of it, and of what it is made of, runs on the context of its verticle.
 */
final class StreamPump implements ChangeListener {
    /** How long a position without rows may wait to be saved, in milliseconds. */
    private static final long IDLE_SAVE = 500;

    private final StreamId stream;
    private final boolean atOnce;
    private final OwnContext own;
    private final BatchLimits limits;
    private final PumpOwner owner;
    private final StreamProgress progress;

    private final NextBatch next;
    private final Window window;
    private final BatchTimer timer;
    private @Nullable ChangeReader reader;
    private boolean requested;
    private boolean caughtUp;
    private boolean draining;
    private boolean ended;
    private final StreamStop stop = new StreamStop();

    /** Parameters are those of {@link NextBatch}. */
    StreamPump(
            StreamId stream,
            long epoch,
            boolean atOnce,
            boolean partsRemembered,
            Context context,
            BatchLimits limits,
            BudgetShare share,
            PumpOwner owner) {
        this.stream = stream;
        this.atOnce = atOnce;
        this.own = new OwnContext(context, this::fail);
        this.limits = limits;
        this.progress = new StreamProgress(stream);
        this.owner = owner;
        this.next = new NextBatch(stream, epoch, atOnce, partsRemembered, limits);
        this.window = new Window(share);
        this.timer = new BatchTimer(context, () -> own.guard(this::pull));
    }

    StreamId stream() {
        return stream;
    }

    OwnContext own() {
        return own;
    }

    StreamProgress progress() {
        return progress;
    }

    void start(ChangeReader reader) {
        this.reader = reader;
        pull();
    }

    /** The last position that was read; null for none. */
    @Nullable
    Position reached() {
        return next.reached();
    }

    @Override
    public void onRecord(ChangeRecord record, int bytes) {
        caughtUp = false;
        if (next.isEmpty()) {
            timer.clear();
        }
        long size = RecordSize.of(record, bytes);
        next.add(record, bytes, size);
        window.read(size);
        progress.read(bytes);
        timer.start(limits.delayMillis());
        if (next.isTooLarge()) {
            sendChunk();
        }
    }

    @Override
    public void onPosition(Position position, boolean pastParts, long committedAt) {
        next.reach(position, pastParts, committedAt);
        if (next.isFull()) {
            sendWhole();
        } else if (next.isEmpty()) {
            timer.start(IDLE_SAVE);
        }
    }

    @Override
    public void onCopied(Position position) {
        next.copied(position);
        sendWhole();
    }

    @Override
    public void onSchemaChange(SchemaChange change, boolean pastParts, long committedAt) {
        stop.reach(change, pastParts, committedAt);
        progress.publish();
        pull();
    }

    @Override
    public void onReshard(Reshard reshard) {
        stop.reach(reshard);
        progress.publish();
        pull();
    }

    /**
     * The schema change that it stands at is made: saves that, and is not read any more. One that is drained saves nothing
     * more: it meets the change again.
     */
    void pass() {
        if (!draining) {
            stop.pass(next);
            sendWhole();
        }
    }

    /** Whether it came through a schema change, and all that it had on its way is durable. */
    boolean isThrough() {
        return stop.isPassed() && isIdle();
    }

    @Override
    public void onHeartbeat() {
        caughtUp = true; // it comes where for a while there is nothing else to be sent
        owner.onHeard(this, isIdle());
    }

    @Override
    public void onMessageEnd() {
        requested = false;
        progress.publish();
        if (!isIdle()) {
            owner.onHeard(this, false);
        }
        pull();
    }

    @Override
    public void onFailure(Throwable failure) {
        fail(failure);
    }

    /** Sends what may be sent, and asks for more if there is room for it. */
    private void pull() {
        if (ended || draining && atOnce) { // draining, none of the latter will be durable
            return;
        }
        boolean tight = window.isTight();
        if (next.hasWhole()
                ? draining || stop.isReached() || window.isQuiet() && (tight || isDue())
                : isIdlePositionDue()) {
            sendWhole();
        }
        if (stop.isReached()) {
            if (isIdle() && !draining) {
                stop.tell(this, owner);
            }
            return;
        }
        if (next.isCopied() || draining || requested || window.isFull() && (next.isFull() || next.isTooLarge())) {
            return;
        }
        if (next.isTooLarge()) {
            holdOpen();
        }
        if (tight && !mayExceed()) {
            window.onRoom(() -> own.hop(() -> {
                window.woken();
                pull();
            }));
            return;
        }
        requested = true;
        if (reader != null) {
            reader.request();
        }
    }

    private boolean isDue() {
        return timer.isDue() || limits.delayMillis() == 0;
    }

    /** At the end of the shard at once: nothing of it is saved any more while others are given its rows. */
    private boolean isIdlePositionDue() {
        return next.isPositionOnly() && (timer.isDue() || draining || stop.isEnd());
    }

    /** A stream that has nothing on its way would wait for ever: it sends what it has, or reads on to where it can. */
    private boolean mayExceed() {
        if (window.isQuiet() && next.mayBeCut()) {
            sendChunk();
        }
        return window.isQuiet();
    }

    /** Sends the whole transactions that there are, with the position behind them. */
    private void sendWhole() {
        if (!ended && !window.isFull()) {
            send(next.takeWhole());
            if (next.isCopied()) {
                end();
            }
        }
    }

    /** Sends a piece of a transaction that is too large to be held, if the reader can come back to the middle of it. */
    private void sendChunk() {
        if (!ended && !window.isFull() && reader != null) {
            send(next.takeChunk(reader));
        }
    }

    /** If it can't, the target holds together what memory can't: in a transaction that a later mark ends. */
    private void holdOpen() {
        if (!ended && !window.isFull() && reader != null) {
            send(next.takeOpen(reader));
        }
    }

    private void send(NextBatch.@Nullable Taken taken) {
        if (taken == null) {
            return;
        }
        timer.clear();
        if (!next.isEmpty()) {
            timer.start(limits.delayMillis());
        }
        window.sent();
        owner.send(Message.of(
                taken.batch(), () -> own.hop(() -> onAck(taken)), failure -> own.hop(() -> onNack(failure))));
    }

    private void onAck(NextBatch.Taken taken) {
        if (!window.acknowledged(taken.size())) {
            return;
        }
        progress.durable(taken.batch());
        owner.onDurable(this, taken.batch());
        if (isIdle() && caughtUp) {
            owner.onHeard(this, true);
        }
        if (next.isFull() || next.isCopied()) {
            sendWhole();
        }
        pull();
    }

    private boolean isIdle() {
        return next.isEmpty() && window.isQuiet();
    }

    /** Whether it has asked for more, of which nothing has come, and has nothing on its way. */
    boolean isWaiting() {
        return requested && !draining && !stop.isReached() && isIdle();
    }

    private void onNack(Throwable failure) {
        if (!window.isClosed()) {
            fail(failure);
        }
    }

    private void fail(Throwable failure) {
        stop();
        owner.onPumpFailure(this, failure);
    }

    /** Reads nothing more and sends the whole transactions that there are; done once nothing is on its way. */
    void drain() {
        draining = true;
        if (reader != null) {
            reader.cancel();
        }
        own.guard(this::pull);
    }

    /** Whether all that it has read and that can be saved is durable, and it reads no more. */
    boolean isDrained() {
        return draining && window.isQuiet() && !next.hasWhole() && !next.isPositionOnly();
    }

    /** Whether the target holds rows of it in an open transaction. */
    boolean isOpen() {
        return next.isOpen();
    }

    /** What is on its way. */
    Window window() {
        return window;
    }

    /** Ends at once; acknowledgements that still come are not heard. */
    void stop() {
        end();
        window.close();
        if (reader != null) {
            reader.cancel();
        }
    }

    private void end() {
        ended = true;
        timer.clear();
    }
}
