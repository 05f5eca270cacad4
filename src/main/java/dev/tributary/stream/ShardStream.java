package dev.tributary.stream;

import dev.tributary.checkpoint.ShardCheckpoint;
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
import io.smallrye.mutiny.Uni;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
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
    private @Nullable Promise<Void> drained;

    private volatile StreamState state = new StreamState.Claiming();
    private volatile @Nullable Position position;
    private volatile List<StreamProgress> progress = List.of();
    private volatile long heldBytes;
    private volatile long rowsDurable;
    private volatile long bytesDurable;

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
        return new ShardStatus(shard, state, position, heldBytes, rowsDurable, bytesDurable, progress);
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
        Uni<Discovery> look = known != null
                ? Uni.createFrom().item(known)
                : Discovery.of(plumbing.source(), List.of(shard), plumbing.prepare());
        look.flatMap(found -> plumbing.checkpoints()
                        .claim(shard)
                        .flatMap(claimed -> plan(claimed, found).map(planned -> new Plan(planned, found))))
                .subscribe()
                .with(plan -> on(attempt, () -> copy(plan)), failure -> on(attempt, () -> fail(failure)));
    }

    private record Plan(ShardCheckpoint checkpoint, Discovery discovery) {}

    /** Adds the parts of tables that the checkpoint does not know yet. */
    private Uni<ShardCheckpoint> plan(ShardCheckpoint claimed, Discovery found) {
        Set<String> known = claimed.tables() == null ? Set.of() : claimed.tables();
        if (claimed.tables() != null && known.equals(found.names())) {
            return Uni.createFrom().item(claimed);
        }
        boolean first = claimed.tables() == null;
        if (first && !plumbing.source().snapshot()) {
            Position now = found.position(shard);
            return plumbing.checkpoints()
                    .plan(claimed, now, found.names(), List.of())
                    .map(done -> planned(claimed, now, found, List.of()));
        }
        Set<String> unfinished = new HashSet<>();
        claimed.parts().forEach(part -> unfinished.add(part.id().table()));
        List<SourceTable> added = found.tables().stream()
                .filter(table -> !known.contains(table.id().name()))
                .filter(table -> !unfinished.contains(table.id().name()))
                .toList();
        return plumbing.source()
                .parts(shard, added)
                .flatMap(cut -> plumbing.checkpoints()
                        .plan(claimed, null, found.names(), cut)
                        .map(done -> planned(claimed, claimed.changes(), found, cut)));
    }

    private ShardCheckpoint planned(
            ShardCheckpoint claimed, @Nullable Position changes, Discovery found, List<PartCheckpoint> added) {
        List<PartCheckpoint> all = new ArrayList<>(claimed.parts());
        all.addAll(added);
        return new ShardCheckpoint(shard, claimed.epoch(), changes, found.names(), all);
    }

    private void copy(Plan plan) {
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

    private @Nullable Plan copying;

    private void copyNext() {
        Plan plan = copying;
        if (plan == null || drained != null) {
            return;
        }
        while (pumps.size() < settings.copy().parts() && !waiting.isEmpty()) {
            PartCheckpoint part = waiting.remove();
            SourceTable table = plan.discovery().table(part.id().table());
            StreamPump pump = pump(part.id(), !plumbing.source().resumable(table), false);
            pump.start(plumbing.source().copy(shard, part, table, context, pump));
        }
        long copied = parts.values().stream().filter(PartCheckpoint::copied).count();
        state = new StreamState.Copying((int) copied, parts.size());
        if (pumps.isEmpty()) {
            copying = null;
            onCopied(plan);
        }
    }

    private void onCopied(Plan plan) {
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
    private Position begin(Plan plan) {
        Position saved = plan.checkpoint().changes();
        if (saved != null) {
            return saved;
        }
        return parts.isEmpty()
                ? plan.discovery().position(shard)
                : plumbing.source().first(List.copyOf(parts.values()));
    }

    private void follow(Plan plan, Position from) {
        state = new StreamState.Following();
        StreamPump pump = pump(PartId.CHANGES, false, !plan.checkpoint().parts().isEmpty());
        List<PartCheckpoint> copied = List.copyOf(parts.values());
        Discovery found = plan.discovery();
        pump.start(
                plumbing.source().changes(shard, from, copied, found.tables(), found.position(shard), context, pump));
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
                copyNext();
            }
            case Mark.Boundary(Position at) -> onReached(pump, at);
            case Mark.PastParts(Position at) -> {
                parts.clear();
                onReached(pump, at);
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

    private void onReached(StreamPump pump, Position at) {
        if (pump.stream().part().isChanges()) {
            position = at;
            listener.accept(new ShardEvent.Reached(shard, at));
        }
    }

    @Override
    public void onPumpFailure(StreamPump pump, Throwable failure) {
        fail(failure);
    }

    private void fail(Throwable failure) {
        generation++;
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
        progress = pumps.stream().map(StreamPump::progress).toList();
        long held = 0;
        for (StreamPump pump : pumps) {
            held += pump.held();
        }
        heldBytes = held;
    }
}
