package dev.tributary.stream;

import dev.tributary.config.Settings;
import dev.tributary.config.Settings.Until;
import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.record.StreamId;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The verticle that owns one shard: claims it, copies its parts, follows its changes, and after a transient failure starts
 * again from the checkpoint. Everything in it runs on its own context; only {@link #status()} is for other threads.
 */
final class ShardStream extends AbstractVerticle implements StreamPump.Owner {
    private static final Logger LOG = Logger.getLogger(ShardStream.class);

    private final ShardId shard;
    private final Plumbing plumbing;
    private final Settings settings;
    private final Consumer<ShardEvent> listener;

    /** What the supervisor looked up at the start; looked up anew after a failure. */
    private @Nullable Discovery discovery;

    private long generation;
    private long epoch;
    private int failures;
    private final Map<PartId, PartCheckpoint> parts = new LinkedHashMap<>();
    private final Deque<PartCheckpoint> waiting = new ArrayDeque<>();
    private final List<StreamPump> pumps = new ArrayList<>();
    private final List<StreamProgress> copied = new ArrayList<>();
    /** What is being copied; null before and afterwards. */
    private @Nullable ShardPlan copying;

    private @Nullable Promise<Void> drained;

    private final Lag lag = new Lag();
    private volatile StreamState state = new StreamState.Claiming();
    private volatile @Nullable Position position;
    private volatile List<StreamProgress> progress = List.of();
    private volatile long heldBytes;
    private volatile long rowsDurable;
    private volatile long bytesDurable;
    private volatile long allFailures;

    ShardStream(
            ShardId shard, Discovery discovery, Plumbing plumbing, Settings settings, Consumer<ShardEvent> listener) {
        this.shard = shard;
        this.discovery = discovery;
        this.plumbing = plumbing;
        this.settings = settings;
        this.listener = listener;
    }

    /** Safe for any thread. */
    ShardStatus status() {
        return new ShardStatus(
                shard,
                state,
                position,
                heldBytes,
                rowsDurable,
                bytesDurable,
                allFailures,
                lag.millis(System.currentTimeMillis()),
                progress);
    }

    ShardId shard() {
        return shard;
    }

    @Override
    public void start() {
        begin();
    }

    private void begin() {
        long attempt = ++generation;
        state = new StreamState.Claiming();
        Discovery known = discovery;
        discovery = null;
        ShardPlan.make(shard, known, plumbing)
                .subscribe()
                .with(plan -> on(attempt, () -> copy(plan)), failure -> on(attempt, () -> fail(failure)));
    }

    private void copy(ShardPlan plan) {
        epoch = plan.checkpoint().epoch();
        position = plan.checkpoint().changes();
        parts.clear();
        waiting.clear();
        for (PartCheckpoint part : plan.checkpoint().parts()) {
            // a table that is gone has no rows to carry
            if (plan.discovery().names().contains(part.id().table())) {
                parts.put(part.id(), part);
                if (!part.copied()) {
                    waiting.add(part);
                }
            }
        }
        copying = plan;
        copyNext();
    }

    private void copyNext() {
        ShardPlan plan = copying;
        if (plan == null || drained != null) {
            return;
        }
        while (pumps.size() < settings.copy().parts() && !waiting.isEmpty()) {
            PartCheckpoint part = waiting.remove();
            SourceTable table = plan.discovery().table(part.id().table());
            StreamPump pump = pump(part.id(), !plumbing.source().resumable(table), false);
            pump.start(plumbing.source().copy(shard, part, table, context, pump));
        }
        long done = parts.values().stream().filter(PartCheckpoint::copied).count();
        state = new StreamState.Copying((int) done, parts.size());
        if (pumps.isEmpty()) {
            copying = null;
            onCopied(plan);
        }
    }

    private void onCopied(ShardPlan plan) {
        listener.accept(new ShardEvent.Copied(shard));
        if (settings.until() == Until.COPIED) {
            state = new StreamState.Ended();
            return;
        }
        long attempt = generation;
        Position start = begin(plan);
        plumbing.source()
                .verify(shard, start)
                .subscribe()
                .with(done -> on(attempt, () -> follow(plan, start)), failure -> on(attempt, () -> fail(failure)));
    }

    /** Where the change stream goes on, or begins: where the first part ended, or at once where there was no table. */
    private Position begin(ShardPlan plan) {
        Position saved = plan.checkpoint().changes();
        if (saved != null) {
            return saved;
        }
        return parts.isEmpty()
                ? plan.discovery().position(shard)
                : plumbing.source().first(List.copyOf(parts.values()));
    }

    private void follow(ShardPlan plan, Position from) {
        state = new StreamState.Following();
        lag.follow(System.currentTimeMillis());
        copied.clear();
        StreamPump pump = pump(PartId.CHANGES, false, !plan.checkpoint().parts().isEmpty());
        List<PartCheckpoint> done = List.copyOf(parts.values());
        Discovery found = plan.discovery();
        pump.start(plumbing.source().changes(shard, from, done, found.tables(), found.position(shard), context, pump));
        listener.accept(new ShardEvent.Reached(shard, from));
    }

    private StreamPump pump(PartId part, boolean atOnce, boolean partsRemembered) {
        StreamId stream = new StreamId(shard, part);
        StreamPump pump = new StreamPump(
                stream,
                epoch,
                atOnce,
                partsRemembered,
                context,
                BatchLimits.of(settings),
                plumbing.budget(),
                new StreamProgress(stream),
                this);
        pumps.add(pump);
        publish();
        return pump;
    }

    @Override
    public void send(Message<ChangeBatch> message) {
        lag.busy();
        publish();
        plumbing.channel().accept(message);
    }

    @Override
    public void onDurable(StreamPump pump, ChangeBatch batch) {
        rowsDurable += batch.records().size();
        bytesDurable += batch.bytes();
        failures = 0;
        switch (batch.mark()) {
            case Mark.Copied(Position at) -> {
                PartCheckpoint part = parts.get(batch.stream().part());
                if (part != null) {
                    parts.put(part.id(), new PartCheckpoint(part.id(), part.range(), at, true));
                }
                pumps.remove(pump);
                pump.progress().end();
                copied.add(pump.progress());
                LOG.infof("%s: copied, %d rows", pump.stream(), pump.progress().rowsDurable());
                copyNext();
            }
            case Mark.Boundary(Position at) -> onReached(pump, at, batch.committedAt());
            case Mark.PastParts(Position at) -> {
                parts.clear();
                onReached(pump, at, batch.committedAt());
            }
            case Mark.Chunk(Position at) -> {
                if (pump.stream().part().isChanges()) {
                    position = at;
                }
            }
            case Mark.Open() -> {
                // nothing is saved yet
            }
        }
        publish();
        finishDrain();
    }

    @Override
    public void onQuiet(StreamPump pump) {
        if (pump.stream().part().isChanges()) {
            lag.quiet(System.currentTimeMillis());
        }
    }

    private void onReached(StreamPump pump, Position at, long committedAt) {
        if (pump.stream().part().isChanges()) {
            position = at;
            lag.durable(committedAt);
            listener.accept(new ShardEvent.Reached(shard, at));
        }
    }

    @Override
    public void onPumpFailure(StreamPump pump, Throwable failure) {
        fail(failure);
    }

    private void fail(Throwable failure) {
        generation++;
        lag.lost(System.currentTimeMillis());
        copying = null;
        pumps.forEach(StreamPump::stop);
        pumps.clear();
        publish();
        long failedEpoch = epoch;
        long attempt = generation;
        plumbing.abandon()
                .apply(shard, failedEpoch)
                .subscribe()
                .with(done -> on(attempt, () -> decide(failure)), alsoFailed -> on(attempt, () -> decide(failure)));
    }

    private void decide(Throwable failure) {
        Promise<Void> stopping = drained;
        if (stopping != null) {
            state = new StreamState.Ended();
            stopping.tryComplete();
            return;
        }
        String cause = String.valueOf(failure.getMessage());
        if (failure instanceof PipelineException known && known.kind() == Kind.TRANSIENT) {
            failures++;
            allFailures++;
            long pause = Backoff.pause(
                    failures, settings.retry().delay(), settings.retry().maxDelay());
            state = new StreamState.BackingOff(failures, cause);
            LOG.warnf("%s; next try in %d ms (failure %d in a row)", cause, pause, failures);
            long attempt = generation;
            vertx.setTimer(Math.max(1, pause), id -> on(attempt, this::begin));
            return;
        }
        state = new StreamState.Failed(cause);
        listener.accept(new ShardEvent.Failed(shard, failure));
    }

    /** Lets what is on its way become durable; to be called from any thread. */
    void drain(Promise<Void> done) {
        context.runOnContext(ignored -> {
            if (drained != null) {
                drained.future().onComplete(done);
                return;
            }
            drained = done;
            boolean working = !pumps.isEmpty();
            state = working ? new StreamState.Draining() : new StreamState.Ended();
            pumps.forEach(StreamPump::drain);
            finishDrain();
        });
    }

    private void finishDrain() {
        Promise<Void> done = drained;
        if (done == null || !pumps.stream().allMatch(StreamPump::isQuiet)) {
            return;
        }
        pumps.forEach(StreamPump::stop);
        pumps.clear();
        generation++;
        state = new StreamState.Ended();
        publish();
        done.tryComplete();
    }

    /** Runs on the verticle's context, unless the stream has failed or ended since. */
    private void on(long attempt, Runnable action) {
        context.runOnContext(ignored -> {
            if (attempt == generation) {
                action.run();
            }
        });
    }

    private void publish() {
        progress = Stream.concat(copied.stream(), pumps.stream().map(StreamPump::progress))
                .toList();
        long held = 0;
        for (StreamPump pump : pumps) {
            held += pump.held();
        }
        heldBytes = held;
    }
}
