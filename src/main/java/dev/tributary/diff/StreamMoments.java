package dev.tributary.diff;

import dev.tributary.diff.dynamodb.SavedShard;
import dev.tributary.diff.dynamodb.Service;
import dev.tributary.diff.dynamodb.StreamShards;
import dev.tributary.record.PipelineException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How far the pipeline has come with tables of DynamoDB. A moment is one of the service's clock: it is reached once the table's
 * snapshot is over, every shard of its stream that goes on is said to be read up to then, and there is no other shard.
 */
final class StreamMoments {
    /** A look may be paid for, and moments are no finer. */
    private static final long LOOK_MILLIS = 1000;
    /** The service tells its time in whole seconds, and dates changes by them. */
    private static final long ROUNDING_MILLIS = 1000;

    private static final String SNAPSHOT = "snapshot";

    private final Vertx vertx;
    private final Service source;
    private final Function<String, Future<List<SavedShard>>> saved;
    private final String pipeline;
    private final Duration wait;
    private final boolean followed;
    /** Why a wait was in vain; nobody waits as long again. */
    private @Nullable String stalled;

    private StreamMoments(
            Vertx vertx,
            Service source,
            Function<String, Future<List<SavedShard>>> saved,
            String pipeline,
            Duration wait,
            boolean followed) {
        this.vertx = vertx;
        this.source = source;
        this.saved = saved;
        this.pipeline = pipeline;
        this.wait = wait;
        this.followed = followed;
    }

    /**
     * Looks whether there is a pipeline to wait for.
     *
     * @param saved reads what the pipeline has saved of a table's shards; of all tables' where its name is empty
     */
    static Future<StreamMoments> find(
            Vertx vertx,
            Service source,
            Function<String, Future<List<SavedShard>>> saved,
            String pipeline,
            Duration wait) {
        return saved.apply("")
                .map(all -> new StreamMoments(vertx, source, saved, pipeline, wait, !all.isEmpty() && !wait.isZero()));
    }

    /** What a difference means, for the report. */
    String words() {
        return Positions.words(followed, pipeline, wait);
    }

    /** Done once all that a table has now is durable at the target; fails as {@link Undetermined}. */
    Future<Void> caughtUp(String table) {
        if (!followed) {
            return Future.succeededFuture();
        }
        Promise<Void> promise = Promise.promise();
        look(
                table,
                source.millis() + ROUNDING_MILLIS,
                System.nanoTime() + (stalled == null ? wait.toNanos() : 0),
                promise);
        return promise.future();
    }

    /** Look after look; there may be hundreds. */
    private void look(String table, long goal, long deadline, Promise<Void> promise) {
        saved.apply(table)
                .compose(shards -> behind(table, shards, goal))
                .onSuccess(behind -> {
                    if (behind.isEmpty()) {
                        promise.complete();
                    } else if (System.nanoTime() >= deadline) {
                        stalled = "pipeline '" + pipeline + "' did not catch up within " + wait.toSeconds() + " s: "
                                + behind;
                        promise.fail(new Undetermined(stalled));
                    } else {
                        vertx.setTimer(LOOK_MILLIS, id -> look(table, goal, deadline, promise));
                    }
                })
                .onFailure(promise::fail);
    }

    /** In words, the first that the pipeline has not come far enough with; empty if there is none. */
    private Future<String> behind(String table, List<SavedShard> shards, long goal) {
        Optional<SavedShard> snapshot =
                shards.stream().filter(shard -> shard.shard().equals(SNAPSHOT)).findFirst();
        if (snapshot.isEmpty()) {
            return Future.succeededFuture("table " + table + " is not followed yet");
        }
        if (!snapshot.get().isClosed()) {
            return Future.succeededFuture("it is still copying " + table);
        }
        List<String> known = new ArrayList<>();
        for (SavedShard shard : shards) {
            if (shard.isForgotten()) {
                continue;
            }
            known.add(shard.shard());
            if (shard.isOpen()) {
                long at = at(table, shard);
                if (at < goal) {
                    return Future.succeededFuture("shard " + table + "/" + shard.shard() + " stands "
                            + String.format(java.util.Locale.ROOT, "%.1f", (goal - at) / 1000.0)
                            + " s before the moment that the source was read at");
                }
            } else if (!shard.isClosed()) {
                return Future.succeededFuture(
                        "shard " + table + "/" + shard.shard() + " has ended, and what follows it is not followed yet");
            }
        }
        return StreamShards.list(source, table)
                .map(listed -> listed.unknown(known)
                        .map(shard -> "shard " + table + "/" + shard + " is not followed yet")
                        .orElse(""))
                .recover(failure ->
                        failure instanceof PipelineException stopped && stopped.kind() == PipelineException.Kind.FATAL
                                ? Future.failedFuture(new Undetermined(String.valueOf(stopped.getMessage())))
                                : Future.failedFuture(failure));
    }

    private static long at(String table, SavedShard shard) {
        try {
            String position = shard.position();
            return position == null ? 0 : new JsonObject(position).getLong("at", 0L);
        } catch (DecodeException | ClassCastException e) {
            throw new Undetermined("the checkpoint of shard " + table + "/" + shard.shard() + " is not understood");
        }
    }
}
