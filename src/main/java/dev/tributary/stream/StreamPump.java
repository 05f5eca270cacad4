package dev.tributary.stream;

import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Position;
import dev.tributary.record.StreamId;
import dev.tributary.source.ChangeListener;
import dev.tributary.source.ChangeReader;
import io.vertx.core.Context;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jspecify.annotations.Nullable;

/**
 * Drives one stream: takes what its reader tells, sends batches of whole transactions, keeps a window of batches that are
 * not yet acknowledged, and asks the reader for more only while window and budget allow. All of it runs on the context of
 * its verticle; acknowledgements hop to it.
 */
final class StreamPump implements ChangeListener {
    /** Batches on their way: one that is written, and one that is ready when that is done. */
    private static final int WINDOW = 2;

    /** How long a position without rows may wait to be saved, in milliseconds. */
    private static final long IDLE_SAVE = 500;

    /** What the verticle hears of a pump, on its context. */
    interface Owner {
        void onDurable(StreamPump pump, ChangeBatch batch);

        void onPumpFailure(StreamPump pump, Throwable failure);

        /** The server is heard, and nothing is on its way. */
        void onQuiet(StreamPump pump);

        void send(Message<ChangeBatch> message);
    }

    private final StreamId stream;
    private final long epoch;
    private final Context context;
    private final BatchLimits limits;
    private final ByteBudget budget;
    private final Owner owner;
    private final StreamProgress progress;
    private final BatchBuilder builder = new BatchBuilder();

    private final boolean atOnce;
    private boolean partsRemembered;
    private @Nullable ChangeReader reader;
    private @Nullable Position position;
    private boolean positionUnsaved;
    private boolean pastParts;
    private long committedAt;
    private @Nullable Position copied;
    private long rowsRead;
    private long bytesRead;
    private int inFlight;
    private long inFlightBytes;
    private boolean requested;
    private boolean waitingForRoom;
    private boolean draining;
    private boolean ended;
    private boolean stopped;
    private long timer = -1;
    private boolean due;

    /**
     * @param atOnce the stream can't be taken up in the middle: nothing is saved before it is copied whole
     * @param partsRemembered a change stream whose parts are still in the checkpoint
     */
    StreamPump(
            StreamId stream,
            long epoch,
            boolean atOnce,
            boolean partsRemembered,
            Context context,
            BatchLimits limits,
            ByteBudget budget,
            StreamProgress progress,
            Owner owner) {
        this.stream = stream;
        this.epoch = epoch;
        this.atOnce = atOnce;
        this.partsRemembered = partsRemembered;
        this.context = context;
        this.limits = limits;
        this.budget = budget;
        this.progress = progress;
        this.owner = owner;
    }

    StreamId stream() {
        return stream;
    }

    StreamProgress progress() {
        return progress;
    }

    void start(ChangeReader reader) {
        this.reader = reader;
        pull();
    }

    @Override
    public void onRecord(ChangeRecord record, int bytes) {
        if (builder.isEmpty()) {
            clearTimer();
        }
        builder.add(record, bytes);
        budget.take(bytes);
        rowsRead++;
        bytesRead += bytes;
        startTimer(limits.delayMillis());
        if (builder.openBytes() >= limits.bytes()) {
            sendChunk();
        }
    }

    @Override
    public void onPosition(Position position, boolean pastParts, long committedAt) {
        this.position = position;
        this.pastParts = pastParts;
        this.committedAt = committedAt;
        positionUnsaved = true;
        builder.boundary();
        if (isFull()) {
            sendWhole();
        } else if (builder.isEmpty()) {
            startTimer(IDLE_SAVE);
        }
    }

    @Override
    public void onCopied(Position position) {
        copied = position;
        builder.boundary();
        sendWhole();
    }

    @Override
    public void onHeartbeat() {
        if (builder.isEmpty() && inFlight == 0) {
            owner.onQuiet(this);
        }
    }

    @Override
    public void onMessageEnd() {
        requested = false;
        if (rowsRead > 0) {
            progress.read(rowsRead, bytesRead);
            rowsRead = 0;
            bytesRead = 0;
        }
        pull();
    }

    @Override
    public void onFailure(Throwable failure) {
        stop();
        owner.onPumpFailure(this, failure);
    }

    /** Sends what may be sent, and asks for more if there is room for it. */
    private void pull() {
        if (ended) {
            return;
        }
        boolean tight = !budget.hasRoom();
        if (builder.wholeRecords() > 0 && (tight || draining || inFlight == 0 && isDue())) {
            sendWhole();
        }
        if (copied != null || draining || requested || isFull() && inFlight >= WINDOW) {
            return;
        }
        if (builder.openBytes() >= limits.bytes() && inFlight >= WINDOW) {
            return;
        }
        if (tight && !mayExceed()) {
            waitForRoom();
            return;
        }
        requested = true;
        if (reader != null) {
            reader.request();
        }
    }

    /** A stream that has nothing on its way would wait for ever: it sends what it has, or reads on to where it can. */
    private boolean mayExceed() {
        if (inFlight > 0) {
            return false;
        }
        if (!builder.isEmpty()) {
            sendChunk();
        }
        return inFlight == 0;
    }

    private void waitForRoom() {
        if (!waitingForRoom) {
            waitingForRoom = true;
            budget.onRoom(() -> context.runOnContext(ignored -> {
                waitingForRoom = false;
                pull();
            }));
        }
    }

    private boolean isFull() {
        return builder.wholeRecords() >= limits.rows() || builder.wholeBytes() >= limits.bytes();
    }

    private boolean isDue() {
        return due || limits.delayMillis() == 0;
    }

    private void startTimer(long millis) {
        if (timer < 0 && millis > 0 && !ended) {
            timer = context.owner().setTimer(millis, id -> {
                timer = -1;
                due = true;
                if (builder.isEmpty() && positionUnsaved) {
                    sendWhole();
                }
                pull();
            });
        }
    }

    /** Sends the whole transactions that there are, with the position behind them. */
    private void sendWhole() {
        if (ended || inFlight >= WINDOW) {
            return;
        }
        Position end = copied;
        if (end != null) {
            send(builder.wholeBytes(), builder.takeWhole(), new Mark.Copied(end));
            end();
            return;
        }
        Position at = position;
        if (at == null || builder.wholeRecords() == 0 && (!positionUnsaved || atOnce)) {
            return;
        }
        Mark mark = atOnce ? new Mark.Open() : mark(at);
        positionUnsaved = false;
        send(builder.wholeBytes(), builder.takeWhole(), mark);
    }

    private Mark mark(Position at) {
        if (partsRemembered && pastParts) {
            partsRemembered = false;
            return new Mark.PastParts(at);
        }
        return new Mark.Boundary(at);
    }

    /** Sends a piece of a transaction that is too large to be held, if the reader can come back to the middle of it. */
    private void sendChunk() {
        if (ended || inFlight >= WINDOW || reader == null || builder.isEmpty()) {
            return;
        }
        Position midway = atOnce ? null : reader.midway();
        if (midway == null && !atOnce) {
            return;
        }
        builder.boundary();
        send(builder.wholeBytes(), builder.takeWhole(), midway == null ? new Mark.Open() : new Mark.Chunk(midway));
    }

    private void send(long bytes, List<ChangeRecord> records, Mark mark) {
        clearTimer();
        ChangeBatch batch = new ChangeBatch(stream, epoch, records, mark, bytes, committedAt);
        inFlight++;
        inFlightBytes += bytes;
        owner.send(Message.of(batch, () -> hop(() -> onAck(batch)), failure -> hop(() -> onNack(failure))));
    }

    /** Acknowledgements come on the sink's threads. */
    private CompletionStage<Void> hop(Runnable action) {
        context.runOnContext(ignored -> action.run());
        return CompletableFuture.completedStage(null);
    }

    private void onAck(ChangeBatch batch) {
        if (inFlight == 0) {
            return; // stopped meanwhile: what it held is given back
        }
        inFlight--;
        inFlightBytes -= batch.bytes();
        budget.give(batch.bytes());
        progress.durable(batch);
        owner.onDurable(this, batch);
        if (builder.isEmpty() && inFlight == 0) {
            owner.onQuiet(this);
        }
        if (isFull() || copied != null) {
            sendWhole();
        }
        pull();
    }

    private void onNack(Throwable failure) {
        if (inFlight > 0) {
            stop();
            owner.onPumpFailure(this, failure);
        }
    }

    /** Reads nothing more and sends the whole transactions that there are; done once nothing is on its way. */
    void drain() {
        draining = true;
        if (reader != null) {
            reader.cancel();
        }
        pull();
    }

    /** Whether nothing is on its way. */
    boolean isQuiet() {
        return inFlight == 0;
    }

    /** Bytes of row images that are read and not durable. */
    long held() {
        return builder.bytes() + inFlightBytes;
    }

    /** Ends at once; acknowledgements that still come are not heard. */
    void stop() {
        end();
        if (!stopped) {
            stopped = true;
            budget.give(held());
        }
        inFlight = 0;
        inFlightBytes = 0;
        if (reader != null) {
            reader.cancel();
        }
    }

    private void end() {
        ended = true;
        clearTimer();
    }

    private void clearTimer() {
        due = false;
        if (timer >= 0) {
            context.owner().cancelTimer(timer);
            timer = -1;
        }
    }
}
