package dev.tributary.stream;

import dev.tributary.record.KnownShards;
import dev.tributary.record.ShardId;
import dev.tributary.source.ShardSource;
import io.smallrye.mutiny.Uni;
import java.time.Duration;

/**
 * Says whether copies may be begun: once a shard has been resharded and is not served any more, its tables have what others
 * have written since. Asks the source, no more often than it must. Used on the context of the shard's verticle.
 */
final class ServedGate {
    /** So long an answer holds. Who begins within that is told by the source if it was too late. */
    private static final Duration FRESH = Duration.ofMillis(100);

    private static final Duration RETRY_FIRST = Duration.ofMillis(200);
    private static final Duration RETRY_LAST = Duration.ofSeconds(5);
    private static final int RETRIES = 20;

    private final ShardId shard;
    private final ShardSource source;
    private long servedAt = System.nanoTime();
    private boolean asking;

    /** Of a shard that was served just now. */
    ServedGate(ShardId shard, ShardSource source) {
        this.shard = shard;
        this.source = source;
    }

    boolean isOpen() {
        return System.nanoTime() - servedAt < FRESH.toNanos();
    }

    boolean isAsking() {
        return asking;
    }

    /** Whether they may be, or the shard is not served any more; {@link #answered} is to be told. */
    Uni<Boolean> ask() {
        asking = true;
        return Uni.createFrom()
                .deferred(() -> source.takesWrites(shard))
                .replaceWith(true)
                .onFailure()
                .recoverWithUni(failure -> source.shards(KnownShards.NONE)
                        .flatMap(shards -> shards.served().contains(shard)
                                // its primary fails over, or it is being resharded
                                ? Uni.createFrom().failure(failure)
                                : Uni.createFrom().item(false)))
                .onFailure()
                .retry()
                .withBackOff(RETRY_FIRST, RETRY_LAST)
                .atMost(RETRIES);
    }

    void answered(boolean served) {
        asking = false;
        if (served) {
            servedAt = System.nanoTime();
        }
    }
}
