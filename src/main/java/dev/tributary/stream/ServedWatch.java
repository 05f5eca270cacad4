package dev.tributary.stream;

import dev.tributary.record.ShardId;
import io.vertx.core.Context;
import java.time.Duration;

/**
 * Looks now and then whether a shard is served that was not when its stream began: it may have been given others' rows a moment
 * before. Used on the context of the shard's verticle.
 */
final class ServedWatch {
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final ShardId shard;
    private final Plumbing plumbing;
    private final Context context;
    private final Runnable served;
    private boolean ended;

    /** @param served is run once, when it is served */
    ServedWatch(ShardId shard, Plumbing plumbing, Context context, Runnable served) {
        this.shard = shard;
        this.plumbing = plumbing;
        this.context = context;
        this.served = served;
        pause();
    }

    void end() {
        ended = true;
    }

    private void pause() {
        context.owner().setTimer(PAUSE.toMillis(), id -> context.runOnContext(v -> look()));
    }

    private void look() {
        if (!ended) {
            plumbing.look()
                    .subscribe()
                    .with(
                            shards -> context.runOnContext(
                                    v -> looked(shards.served().contains(shard))),
                            failure -> context.runOnContext(v -> looked(false)));
        }
    }

    private void looked(boolean isServed) {
        if (ended) {
            return;
        }
        if (isServed) {
            ended = true;
            served.run();
        } else {
            pause();
        }
    }
}
