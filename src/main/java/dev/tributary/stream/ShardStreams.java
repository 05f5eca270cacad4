package dev.tributary.stream;

import dev.tributary.checkpoint.WaitingShards;
import dev.tributary.config.Settings;
import dev.tributary.record.ShardId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The verticles of this process's shards. Changed on the supervisor's context alone; {@link #statuses()}, {@link #status} and
 * {@link #isRunning} are for any thread.
 */
final class ShardStreams {
    private static final Logger LOG = Logger.getLogger(ShardStreams.class);

    private final Vertx vertx;
    private final OwnContext own;
    private final Settings settings;
    private final Consumer<Throwable> failed;
    /** One for each shard of the source that is this process's, the closed ones too. */
    private final Map<ShardId, ShardStream> streams = new ConcurrentSkipListMap<>();

    private final Map<ShardId, Future<String>> deployments = new HashMap<>();
    /** Shards whose streams drain, as another process is to have them. */
    private final Set<ShardId> leaving = new HashSet<>();

    /** @param failed hears why a stream could not be deployed */
    ShardStreams(Vertx vertx, OwnContext own, Settings settings, Consumer<Throwable> failed) {
        this.vertx = vertx;
        this.own = own;
        this.settings = settings;
        this.failed = failed;
    }

    /** Those that are to stay, in the order in which they are best given away. */
    List<ShardId> staying() {
        return streams.entrySet().stream()
                .filter(of -> !of.getValue().isClosed() && !leaving.contains(of.getKey()))
                // a copy may have to begin again elsewhere
                .sorted(Comparator.comparing(
                        of -> of.getValue().status().state() instanceof StreamState.Following ? 0 : 1))
                .map(Map.Entry::getKey)
                .toList();
    }

    Set<ShardId> leaving() {
        return leaving;
    }

    /** Those that wait after a failure, and why. */
    WaitingShards waiting() {
        Map<String, String> causes = new HashMap<>();
        for (ShardStatus stream : statuses()) {
            String trouble = stream.trouble();
            if (trouble != null) {
                causes.put(stream.shard().toString(), trouble);
            }
        }
        return causes.isEmpty() ? WaitingShards.NONE : new WaitingShards(causes);
    }

    boolean isRunning(ShardId shard) {
        ShardStream stream = streams.get(shard);
        return stream != null && !stream.isClosed();
    }

    /** Whose it is its claim will tell. */
    boolean isClaiming(ShardId shard) {
        ShardStream stream = streams.get(shard);
        return stream != null && stream.status().state() instanceof StreamState.Claiming;
    }

    /** Has a stream of its own for a shard. */
    void take(ShardId shard, @Nullable Discovery found, Plumbing plumbing, Consumer<ShardEvent> listener) {
        remove(shard);
        ShardStream stream = new ShardStream(shard, found, plumbing, settings, listener);
        streams.put(shard, stream);
        deployments.put(shard, vertx.deployVerticle(stream).onFailure(failed::accept));
    }

    /**
     * Of closed streams those go whose shards are forgotten.
     *
     * @param known every shard that there is a checkpoint of
     */
    void keepOnly(Set<ShardId> known) {
        streams.entrySet().stream()
                .filter(of -> of.getValue().isClosed() && !known.contains(of.getKey()))
                .map(Map.Entry::getKey)
                .toList()
                .forEach(this::remove);
    }

    /** Has the stream end, and lets another process have the shard. */
    void give(ShardId shard, Plumbing plumbing) {
        if (!leaving.add(shard)) {
            return;
        }
        LOG.infof("%s: another process is to have the shard", shard);
        ShardStream stream = streams.get(shard);
        (stream == null ? Future.succeededFuture() : drain(shard, stream))
                .onComplete(drained -> own.hop(() -> {
                    remove(shard);
                    plumbing.checkpoints()
                            .release(List.of(shard))
                            .onFailure()
                            .invoke(failure ->
                                    LOG.warnf("%s: can't be given to another process: %s", shard, failure.getMessage()))
                            .onTermination()
                            .invoke(() -> own.hop(() -> leaving.remove(shard)))
                            .subscribe()
                            .with(released -> {}, failure -> {});
                }));
    }

    /** Ends a stream of a shard that is not this process's any more; at once, what it has under way is not saved. */
    void remove(ShardId shard) {
        ShardStream stream = streams.remove(shard);
        Future<String> deployment = deployments.remove(shard);
        if (stream != null && deployment != null) {
            deployment
                    .compose(id -> drain(shard, stream).transform(drained -> vertx.undeploy(id)))
                    .onFailure(failure -> LOG.debugf("%s: is not undeployed: %s", shard, failure));
        }
    }

    /**
     * Lets what is on its way of all of them become durable.
     *
     * @param drained hears of each that is, on any thread
     * @return the shards, once all are
     */
    Future<Set<ShardId>> drain(Consumer<ShardId> drained) {
        Map<ShardId, ShardStream> all = Map.copyOf(streams);
        return Future.join(all.entrySet().stream()
                        .map(of -> drain(of.getKey(), of.getValue()).onSuccess(done -> drained.accept(of.getKey())))
                        .toList())
                .map(all.keySet());
    }

    /** A stream that is not deployed yet can't be told. */
    private Future<Void> drain(ShardId shard, ShardStream stream) {
        Future<String> deployed = deployments.getOrDefault(shard, Future.succeededFuture(""));
        return deployed.transform(ready -> {
            Promise<Void> done = Promise.promise();
            stream.drain(done);
            return done.future();
        });
    }

    /** Each as it is now. */
    List<ShardStatus> statuses() {
        return streams.values().stream().map(ShardStream::status).toList();
    }

    /** One of them; null if it is not, or no more, this process's. */
    @Nullable
    ShardStatus status(ShardId shard) {
        ShardStream stream = streams.get(shard);
        return stream == null ? null : stream.status();
    }
}
