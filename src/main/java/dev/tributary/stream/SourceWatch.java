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
 * heartbeats may come of a server between, which knows nothing of the shard. So the source itself is asked how far it is.
 * Used on the context of a verticle.
 */
final class SourceWatch {
    private static final Logger LOG = Logger.getLogger(SourceWatch.class);

    /** The least time between two questions, in milliseconds. */
    static final long PAUSE = 5_000;
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
        heardAt = null;
        heardRows = 0;
        alive = clock.getAsLong();
        asked = alive - PAUSE;
        warned = false;
    }

    /** The stream has ended; an answer that still comes is not heard. */
    void lost() {
        round++;
        asking = false;
        idle = false;
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
        Position at = read.get();
        boolean moved = rows != heardRows || at != null && !at.equals(heardAt);
        if (moved) {
            heardAt = at;
            heardRows = rows;
            alive = now;
            warned = false;
        }
        idle = nothingUnderWay;
        if (!idle) {
            lag.busy();
        }
        if ((idle || !moved) && !asking && now - asked >= PAUSE) {
            ask(now, read, context);
        }
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
        if (at == null || !source.reached(at, current)) {
            lag.busy();
            warn(at, current);
            return;
        }
        alive = when;
        warned = false;
        if (idle) {
            lag.quiet(when);
        }
    }

    private void unanswered(long of, Throwable failure) {
        if (of == round) {
            asking = false;
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
