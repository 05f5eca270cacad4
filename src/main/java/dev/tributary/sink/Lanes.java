package dev.tributary.sink;

import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.ShardId;
import dev.tributary.record.StreamId;
import dev.tributary.route.RoutedBatch;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** The lanes of the streams that are being written. May be called on any thread; its state is touched on one context alone. */
public final class Lanes {
    private final VertxInternal vertx;
    private final Context context;
    private final BiFunction<StreamId, ContextInternal, StreamLane> make;
    /** The source's shards, as many as there are. */
    private final Map<ShardId, Ownership> shards = new HashMap<>();

    /** A shard's lanes under its newest epoch. */
    private static final class Ownership {
        long epoch;
        boolean abandoned;
        /** The streams that are open at a time: a part's lane goes with its last batch, the others with the epoch. */
        final Map<StreamId, StreamLane> lanes = new HashMap<>();
        /** Done when nothing of those that were ended is under way. */
        Future<Void> over = Future.succeededFuture();

        Ownership(long epoch) {
            this.epoch = epoch;
        }
    }

    /** @param make opens the lane of a stream, on a context of its own */
    public Lanes(Vertx vertx, BiFunction<StreamId, ContextInternal, StreamLane> make) {
        this.vertx = (VertxInternal) vertx;
        this.context = this.vertx.createEventLoopContext();
        this.make = make;
    }

    /** Takes a batch; done when it is durable, or taken into its open transaction. In the order of the calls. */
    public Future<Void> write(RoutedBatch routed) {
        Promise<Void> done = Promise.promise();
        context.runOnContext(v -> {
            ChangeBatch batch = routed.batch();
            Ownership ownership = ownership(batch.stream().shard(), batch.epoch());
            if (batch.epoch() < ownership.epoch || ownership.abandoned) {
                done.fail(new PipelineException(
                        Kind.TRANSIENT, batch.stream() + ": epoch " + batch.epoch() + " was given up"));
                return;
            }
            StreamLane lane = ownership.lanes.computeIfAbsent(
                    batch.stream(), stream -> make.apply(stream, vertx.createEventLoopContext()));
            Future<Void> written = lane.write(routed);
            if (batch.mark() instanceof Mark.Copied) {
                // a part's last batch
                written.onSuccess(copied -> context.runOnContext(w -> ownership.lanes.remove(batch.stream(), lane)));
            }
            written.onComplete(done);
        });
        return done.future();
    }

    /** Ends the shard's lanes of this epoch and of those before. */
    public Future<Void> abandon(ShardId shard, long epoch) {
        Promise<Void> done = Promise.promise();
        context.runOnContext(v -> {
            Ownership ownership = ownership(shard, epoch);
            if (ownership.epoch > epoch) {
                ownership.over.onComplete(done);
                return;
            }
            ownership.abandoned = true;
            end(ownership).onComplete(done);
        });
        return done.future();
    }

    /** Ends the shard's lanes, whatever their epoch; done when nothing of it is under way. A later epoch has new ones. */
    public Future<Void> end(ShardId shard) {
        Promise<Void> done = Promise.promise();
        context.runOnContext(v -> {
            Ownership ownership = shards.get(shard);
            if (ownership == null) {
                done.complete();
                return;
            }
            ownership.abandoned = true;
            end(ownership).onComplete(done);
        });
        return done.future();
    }

    private Ownership ownership(ShardId shard, long epoch) {
        Ownership ownership = shards.computeIfAbsent(shard, id -> new Ownership(epoch));
        if (epoch > ownership.epoch) {
            end(ownership);
            ownership.epoch = epoch;
            ownership.abandoned = false;
        }
        return ownership;
    }

    private static Future<Void> end(Ownership ownership) {
        List<Future<Void>> ends = new ArrayList<>();
        ownership.lanes.values().forEach(lane -> ends.add(lane.abandon()));
        ownership.lanes.clear();
        ends.add(ownership.over);
        ownership.over = Future.join(ends).mapEmpty();
        return ownership.over;
    }
}
