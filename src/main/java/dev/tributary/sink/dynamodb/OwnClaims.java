package dev.tributary.sink.dynamodb;

import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.ShardId;
import dev.tributary.sink.dynamodb.Writer.Permit;
import io.smallrye.mutiny.Uni;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What this process has claimed: under which epoch, and in which tenure of its lease; behind a gap between two tenures others may have
 * taken it, whatever the lease is now. Safe for any thread.
 */
final class OwnClaims {
    private final LeaseWatch lease;
    private final Map<ShardId, Claim> claims = new ConcurrentHashMap<>();
    private final Map<ShardId, CompletableFuture<ShardCheckpoint>> underWay = new ConcurrentHashMap<>();

    private record Claim(long epoch, long tenure) {}

    OwnClaims(LeaseWatch lease) {
        this.lease = lease;
    }

    /**
     * One after the other of a shard. A claim that nobody waits for any more goes on to its end: it deletes what copies have begun.
     *
     * @param work given what says whether that may still be done
     */
    Uni<ShardCheckpoint> claim(ShardId shard, Function<Permit, Uni<ShardCheckpoint>> work) {
        return Uni.createFrom().completionStage(() -> {
            CompletableFuture<ShardCheckpoint> claimed = ended(shard)
                    .chain(() -> {
                        claims.remove(shard);
                        long tenure = lease.tenure();
                        return work.apply(() -> lease.verify(tenure))
                                .invoke(found -> claims.put(shard, new Claim(found.epoch(), tenure)));
                    })
                    .subscribeAsCompletionStage();
            underWay.put(shard, claimed);
            claimed.whenComplete((found, failure) -> underWay.remove(shard, claimed));
            return claimed.copy();
        });
    }

    /** Nothing of it is written any more. Done when no claim of it is under way. */
    Uni<Void> left(ShardId shard) {
        return ended(shard).invoke(() -> claims.remove(shard));
    }

    private Uni<Void> ended(ShardId shard) {
        return Uni.createFrom().completionStage(() -> {
            CompletableFuture<ShardCheckpoint> last = underWay.get(shard);
            return last == null
                    ? CompletableFuture.<Void>completedFuture(null)
                    : last.<Void>handle((found, failure) -> null);
        });
    }

    /** @throws PipelineException of kind TRANSIENT if what was claimed under that epoch may be another process's by now */
    void verify(ShardId shard, long epoch) {
        Claim claim = claims.get(shard);
        if (claim == null || claim.epoch() != epoch) {
            throw new PipelineException(Kind.TRANSIENT, shard + ": epoch " + epoch + " was given up");
        }
        lease.verify(claim.tenure());
    }
}
