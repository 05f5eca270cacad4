package dev.tributary.stream;

import dev.tributary.checkpoint.CheckpointStore;
import dev.tributary.checkpoint.ShardOwner;
import dev.tributary.checkpoint.WaitingShards;
import dev.tributary.config.BufferSize;
import dev.tributary.config.Settings;
import dev.tributary.config.Settings.LostPosition;
import dev.tributary.config.Settings.Until;
import dev.tributary.record.Position;
import dev.tributary.record.SchemaStep;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableId;
import dev.tributary.source.ShardSource;
import dev.tributary.source.SourceShards;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Finds the shards, deploys a verticle for each, and decides when the pipeline is over: when it is told to drain, when what
 * {@code until} names is durable, or when a stream has failed for good. May be called on any thread.
 */
@ApplicationScoped
public class Supervisor {
    private static final Logger LOG = Logger.getLogger(Supervisor.class);

    /** Shards at a time: each has room for a few whole batches of rows that are not large, and some may stall. */
    private static final int COPYING = 16;

    /** Every shard asks that may have to take tables over. */
    private static final Duration FRESH = Duration.ofSeconds(1);

    private static final Duration RESIGNING = Duration.ofSeconds(2);

    private final Settings settings;
    private final ChangesChannel channel;
    private final ByteBudget budget;
    private final OwnContext own;
    private final ShardStreams streams;
    /** Every shard that the tables are made of. */
    private volatile Set<ShardId> carried = Set.of();

    private final Promise<Void> over = Promise.promise();
    private volatile @Nullable Running running;
    private volatile boolean started;
    private volatile boolean draining;

    /** What there is once the shards are found. */
    private record Running(Plumbing plumbing, Goals goals, Sweeps sweeps, ClosedShards closed, Ownership ownership) {}

    Supervisor(Vertx vertx, Settings settings, ChangesChannel channel) {
        this.settings = settings;
        this.channel = channel;
        this.own = new OwnContext(vertx.getOrCreateContext(), over::tryFail);
        this.streams = new ShardStreams(vertx, own, settings, over::tryFail);
        this.budget = new ByteBudget(BufferSize.of(settings));
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
                Uni.createFrom().deferred(checkpoints::carried).memoize().forFixedDuration(FRESH),
                prepare,
                evolve,
                abandon,
                sweep,
                channel::send,
                budget,
                new CopyTurns(COPYING),
                new RangedTables(settings),
                settings.lostPosition() == LostPosition.RESNAPSHOT);
        long at = System.nanoTime();
        return plumbing.lookAndForget()
                .flatMap(shards -> Discovery.of(plumbing, shards.known(), shards.present())
                        .invoke(found -> own.hop(() -> begin(shards, found, at, plumbing))))
                .flatMap(found -> Uni.createFrom().completionStage(over.future().toCompletionStage()));
    }

    /** @param at when they were looked up */
    private void begin(SourceShards shards, Discovery found, long at, Plumbing plumbing) {
        if (draining) {
            return;
        }
        LOG.infof(
                "%d shards, %d tables: %s",
                shards.running().size(), found.tables().size(), shards.running());
        Goals goals = new Goals(settings.until(), plumbing.source(), () -> own.hop(this::arrived));
        found.positions().forEach(goals::set);
        goals.await(awaited(shards));
        Ownership ownership =
                new Ownership(own, plumbing, settings.lease().duration(), new ShardsOwner(found, at), System::nanoTime);
        running = new Running(plumbing, goals, new Sweeps(own, plumbing), new ClosedShards(plumbing), ownership);
        ownership.begin(shards, at);
    }

    private Collection<ShardId> awaited(SourceShards shards) {
        return settings.until() == Until.COPIED ? shards.running() : shards.toRead();
    }

    /** Does with the shards what is decided about them. */
    private final class ShardsOwner implements Ownership.Owner {
        /** What was looked up at the start; null once it was used. */
        private @Nullable Discovery found;

        private final long foundAt;

        ShardsOwner(Discovery found, long at) {
            this.found = found;
            this.foundAt = at;
        }

        @Override
        public List<ShardId> mine() {
            return streams.staying();
        }

        @Override
        public Set<ShardId> leaving() {
            return streams.leaving();
        }

        @Override
        public WaitingShards waiting() {
            return streams.waiting();
        }

        @Override
        public void decided(SourceShards shards, Shares shares, List<ShardOwner> owners) {
            Running now = running;
            if (draining || now == null) {
                return;
            }
            carried = shards.all();
            now.goals().await(awaited(shards));
            Set<ShardId> read = shards.toRead();
            now.goals().awaited().stream()
                    .filter(shard -> !streams.isRunning(shard) && !read.contains(shard))
                    .forEach(now.goals()::ended);
            shares.lost().stream().filter(shard -> !streams.isClaiming(shard)).forEach(shard -> {
                LOG.warnf("%s: another process has the shard", shard);
                streams.remove(shard);
            });
            shares.give().forEach(shard -> streams.give(shard, now.plumbing()));
            if (System.nanoTime() - foundAt > settings.lease().duration().toNanos()) {
                found = null;
            }
            shares.take().forEach(shard -> streams.take(shard, found, now.plumbing(), event -> onEvent(event, now)));
            found = null;
            owners.stream()
                    .map(ShardOwner::shard)
                    .filter(shard -> !streams.isRunning(shard) && now.goals().awaits(shard))
                    .forEach(shard -> hear(shard, now));
            started = true;
            now.sweeps().wake();
            streams.keepOnly(owners.stream().map(ShardOwner::shard).collect(Collectors.toSet()));
            now.closed().forget(shards.gone(), streams.statuses());
        }

        @Override
        public void failed(Throwable failure) {
            over.tryFail(failure);
        }
    }

    /** How far a shard is that another process has; if that can't be said now, the next look will. */
    private static void hear(ShardId shard, Running now) {
        now.plumbing()
                .checkpoints()
                .look(shard)
                .subscribe()
                .with(now.goals()::heard, failure -> LOG.debugf("%s: can't be looked at: %s", shard, failure));
    }

    private void onEvent(ShardEvent event, Running now) {
        switch (event) {
            case ShardEvent.Served(ShardId shard, Position position) -> {
                now.goals().set(shard, position);
                own.hop(now.sweeps()::wake);
            }
            case ShardEvent.Copied(ShardId shard) -> now.goals().copied(shard);
            case ShardEvent.Reached(ShardId shard, Position position) ->
                now.goals().reached(shard, position);
            case ShardEvent.Closed(ShardId shard) -> own.hop(now.ownership()::wake);
            case ShardEvent.Released(ShardId shard) ->
                own.hop(() -> {
                    streams.remove(shard);
                    now.ownership().want();
                });
            case ShardEvent.Failed(ShardId shard, Throwable failure) -> over.tryFail(failure);
        }
    }

    private void arrived() {
        Running now = running;
        if (now != null && settings.until() == Until.CAUGHT_UP) {
            now.sweeps().whenDone(this::endAsAsked);
        } else {
            endAsAsked();
        }
    }

    private void endAsAsked() {
        LOG.infof("%s: all shards, as asked", settings.until() == Until.COPIED ? "copied" : "caught up");
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
            Running now = running;
            if (now != null) {
                now.sweeps().end();
                now.ownership().stand();
            }
            streams.drain(this::release)
                    .onSuccess(shards -> resign(shards, drained))
                    .onFailure(drained::tryFail);
        });
        return Uni.createFrom()
                .completionStage(drained.future().toCompletionStage())
                .invoke(done -> over.tryComplete());
    }

    /** At the end of the process; what fails is done again once all streams are drained. */
    private void release(ShardId shard) {
        Running now = running;
        if (now != null) {
            now.plumbing()
                    .checkpoints()
                    .release(List.of(shard))
                    .subscribe()
                    .with(released -> {}, failure -> LOG.debugf("%s: is not given back: %s", shard, failure));
        }
    }

    /** Others may have the shards at once; if that can't be said they have them when the lease is over. */
    private void resign(Set<ShardId> shards, Promise<Void> done) {
        Running now = running;
        if (now == null) {
            done.complete();
            return;
        }
        now.ownership().end();
        now.plumbing()
                .checkpoints()
                .resign(shards)
                .ifNoItem()
                .after(RESIGNING)
                .fail()
                .subscribe()
                .with(resigned -> done.complete(), failure -> {
                    LOG.warnf("others have to wait for the end of this process's lease: %s", failure.getMessage());
                    done.complete();
                });
    }

    /** Whether the shards are found and the streams of those that are this process's deployed. */
    public boolean isStarted() {
        return started;
    }

    /** Every shard stream of this process as it is now. */
    public List<ShardStatus> shards() {
        return streams.statuses();
    }

    /** One of them; null if it is not, or no more, this process's. */
    public @Nullable ShardStatus shard(ShardId shard) {
        return streams.status(shard);
    }

    /** A number that grows with the position of a shard's changes; NaN if there is none. */
    public double ordinal(ShardStatus shard) {
        Running now = running;
        Position position = shard.position();
        return now == null || position == null
                ? Double.NaN
                : now.plumbing().source().ordinal(position);
    }

    /** This process, as the leases name it; empty before it has one. */
    public String process() {
        Running now = running;
        return now == null ? "" : now.ownership().process();
    }

    /** Since this process's lease was renewed; zero before it has one. */
    public Duration leaseAge() {
        Running now = running;
        return now == null ? Duration.ZERO : now.ownership().age();
    }

    /** Whether others leave this process's shards to it. */
    public boolean hasLease() {
        return leaseAge().compareTo(settings.lease().duration()) < 0;
    }

    /** What the records that all streams hold take on the heap, of the process's budget. */
    public long heldBytes() {
        return budget.used();
    }

    /** The most that it was at once since the start, in bytes. */
    public long mostHeldBytes() {
        return budget.mostUsed();
    }
}
