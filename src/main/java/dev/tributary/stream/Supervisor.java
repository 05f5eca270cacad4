package dev.tributary.stream;

import dev.tributary.checkpoint.CheckpointStore;
import dev.tributary.config.Settings;
import dev.tributary.config.Settings.LostPosition;
import dev.tributary.config.Settings.Until;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.SchemaStep;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableId;
import dev.tributary.source.ShardSource;
import dev.tributary.source.SourceShards;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Finds the shards, deploys a verticle for each, and decides when the pipeline is over: when it is told to drain, when what
 * {@code until} names is durable, or when a stream has failed for good. May be called on any thread.
 */
@ApplicationScoped
public class Supervisor {
    private static final Logger LOG = Logger.getLogger(Supervisor.class);

    private static final Comparator<ShardId> ORDER =
            Comparator.comparing(ShardId::keyspace).thenComparing(ShardId::shard);
    private static final Duration RETRY_FIRST = Duration.ofMillis(500);
    private static final Duration RETRY_LAST = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final Settings settings;
    private final ChangesChannel channel;
    private final ByteBudget budget;
    private final OwnContext own;
    /** One for each shard of the source, the closed ones too. */
    private final Map<ShardId, ShardStream> streams = new ConcurrentSkipListMap<>(ORDER);
    /** Every shard that the tables are made of. */
    private volatile Set<ShardId> carried = Set.of();

    private final Promise<Void> over = Promise.promise();
    private final Set<ShardId> awaited = ConcurrentHashMap.newKeySet();
    /** Where each shard was when it was first looked at. */
    private final Map<ShardId, Position> goals = new ConcurrentHashMap<>();
    /** Those of every stream so far. */
    private final List<Future<String>> deployments = new ArrayList<>();

    private @Nullable Sweeps sweeps;
    private volatile boolean started;
    private volatile boolean draining;

    Supervisor(Vertx vertx, Settings settings, ChangesChannel channel) {
        this.vertx = vertx;
        this.settings = settings;
        this.channel = channel;
        this.own = new OwnContext(vertx.getOrCreateContext(), over::tryFail);
        this.budget = new ByteBudget(settings.buffer().bytes().asLongValue());
    }

    /**
     * Runs the pipeline.
     *
     * @param prepare makes the target ready for tables
     * @param evolve sees a stream through a schema change at the target; false as long as other shards have not come to it
     * @param abandon gives up what the target has under way of a shard's epoch
     * @param sweep deletes the rows of a table at the target that the source has no more; answers how many there were
     * @return done when the pipeline is over in good order; fails with a
     *     {@link dev.tributary.record.PipelineException} when it can't go on
     */
    public Uni<Void> run(
            ShardSource source,
            CheckpointStore checkpoints,
            Function<List<SourceTable>, Uni<Void>> prepare,
            Function<SchemaStep, Uni<Boolean>> evolve,
            BiFunction<ShardId, Long, Uni<Void>> abandon,
            Function<TableId, Uni<Long>> sweep) {
        Plumbing plumbing = new Plumbing(
                source,
                () -> carried,
                checkpoints,
                prepare,
                evolve,
                abandon,
                sweep,
                channel::send,
                budget,
                new RangedTables(settings),
                settings.lostPosition() == LostPosition.RESNAPSHOT);
        return plumbing.lookAndForget()
                .flatMap(shards -> Discovery.of(source, shards.present(), prepare)
                        .invoke(found -> own.hop(() -> begin(shards, found, plumbing))))
                .flatMap(found -> Uni.createFrom().completionStage(over.future().toCompletionStage()));
    }

    private void begin(SourceShards shards, Discovery found, Plumbing plumbing) {
        if (draining) {
            return;
        }
        LOG.infof(
                "%d shards, %d tables: %s",
                shards.running().size(), found.tables().size(), shards.running());
        sweeps = new Sweeps(own, plumbing);
        goals.putAll(found.positions());
        awaited.addAll(settings.until() == Until.COPIED ? shards.running() : shards.toRead());
        deploy(shards, found, plumbing);
        started = true;
    }

    /** Starts the streams that are to run and don't. */
    private void deploy(SourceShards shards, @Nullable Discovery found, Plumbing plumbing) {
        carried = shards.all();
        for (ShardId shard : shards.running()) {
            ShardStream known = streams.get(shard);
            if (draining || known != null && !known.isClosed()) {
                continue;
            }
            ShardStream stream = new ShardStream(shard, found, plumbing, settings, event -> onEvent(event, plumbing));
            streams.put(shard, stream);
            if (started && settings.until() != Until.NEVER) {
                awaited.add(shard);
            }
            deployments.add(vertx.deployVerticle(stream).onFailure(over::tryFail));
        }
    }

    private void onEvent(ShardEvent event, Plumbing plumbing) {
        switch (event) {
            case ShardEvent.Served(ShardId shard, Position position) -> {
                goals.putIfAbsent(shard, position);
                own.hop(() -> {
                    if (sweeps != null) {
                        sweeps.wake();
                    }
                });
            }
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
                        && plumbing.source().reached(position, goal)) {
                    arrive(shard);
                }
            }
            case ShardEvent.Closed(ShardId shard) -> goOn(shard, plumbing);
            case ShardEvent.Failed(ShardId shard, Throwable failure) -> over.tryFail(failure);
        }
    }

    /** With the shards that have the rows of one that has ended; if others must end before, they aren't there yet. */
    private void goOn(ShardId closed, Plumbing plumbing) {
        plumbing.lookAndForget()
                .onFailure(this::mayBeOver)
                .retry()
                .withBackOff(RETRY_FIRST, RETRY_LAST)
                .indefinitely()
                .subscribe()
                .with(
                        shards -> own.hop(() -> {
                            deploy(shards, null, plumbing);
                            if (settings.until() != Until.NEVER) {
                                arrive(closed);
                            }
                        }),
                        failure -> {
                            if (!draining) {
                                over.tryFail(failure);
                            }
                        });
    }

    private boolean mayBeOver(Throwable failure) {
        LOG.warnf("the shards that follow can't be looked up: %s", failure.getMessage());
        return !draining && failure instanceof PipelineException known && known.kind() == Kind.TRANSIENT;
    }

    private void arrive(ShardId shard) {
        if (awaited.remove(shard) && awaited.isEmpty()) {
            own.hop(() -> {
                if (sweeps != null && settings.until() == Until.CAUGHT_UP) {
                    sweeps.whenDone(this::endAsAsked);
                } else {
                    endAsAsked();
                }
            });
        }
    }

    private void endAsAsked() {
        LOG.infof(
                "%s: all %d shards, as asked",
                settings.until() == Until.COPIED ? "copied" : "caught up", streams.size());
        drain().subscribe().with(done -> {}, over::tryFail);
    }

    /**
     * Lets what is on its way become durable and ends the pipeline; done when all of it is. Before the streams have started
     * it sees to it that they won't.
     */
    public Uni<Void> drain() {
        Promise<Void> drained = Promise.promise();
        own.hop(() -> {
            draining = true;
            if (sweeps != null) {
                sweeps.end();
            }
            // a stream that is not deployed yet can't be told
            Future.join(deployments)
                    .transform(deployed -> Future.join(
                            streams.values().stream().map(Supervisor::drain).toList()))
                    .<Void>mapEmpty()
                    .onComplete(drained);
        });
        return Uni.createFrom()
                .completionStage(drained.future().toCompletionStage())
                .invoke(done -> over.tryComplete());
    }

    private static Future<Void> drain(ShardStream stream) {
        Promise<Void> done = Promise.promise();
        stream.drain(done);
        return done.future();
    }

    /** Whether the shards are found and their streams deployed. */
    public boolean isStarted() {
        return started;
    }

    /** Every shard stream as it is now. */
    public List<ShardStatus> shards() {
        return streams.values().stream().map(ShardStream::status).toList();
    }

    /** What the records that all streams hold take on the heap, of the process's budget. */
    public long heldBytes() {
        return budget.used();
    }
}
