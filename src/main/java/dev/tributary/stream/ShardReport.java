package dev.tributary.stream;

import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.record.StreamId;
import dev.tributary.source.ShardSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What others see of a shard stream. Written on the verticle's context, read by any thread. */
final class ShardReport {
    private final ShardId shard;
    private final Lag lag = new Lag();
    private final SourceWatch watch;
    /** Of the parts that are copied while others are not, so no more than there are parts; for the context only. */
    private final List<StreamProgress> copied = new ArrayList<>();

    private volatile StreamState state = new StreamState.Claiming();
    private volatile @Nullable String trouble;
    private volatile long epoch;
    private volatile @Nullable Position position;
    private volatile List<StreamProgress> progress = List.of();
    private volatile long heldBytes;
    private volatile long rowsDurable;
    private volatile long bytesDurable;
    /** What the target holds open, by stream; for the context only. */
    private final Map<StreamId, CommittedRows> open = new HashMap<>();

    private volatile long failures;

    ShardReport(ShardId shard, ShardSource source) {
        this.shard = shard;
        this.watch = new SourceWatch(shard, source, lag, System::currentTimeMillis);
    }

    /** Safe for any thread. */
    ShardStatus status() {
        return new ShardStatus(
                shard,
                state,
                trouble,
                epoch,
                position,
                heldBytes,
                rowsDurable,
                bytesDurable,
                failures,
                lag.millis(System.currentTimeMillis()),
                progress);
    }

    /** The change stream is heard; quiet if nothing was sent for a while and nothing is on its way. */
    void heard(StreamPump pump, boolean quiet) {
        watch.heard(
                pump::reached,
                pump.progress().rowsRead(),
                quiet,
                action -> pump.own().hop(action));
    }

    /** Why the change stream, which waits, is to be opened anew; null if it isn't. */
    @Nullable
    String look(StreamPump pump) {
        return watch.look(
                pump::reached, pump.progress().rowsRead(), action -> pump.own().hop(action));
    }

    /** What happens at the source is not seen any more. */
    void lost() {
        open.clear();
        watch.lost();
        lag.lost(System.currentTimeMillis());
    }

    /** The change stream stands still. */
    void stand() {
        watch.lost();
        lag.lost(System.currentTimeMillis());
    }

    StreamState state() {
        return state;
    }

    void state(StreamState reached) {
        state = reached;
        if (!(reached instanceof StreamState.Claiming)) {
            // whoever only tries once more may fail once more
            trouble = null;
        }
    }

    void claimed(long by) {
        epoch = by;
    }

    @Nullable
    Position position() {
        return position;
    }

    /** The change stream's last durable position. */
    void position(@Nullable Position durable) {
        position = durable;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void durable(ChangeBatch batch) {
        CommittedRows taken = open.computeIfAbsent(batch.stream(), stream -> new CommittedRows());
        taken.add(batch);
        if (!(batch.mark() instanceof Mark.Open)) {
            rowsDurable += taken.rows();
            bytesDurable += taken.bytes();
            open.remove(batch.stream());
        }
        if (batch.stream().part().isChanges()) {
            switch (batch.mark()) {
                case Mark.Boundary(Position at) -> reached(at, batch.committedAt());
                case Mark.PastParts(Position at) -> reached(at, batch.committedAt());
                case Mark.Chunk(Position at) -> position = at;
                case Mark.Copied copy -> {}
                case Mark.Open open -> {}
            }
        }
    }

    private void reached(Position at, long committedAt) {
        position = at;
        lag.durable(committedAt);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void failed(int inARow, String cause) {
        failures++;
        state = new StreamState.BackingOff(inARow, cause);
        trouble = "failure " + inARow + " in a row: " + cause;
    }

    /** A part is copied: it is shown until the changes are followed. */
    void copied(StreamProgress part) {
        part.end();
        copied.add(part);
    }

    /** The changes are followed. */
    void follow(Position from, StreamState.Following how) {
        watch.begin(from);
        state(how);
        lag.follow(System.currentTimeMillis());
        copied.clear();
    }

    /** Shows the streams that are open. */
    void show(Collection<StreamPump> pumps) {
        progress = Stream.concat(copied.stream(), pumps.stream().map(StreamPump::progress))
                .toList();
        heldBytes = pumps.stream().mapToLong(pump -> pump.window().bytes()).sum();
    }
}
