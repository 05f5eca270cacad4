package dev.tributary.stream;

import dev.tributary.checkpoint.CheckpointStore;
import dev.tributary.config.Settings;
import dev.tributary.config.Settings.Until;
import dev.tributary.record.Position;
import dev.tributary.record.SchemaStep;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.source.ShardSource;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Finds the shards, deploys a verticle for each, and decides when the pipeline is over: when it is told to drain, when what
 * {@code until} names is durable, or when a stream has failed for good. May be called on any thread.
 */
@ApplicationScoped
public class Supervisor {
    private static final Logger LOG = Logger.getLogger(Supervisor.class);

    private final Vertx vertx;
    private final Settings settings;
    private final ChangesChannel channel;
    private final ByteBudget budget;
    /** One for each shard of the source. */
    private final List<ShardStream> streams = new CopyOnWriteArrayList<>();

    private final Promise<Void> over = Promise.promise();
    private final Set<ShardId> awaited = ConcurrentHashMap.newKeySet();
    private volatile Map<ShardId, Position> goals = Map.of();
    /** Taken once: by the streams' start, or by an end that comes before it. */
    private final AtomicBoolean begun = new AtomicBoolean();

    private final Promise<Void> deployed = Promise.promise();
    private volatile boolean started;

    Supervisor(Vertx vertx, Settings settings, ChangesChannel channel) {
        this.vertx = vertx;
        this.settings = settings;
        this.channel = channel;
        this.budget = new ByteBudget(settings.buffer().bytes().asLongValue());
    }

    /**
     * Runs the pipeline.
     *
     * @param prepare makes the target ready for tables
     * @param evolve sees a stream through a schema change at the target; false as long as other shards have not come to it
     * @param abandon gives up what the target has under way of a shard's epoch
     * @return done when the pipeline is over in good order; fails with a
     *     {@link dev.tributary.record.PipelineException} when it can't go on
     */
    public Uni<Void> run(
            ShardSource source,
            CheckpointStore checkpoints,
            Function<List<SourceTable>, Uni<Void>> prepare,
            Function<SchemaStep, Uni<Boolean>> evolve,
            BiFunction<ShardId, Long, Uni<Void>> abandon) {
        RangedTables ranged = new RangedTables(settings);
        return checkpoints
                .shards()
                .flatMap(source::verifyShards)
                .flatMap(verified -> source.allShards())
                .flatMap(all -> source.shards().flatMap(shards -> {
                    Plumbing plumbing = new Plumbing(
                            source,
                            Set.copyOf(all),
                            checkpoints,
                            prepare,
                            evolve,
                            abandon,
                            channel::send,
                            budget,
                            ranged);
                    return Discovery.of(source, shards, prepare).invoke(found -> deploy(shards, found, plumbing));
                }))
                .flatMap(found -> Uni.createFrom().completionStage(over.future().toCompletionStage()));
    }

    private void deploy(List<ShardId> shards, Discovery found, Plumbing plumbing) {
        if (!begun.compareAndSet(false, true)) {
            return;
        }
        LOG.infof("%d shards, %d tables: %s", shards.size(), found.tables().size(), shards);
        goals = found.positions();
        awaited.addAll(shards);
        List<Future<String>> deployments = new ArrayList<>();
        for (ShardId shard : shards) {
            ShardStream stream =
                    new ShardStream(shard, found, plumbing, settings, event -> onEvent(event, plumbing.source()));
            streams.add(stream);
            deployments.add(vertx.deployVerticle(stream).onFailure(over::tryFail));
        }
        Future.join(deployments).onComplete(done -> deployed.complete());
        started = true;
    }

    private void onEvent(ShardEvent event, ShardSource source) {
        switch (event) {
            case ShardEvent.Copied(ShardId shard) -> {
                if (settings.until() == Until.COPIED) {
                    arrive(shard);
                }
            }
            case ShardEvent.Reached(ShardId shard, Position position) -> {
                Position goal = goals.get(shard);
                if (settings.until() == Until.CAUGHT_UP
                        && goal != null
                        && awaited.contains(shard)
                        && source.reached(position, goal)) {
                    arrive(shard);
                }
            }
            case ShardEvent.Failed(ShardId shard, Throwable failure) -> over.tryFail(failure);
        }
    }

    private void arrive(ShardId shard) {
        if (awaited.remove(shard) && awaited.isEmpty()) {
            LOG.infof(
                    "%s: all %d shards, as asked",
                    settings.until() == Until.COPIED ? "copied" : "caught up", streams.size());
            drain().subscribe().with(done -> {}, over::tryFail);
        }
    }

    /**
     * Lets what is on its way become durable and ends the pipeline; done when all of it is. Before the streams have started
     * it sees to it that they won't.
     */
    public Uni<Void> drain() {
        if (begun.compareAndSet(false, true)) {
            deployed.complete();
        }
        Future<Void> drained = deployed.future()
                .compose(ready -> Future.join(streams.stream()
                        .map(stream -> {
                            Promise<Void> done = Promise.promise();
                            stream.drain(done);
                            return done.future();
                        })
                        .toList()))
                .mapEmpty();
        return Uni.createFrom().completionStage(drained.toCompletionStage()).invoke(done -> over.tryComplete());
    }

    /** Whether the shards are found and their streams deployed. */
    public boolean isStarted() {
        return started;
    }

    /** Every shard stream as it is now. */
    public List<ShardStatus> shards() {
        return streams.stream().map(ShardStream::status).toList();
    }

    /** What the records that all streams hold take on the heap, of the process's budget. */
    public long heldBytes() {
        return budget.used();
    }
}
