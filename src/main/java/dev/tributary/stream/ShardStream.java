package dev.tributary.stream;

import dev.tributary.config.Settings;
import dev.tributary.config.Settings.Until;
import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.SchemaChange;
import dev.tributary.record.ShardId;
import dev.tributary.record.StreamId;
import dev.tributary.record.TableId;
import io.smallrye.mutiny.Uni;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The verticle that owns one shard: claims it, copies its parts, follows its changes, and after a transient failure starts
 * again from the checkpoint. Everything in it runs on its own context, and so does what it is made of: a
 * {@link StreamPump} for each open stream and the {@link SnapshotParts}; only {@link #status()} and {@link #drain} are for
 * other threads.
 */
final class ShardStream extends AbstractVerticle implements PumpOwner {
    private static final Logger LOG = Logger.getLogger(ShardStream.class);

    private static final long LOOK_MILLIS = 500;

    private final ShardId shard;
    private final Plumbing plumbing;
    private final Settings settings;
    private final Consumer<ShardEvent> listener;

    /** What the supervisor looked up at the start; looked up anew after a failure. */
    private @Nullable Discovery discovery;

    private long generation;
    private long epoch;
    private final Backoff backoff;
    private SnapshotParts parts = new SnapshotParts();
    private final OpenPumps pumps;
    private final CopyWatch copyWatch;
    private final BudgetShare share;
    /** What is being copied; null before and afterwards. */
    private @Nullable PartCopies copies;
    /** Known once it is deployed. */
    private @Nullable CopyTurn turn;
    /** Sees the change stream through schema changes; null where there is none. */
    private @Nullable SchemaPause pause;

    /** For a shard that is not served to be so; else for another keyspace to leave tables that this one has, too. */
    private @Nullable Lookout watch;
    /** Of one that is, while parts are to be copied. */
    private @Nullable ServedGate gate;
    /** Whether copies that are in their middle can't go on from there: the shard was resharded behind it. */
    private boolean redo;

    private Set<String> kept = Set.of();
    private boolean copiesOnly;
    /** Whether a table that another keyspace carries, and has no more, is about to be this one's. */
    private boolean inherits;

    private @Nullable Promise<Void> drained;
    private final ShardReport report;

    ShardStream(
            ShardId shard,
            @Nullable Discovery discovery,
            Plumbing plumbing,
            Settings settings,
            Consumer<ShardEvent> listener) {
        this.shard = shard;
        this.discovery = discovery;
        this.plumbing = plumbing;
        this.settings = settings;
        this.listener = listener;
        this.backoff = new Backoff(settings.retry());
        this.report = new ShardReport(shard, plumbing.source());
        this.pumps = new OpenPumps(report);
        this.copyWatch = new CopyWatch(shard, plumbing.source(), () -> System.nanoTime() / 1_000_000);
        this.share = new BudgetShare(plumbing.budget());
    }

    /** Safe for any thread. */
    ShardStatus status() {
        return report.status();
    }

    /** Whether it has ended with its shard; safe for any thread. */
    boolean isClosed() {
        return report.state() instanceof StreamState.Closed;
    }

    @Override
    public void start() {
        vertx.setPeriodic(LOOK_MILLIS, id -> new OwnContext(context, this::fail).guard(this::look));
        turn = new CopyTurn(plumbing.turns(), context);
        begin();
    }

    /** A stream of which nothing comes, though the source goes on, is broken somewhere between. */
    private void look() {
        StreamPump changes = pumps.changes();
        String broken = changes != null && changes.isWaiting() ? report.look(changes) : null;
        if (broken == null
                && copyWatch.look(pumps.copies(), pumps.waitingCopies(), new OwnContext(context, this::fail)::hop)) {
            broken = shard + ": the source was gone and is back, and nothing comes of its copies";
        }
        if (broken != null) {
            LOG.warnf("%s: it is opened anew", broken);
            again();
        }
    }

    private void begin() {
        generation++;
        report.state(new StreamState.Claiming());
        Discovery known = discovery;
        discovery = null;
        then(Uni.createFrom().deferred(() -> ShardPlan.make(shard, known, redo, plumbing)), this::copy);
    }

    /** Goes on with what the work brings about, unless the stream has failed or ended since. */
    private <T> void then(Uni<T> work, Consumer<T> next) {
        long attempt = generation;
        work.subscribe()
                .with(item -> on(attempt, () -> next.accept(item)), failure -> on(attempt, () -> fail(failure)));
    }

    private void copy(ShardPlan plan) {
        if (plan.checkpoint().closed()) {
            close();
            return;
        }
        redo = false;
        epoch = plan.checkpoint().epoch();
        report.claimed(epoch);
        kept = plan.kept();
        Position now = plan.discovery().position(shard);
        if (now == null) {
            LOG.infof("%s: is not served: it is read up to where others took its rows over", shard);
            watch = lookout(() -> plumbing.look().map(shards -> shards.served().contains(shard)));
        } else {
            gate = new ServedGate(shard, plumbing.source());
            listener.accept(new ShardEvent.Served(shard, now));
            Set<TableId> elsewhere = plan.discovery().elsewhere();
            inherits = plan.discovery().inherits();
            if (!elsewhere.isEmpty()) {
                LOG.infof("%s: tables %s are carried of another keyspace, and left out here", shard, elsewhere);
                watch = lookout(() -> copies != null && !copies.isQuiet()
                        ? Uni.createFrom().item(false)
                        : plumbing.carried().map(carried -> !elsewhere.stream().allMatch(carried::isElsewhere)));
            }
        }
        report.position(plan.checkpoint().changes());
        parts = SnapshotParts.of(plan);
        // what others have to copy begins once this shard's end is read
        copiesOnly = settings.until() == Until.COPIED && !plan.leaves();
        Position begunAt = copiesOnly ? null : plan.checkpoint().changes();
        copies = new PartCopies(
                plan,
                parts,
                begunAt != null,
                plumbing.source(),
                settings.copy().parts(),
                context,
                (part, atOnce) -> pump(part, atOnce, false));
        Runnable next = begunAt == null
                ? this::copyNext
                : () -> verified(begunAt, () -> {
                    follow(plan, begunAt);
                    copyNext();
                });
        List<PartCheckpoint> begun = parts.begun();
        if (begun.isEmpty()) {
            next.run();
        } else {
            verified(plumbing.source().first(begun), next);
        }
    }

    /** Starts again once that has come about. */
    private Lookout lookout(Supplier<Uni<Boolean>> question) {
        long attempt = generation;
        return new Lookout(
                question,
                context,
                () -> on(attempt, () -> {
                    if (drained == null) {
                        again();
                    }
                }));
    }

    /** Goes on if the shard still has what follows the position. */
    private void verified(Position position, Runnable next) {
        then(plumbing.source().verify(shard, position), verified -> next.run());
    }

    private void copyNext() {
        PartCopies copying = copies;
        if (copying == null || drained != null) {
            return;
        }
        if (!mayCopy()) {
            showState();
            return;
        }
        boolean mayBegin = gate == null || gate.isOpen();
        PartCopies.Next next = copying.advance(report.position(), mayBegin);
        if (gate != null && !mayBegin && copying.wouldBegin()) {
            askWhetherServed(copying, gate);
        }
        showState();
        switch (next) {
            case NOTHING -> {}
            case FOLLOW -> {
                copies = null;
                onCopied(copying.plan());
            }
            case STAND -> stand();
            case JOIN -> {
                copies = null;
                Position at = Objects.requireNonNull(report.position());
                then(plumbing.checkpoints().join(shard, epoch, at), joined -> again());
            }
        }
    }

    private void showState() {
        report.state(pumps.changes() == null ? parts.state() : parts.following());
    }

    /** What has nothing to copy waits for nobody, nor does what its changes may have to wait for. */
    private boolean mayCopy() {
        CopyTurn own = Objects.requireNonNull(turn);
        if (parts.areCopied() || parts.hasLate()) {
            own.end();
            return true;
        }
        long attempt = generation;
        return own.isOn(!parts.begun().isEmpty(), () -> on(attempt, this::copyNext));
    }

    /** Copies are begun of a shard only that is served; if it is not any more, what is under way comes to its end first. */
    private void askWhetherServed(PartCopies copying, ServedGate asked) {
        if (!asked.isAsking()) {
            then(asked.ask(), served -> {
                asked.answered(served);
                if (served) {
                    copyNext();
                } else if (copying.isQuiet()) {
                    again();
                }
            });
        }
    }

    /** Has the change stream end at a place that is durable; where the target holds a transaction open for it, behind that. */
    private void stand() {
        StreamPump changes = pumps.changes();
        if (changes != null && copies != null && !changes.isOpen()) {
            PartCopies copying = copies;
            changes.drain();
            if (changes.isDrained() && copying.stand()) {
                report.stand();
                LOG.infof(
                        "%s: stands still at %s until the tables that came later are there", shard, report.position());
                copyNext();
            }
        }
    }

    /** Starts again from the checkpoint, although nothing has failed. */
    private void again() {
        boolean open = pumps.holdOpen();
        quit();
        if (open) {
            long attempt = generation;
            plumbing.giveUp(shard, epoch, () -> on(attempt, this::begin));
        } else {
            begin();
        }
    }

    private void onCopied(ShardPlan plan) {
        if (!plan.leaves() && !inherits) {
            listener.accept(new ShardEvent.Copied(shard));
        }
        if (copiesOnly && inherits) {
            return;
        }
        if (copiesOnly) {
            endWatch();
            report.state(new StreamState.Ended());
            return;
        }
        Position start = plan.changesFrom(parts, plumbing.source());
        Position looked = plan.discovery().position(shard);
        if (!plan.isFresh() || looked == null) {
            verified(start, () -> follow(plan, start));
            return;
        }
        // resharded before the copies began, it would not come to its end any more from where they are
        then(plumbing.source().shards(KnownShards.NONE), shards -> {
            Position from = shards.served().contains(shard) ? start : looked;
            verified(from, () -> follow(plan, from));
        });
    }

    private void follow(ShardPlan plan, Position from) {
        report.follow(from, parts.following());
        boolean remembered = plan.checkpoint().parts().stream().anyMatch(part -> !part.late());
        StreamPump pump = pump(PartId.CHANGES, false, remembered);
        pump.start(plumbing.source()
                .changes(shard, from, parts.all(), plan.followed(), plan.discovered(plumbing.source()), context, pump));
        pause = new SchemaPause(shard, epoch, plan.followed(), plumbing);
        reached(from);
    }

    /** With a table that is not copied yet, or about to be this keyspace's, it has not reached anything. */
    private void reached(Position at) {
        if (!parts.hasLate() && !inherits) {
            listener.accept(new ShardEvent.Reached(shard, at));
        }
    }

    private StreamPump pump(PartId part, boolean atOnce, boolean partsRemembered) {
        StreamId stream = new StreamId(shard, part);
        return pumps.add(
                new StreamPump(stream, epoch, atOnce, partsRemembered, context, BatchLimits.of(settings), share, this));
    }

    @Override
    public void send(Message<ChangeBatch> message) {
        pumps.show();
        plumbing.channel().accept(message);
    }

    @Override
    public void onDurable(StreamPump pump, ChangeBatch batch) {
        report.durable(batch);
        boolean changes = pump.stream().part().isChanges();
        // a late part that fails again and again is not mended by the changes beside it
        if (!(batch.mark() instanceof Mark.Open) && !(changes && parts.hasLate())) {
            backoff.reset();
        }
        switch (batch.mark()) {
            case Mark.Copied(Position at) -> {
                parts.copied(batch.stream().part(), at);
                pumps.remove(pump);
                if (copies != null) {
                    copies.ended();
                }
                report.copied(pump.progress());
                LOG.infof(
                        "%s: copied, or caught up: %d rows",
                        pump.stream(), pump.progress().rowsDurable());
                copyNext();
            }
            case Mark.Boundary(Position at) -> onReached(pump, at);
            case Mark.PastParts(Position at) -> {
                parts.forget();
                onReached(pump, at);
            }
            case Mark.Chunk chunk -> {}
            case Mark.Open open -> {}
        }
        if (changes) {
            copyNext();
        }
        pumps.show();
        finishDrain();
    }

    @Override
    public void onHeard(StreamPump pump, boolean quiet) {
        if (pump.stream().part().isChanges()) {
            report.heard(pump, quiet);
        }
    }

    private void onReached(StreamPump pump, Position at) {
        if (pump.stream().part().isChanges()) {
            reached(at);
            if (pump.isThrough() && drained == null) {
                again();
            }
        }
    }

    @Override
    public void onSchemaChange(StreamPump pump, SchemaChange change) {
        boolean ofLate = change.tables().stream().anyMatch(of -> parts.isLate(of.table()));
        if (ofLate && copies != null) {
            LOG.infof("%s: waits for the copy of the table: %s", shard, change.shown());
            stand();
        } else if (pause != null) {
            then(pause.through(change), made -> pump.pass());
        }
    }

    @Override
    public void onReshard(StreamPump pump, Reshard reshard) {
        if (!pump.stream().part().isChanges()) {
            redo = true;
            again();
            return;
        }
        if (parts.hasLate()) {
            LOG.infof("%s: was resharded: waits for the copies of the tables that came later", shard);
            stand();
            return;
        }
        for (ShardId parent : reshard.parents()) {
            if (!plumbing.source().selects(parent)) {
                fail(new PipelineException(
                        Kind.FATAL,
                        shard + ": the shard was resharded together with " + parent
                                + ", which this process does not read; read both in one process"
                                + " (TRIBUTARY_SOURCE, parameter 'shards')"));
                return;
            }
        }
        LOG.infof(
                "%s: was resharded: %s are followed by %s",
                shard, reshard.parents(), reshard.children().keySet());
        then(plumbing.checkpoints().close(shard, epoch, reshard, kept), closed -> close());
    }

    private void close() {
        quit();
        report.state(new StreamState.Closed());
        Promise<Void> stopping = drained;
        if (stopping != null) {
            stopping.tryComplete();
        }
        listener.accept(new ShardEvent.Closed(shard));
    }

    @Override
    public void onPumpFailure(StreamPump pump, Throwable failure) {
        fail(failure);
    }

    private void fail(Throwable failure) {
        quit();
        long attempt = generation;
        plumbing.giveUp(shard, epoch, () -> on(attempt, () -> decide(failure)));
    }

    /** Ends every open stream; what they still bring about is not heard. */
    private void quit() {
        generation++;
        if (pause != null) {
            pause.end();
            pause = null;
        }
        endWatch();
        report.lost();
        copyWatch.lost();
        copies = null;
        gate = null;
        pumps.stop();
        if (turn != null) {
            turn.end();
        }
    }

    private void endWatch() {
        if (watch != null) {
            watch.end();
            watch = null;
        }
    }

    private void decide(Throwable failure) {
        Promise<Void> stopping = drained;
        if (stopping != null) {
            LOG.warnf("%s: ended without what was under way: %s", shard, failure.getMessage());
            report.state(new StreamState.Ended());
            stopping.tryComplete();
            return;
        }
        String cause = String.valueOf(failure.getMessage());
        if (failure instanceof PipelineException fenced && fenced.kind() == Kind.FENCED) {
            LOG.warn(cause);
            report.state(new StreamState.Released());
            listener.accept(new ShardEvent.Released(shard));
            return;
        }
        boolean lost = plumbing.mayBeCopiedAgain(failure);
        if (lost && isOwn(failure)) {
            LOG.warn(cause);
            then(Uni.createFrom().deferred(() -> new Resnapshot(plumbing).of(shard)), forgotten -> begin());
            return;
        }
        if (lost || failure instanceof PipelineException known && known.kind() == Kind.TRANSIENT) {
            long wait = backoff.next();
            report.failed(backoff.failures(), cause);
            LOG.warnf("%s; next try in %d ms (failure %d in a row)", cause, wait, backoff.failures());
            long attempt = generation;
            vertx.setTimer(wait, id -> on(attempt, this::begin));
            return;
        }
        report.state(new StreamState.Failed(cause));
        listener.accept(new ShardEvent.Failed(shard, failure));
    }

    /** Others are forgotten by whoever reads them, or when the shards are looked up next. */
    private boolean isOwn(Throwable failure) {
        return failure instanceof PipelineException known
                && (known.shards().isEmpty() || known.shards().contains(shard));
    }

    /** Lets what is on its way become durable; to be called from any thread. */
    void drain(Promise<Void> done) {
        context.runOnContext(ignored -> {
            if (drained != null) {
                drained.future().onComplete(done);
                return;
            }
            drained = done;
            endWatch();
            if (pumps.count() > 0) {
                report.state(new StreamState.Draining());
            }
            pumps.drain();
            finishDrain();
        });
    }

    private void finishDrain() {
        Promise<Void> done = drained;
        if (done == null || !pumps.areQuiet()) {
            return;
        }
        boolean open = pumps.holdOpen();
        quit();
        if (!(report.state() instanceof StreamState.Failed || report.state() instanceof StreamState.Closed)) {
            report.state(new StreamState.Ended());
        }
        if (open) {
            plumbing.giveUp(shard, epoch, done::tryComplete);
        } else {
            done.tryComplete();
        }
    }

    /** Runs on the verticle's context, unless the stream has failed or ended since. */
    private void on(long attempt, Runnable action) {
        context.runOnContext(ignored -> {
            if (attempt == generation) {
                new OwnContext(context, this::fail).guard(action);
            }
        });
    }
}
