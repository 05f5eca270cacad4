package dev.tributary.stream;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.ShardId;
import dev.tributary.record.StreamId;
import dev.tributary.source.ShardSource;
import io.smallrye.mutiny.Uni;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether copies wait for a server that was gone and is back, as {@link SourceWatch} does of a change stream: a VTGate
 * that once found no tablet looks for one only half a minute later. That nothing comes is not enough: the tablet may be sorting.
 * So the source is asked all the while: what was on its way when it went may keep a copy busy until it is back.
 * Used on the context of a verticle.
 */
final class CopyWatch {
    /** The least time between two questions, in milliseconds. */
    static final long PAUSE = 2_000;
    /** How long after the source is back its copies are looked at, in milliseconds: VTGate itself looks again before. */
    static final long INTEREST = 60_000;

    private static final Wait BUSY = new Wait(-1, 0);

    private final ShardId shard;
    private final ShardSource source;
    private final LongSupplier clock;
    private final Consumer<Throwable> failed;

    /**
     * The copies that were open while the source was gone, and have not gone on since they waited for more; {@link #BUSY} before
     * they do.
     */
    private final Map<StreamId, Wait> suspects = new HashMap<>();
    /** Which streams an answer is for. */
    private long round;

    private boolean asking;
    private long asked;
    private boolean doubted;
    private boolean gone;
    /** When the source answered again; 0 while it has not been gone. */
    private long back;

    /**
     * A copy waits for more.
     *
     * @param rows how many it has read
     * @param since when that was seen first
     */
    private record Wait(long rows, long since) {}

    /** @param failed hears why the copies are in vain; run on the context */
    CopyWatch(ShardId shard, ShardSource source, LongSupplier clock, Consumer<Throwable> failed) {
        this.shard = shard;
        this.source = source;
        this.clock = clock;
        this.failed = failed;
        this.asked = clock.getAsLong();
    }

    /** The streams have ended; an answer that still comes is not heard. */
    void lost() {
        round++;
        asking = false;
        asked = clock.getAsLong();
        forget();
    }

    private void forget() {
        suspects.clear();
        doubted = false;
        gone = false;
        back = 0;
    }

    /**
     * Looks at the copies; to be called again and again.
     *
     * @param copies all that are open
     * @param waiting how many rows were read of each that has read some, and waits for more: others may be sorted yet
     * @param context where it runs
     * @return whether they are to be opened anew
     */
    boolean look(Set<StreamId> copies, Map<StreamId, Long> waiting, Executor context) {
        long now = clock.getAsLong();
        if (copies.isEmpty()) {
            lost();
            return false;
        }
        if (!asking && now - asked >= (doubted || gone ? SourceWatch.DOUBT : PAUSE)) {
            ask(now, context);
        }
        if (!gone) {
            return false;
        }
        if (back == 0) {
            copies.forEach(copy -> suspects.putIfAbsent(copy, BUSY));
        }
        suspects.keySet().retainAll(copies);
        suspects.entrySet().removeIf(suspect -> hasGoneOn(suspect, waiting.get(suspect.getKey())));
        waiting.forEach((copy, rows) -> suspects.replace(copy, BUSY, new Wait(rows, now)));
        if (back == 0) {
            return false;
        }
        if (suspects.isEmpty() || now - back >= INTEREST) {
            forget();
            return false;
        }
        return suspects.values().stream()
                .anyMatch(wait -> !wait.equals(BUSY) && now - Math.max(back, wait.since()) >= SourceWatch.DOUBT);
    }

    /** Whether one that had waited has read more since. */
    private static boolean hasGoneOn(Map.Entry<StreamId, Wait> suspect, @Nullable Long rows) {
        return !suspect.getValue().equals(BUSY)
                && (rows == null || rows != suspect.getValue().rows());
    }

    private void ask(long now, Executor context) {
        asking = true;
        asked = now;
        long of = round;
        Uni.createFrom()
                .deferred(() -> source.answers(shard))
                .subscribe()
                .with(
                        there -> context.execute(() -> answered(of, true)),
                        failure -> context.execute(() -> failed(of, failure)));
    }

    private void failed(long of, Throwable failure) {
        if (of == round && failure instanceof PipelineException lost && lost.kind() == Kind.LOST) {
            failed.accept(lost);
        } else {
            answered(of, false);
        }
    }

    private void answered(long of, boolean there) {
        if (of != round) {
            return;
        }
        asking = false;
        if (!there) {
            // a single answer that fails to come may have any reason, and to open a copy anew may cost all that it has
            // read
            gone |= doubted;
            doubted = true;
            back = 0;
        } else {
            doubted = false;
            if (gone && back == 0) {
                back = clock.getAsLong();
            }
        }
    }
}
