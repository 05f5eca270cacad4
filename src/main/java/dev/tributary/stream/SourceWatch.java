package dev.tributary.stream;

import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.source.ShardSource;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a change stream that only hears heartbeats has nothing to read, or a source that has stopped sending:
 * heartbeats may come of a server between, which knows nothing of the shard. So the source itself is asked how far it is, and
 * a stream that stays behind is to be opened anew: a VTGate that once found no tablet of the shard looks for one only half a
 * minute later (Vitess 24.0.3, tablet_picker.go). Used on the context of a verticle.
 */
final class SourceWatch {
    private static final Logger LOG = Logger.getLogger(SourceWatch.class);

    /** The least time between two questions, in milliseconds. */
    static final long PAUSE = 4_000;
    /** The same where the source did not answer, or the stream was behind. */
    static final long DOUBT = 1_000;
    /** How long a stream may be behind without reading anything before it is given up. */
    static final long GRACE = 2_000;
    /** How long one may take that has not read anything since it was opened: the tablet may have a long way to its place. */
    static final long FIRST = 10_000;
    /** That doubles with every one that was opened in vain, up to this. */
    static final long LAST = 300_000;
    /** How long a stream may be behind without reading anything before that is said, in milliseconds. */
    static final long PATIENCE = 60_000;

    private final ShardId shard;
    private final ShardSource source;
    private final Lag lag;
    private final LongSupplier clock;

    /** Which stream an answer is for. */
    private long round;

    private @Nullable Position start;
    private @Nullable Position heardAt;
    private long heardRows;
    private boolean idle;
    private boolean asking;
    private long asked;
    /** When something was read, or the stream was seen to have everything. */
    private long alive;

    private boolean warned;
    private long begun;
    /** Whether it has read anything since, or was seen to have everything. */
    private boolean works;
    /** The source did not answer the last question, or was ahead. */
    private boolean doubt;
    /** Where the stream was when an answer said that it was behind; null if none did. */
    private @Nullable Position behindAt;

    private long behindSince;
    /** Where the stream was that was given up last. */
    private @Nullable Position stoodAt;

    private long patience = FIRST;

    SourceWatch(ShardId shard, ShardSource source, Lag lag, LongSupplier clock) {
        this.shard = shard;
        this.source = source;
        this.lag = lag;
        this.clock = clock;
    }

    /** A change stream begins. */
    void begin(Position from) {
        lost();
        start = from;
        heardAt = from;
        heardRows = 0;
        begun = clock.getAsLong();
        asked = begun - PAUSE;
        works = false;
        if (!from.equals(stoodAt)) {
            alive = begun;
            warned = false;
            patience = FIRST;
        }
    }

    /** The stream has ended; an answer that still comes is not heard. */
    void lost() {
        round++;
        asking = false;
        idle = false;
        doubt = false;
        behindAt = null;
    }

    /**
     * The stream has heard something.
     *
     * @param read the last position that it has read; null for none
     * @param rows how many rows it has read
     * @param nothingUnderWay whether it has read no row that is not durable
     * @param context where it runs
     */
    void heard(Supplier<@Nullable Position> read, long rows, boolean nothingUnderWay, Executor context) {
        long now = clock.getAsLong();
        boolean moved = hasMoved(now, read.get(), rows);
        idle = nothingUnderWay;
        if (!idle) {
            lag.busy();
        }
        if ((idle || !moved) && !asking && now - asked >= PAUSE) {
            ask(now, read, context);
        }
    }

    /**
     * Looks at a stream that waits for the source, which hasn't sent all of a transaction that is not durable; to be called
     * again and again, for heartbeats come later.
     *
     * @return null, or why the stream is to be opened anew; parameters are those of {@link #heard}
     */
    @Nullable
    String look(Supplier<@Nullable Position> read, long rows, Executor context) {
        long now = clock.getAsLong();
        if (!hasMoved(now, read.get(), rows) && !asking && now - asked >= (doubt ? DOUBT : PAUSE)) {
            ask(now, read, context);
        }
        Position at = behindAt;
        if (at == null || now - behindSince < GRACE || !works && now - begun < patience) {
            return null;
        }
        behindAt = null;
        patience = works ? FIRST : Math.min(LAST, 2 * patience);
        stoodAt = at;
        return shard + ": the source is ahead of " + at + ", and nothing comes of its stream";
    }

    private boolean hasMoved(long now, @Nullable Position at, long rows) {
        if (rows == heardRows && (at == null || at.equals(heardAt))) {
            return false;
        }
        heardAt = at;
        heardRows = rows;
        alive = now;
        warned = false;
        works = true;
        doubt = false;
        behindAt = null;
        stoodAt = null;
        return true;
    }

    private void ask(long now, Supplier<@Nullable Position> read, Executor context) {
        asking = true;
        asked = now;
        long of = round;
        Uni.createFrom()
                .deferred(() -> source.current(shard))
                .subscribe()
                .with(
                        current -> context.execute(() -> answered(of, now, read, current)),
                        failure -> context.execute(() -> unanswered(of, failure)));
    }

    private void answered(long of, long when, Supplier<@Nullable Position> read, Position current) {
        if (of != round) {
            return;
        }
        asking = false;
        Position last = read.get();
        Position at = last == null ? start : last;
        doubt = at == null || !source.reached(at, current);
        if (doubt) {
            lag.busy();
            warn(at, current);
            if (behindAt == null) {
                behindAt = at;
                behindSince = clock.getAsLong();
            }
            return;
        }
        alive = when;
        warned = false;
        works = true;
        behindAt = null;
        if (idle) {
            lag.quiet(when);
        }
    }

    private void unanswered(long of, Throwable failure) {
        if (of == round) {
            asking = false;
            doubt = true;
            lag.busy();
            LOG.debugf("%s: the source did not say how far it is: %s", shard, failure.getMessage());
        }
    }

    private void warn(@Nullable Position at, Position current) {
        long silent = clock.getAsLong() - alive;
        if (silent <= PATIENCE || warned) {
            return;
        }
        warned = true;
        LOG.warnf(
                "%s: the source is at %s and the stream at %s, and for %d s nothing came but heartbeats: look whether the"
                        + " shard's tablet is stuck (restart it), or a row is larger than the tablet's limit for a gRPC"
                        + " message (raise --grpc-max-message-size of tablets and VTGate)",
                shard, current, at, silent / 1000);
    }

    /** Whether it was said that nothing comes. */
    boolean hasWarned() {
        return warned;
    }
}
