package dev.tributary.stream;

import dev.tributary.record.ShardId;
import dev.tributary.record.StreamId;
import dev.tributary.source.ShardSource;
import io.smallrye.mutiny.Uni;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Finds out whether copies wait for a server that was gone and is back, as {@link SourceWatch} does of a change stream: a VTGate
 * that once found no tablet looks for one only half a minute later. That nothing comes is not enough: the tablet may be sorting.
 * Used on the context of a verticle.
 */
final class CopyWatch {
    private final ShardId shard;
    private final ShardSource source;
    private final LongSupplier clock;

    /** Rows that were read of the streams that have read none since. */
    private final Map<StreamId, Long> still = new HashMap<>();
    /** Which streams an answer is for. */
    private long round;

    private boolean asking;
    private long asked;
    private boolean gone;
    /** When the source answered again; 0 while it has not been gone. */
    private long back;

    CopyWatch(ShardId shard, ShardSource source, LongSupplier clock) {
        this.shard = shard;
        this.source = source;
        this.clock = clock;
    }

    /** The streams have ended; an answer that still comes is not heard. */
    void lost() {
        still.clear();
    }

    /**
     * Looks at the copies; to be called again and again.
     *
     * @param waiting how many rows were read of each that has read some, and waits for more
     * @param context where it runs
     * @return whether they are to be opened anew
     */
    boolean look(Map<StreamId, Long> waiting, Executor context) {
        long now = clock.getAsLong();
        still.entrySet().retainAll(waiting.entrySet());
        if (still.isEmpty()) {
            still.putAll(waiting);
            round++;
            asking = false;
            asked = now;
            gone = false;
            back = 0;
            return false;
        }
        if (!asking && now - asked >= (gone ? SourceWatch.DOUBT : SourceWatch.PAUSE)) {
            ask(now, context);
        }
        return back != 0 && now - back >= SourceWatch.DOUBT;
    }

    private void ask(long now, Executor context) {
        asking = true;
        asked = now;
        long of = round;
        Uni.createFrom()
                .deferred(() -> source.current(shard))
                .subscribe()
                .with(
                        current -> context.execute(() -> answered(of, true)),
                        failure -> context.execute(() -> answered(of, false)));
    }

    private void answered(long of, boolean there) {
        if (of != round) {
            return;
        }
        asking = false;
        if (!there) {
            gone = true;
            back = 0;
        } else if (gone && back == 0) {
            back = clock.getAsLong();
        }
    }
}
