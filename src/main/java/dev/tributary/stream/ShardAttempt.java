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
import io.vertx.core.Context;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One life of a shard's stream: from its claim until it fails, ends with its shard, or is to begin anew. What it brings about after
 * its end is not heard. It is made of a {@link StreamPump} for each open stream and the {@link SnapshotParts}; used on the context of
 * the shard's verticle.
 */
final class ShardAttempt implements PumpOwner, ShardCopies.Owner {
    private static final Logger LOG = Logger.getLogger(ShardAttempt.class);

    /** What the verticle hears of its attempt; each of the last three ends it. */
    interface Owner {
        void tell(ShardEvent event);

        /** The shard is claimed, and what is to be done about it known. */
        void claimed(long epoch);

        /** Something is durable, so that a failure from here on is another one. */
        void wentOn();

        /** Nothing is on its way. */
        void quiet();

        /**
         * To begin anew from the checkpoint, although nothing has failed.
         *
         * @param redo whether copies that are in their middle can't go on from there: the shard was resharded behind them
         */
        void again(boolean redo);

        /** The shard has come to its end. */
        void closed();

        void failed(Throwable failure);
    }

    private final ShardId shard;
    private final Plumbing plumbing;
    private final Settings settings;
    private final ShardReport report;
    private final BudgetShare share;
    private final Context context;
    private final Owner owner;
    private final OpenPumps pumps;
    private final CopyWatch copyWatch;
    private final CopyTurn turn;

    private long epoch;
    private SnapshotParts parts = new SnapshotParts();
    /** Null before the shard is claimed, and afterwards. */
    private @Nullable ShardCopies copies;
    /** Sees the change stream through schema changes; null where there is none. */
    private @Nullable SchemaPause pause;

    /** For a shard that is not served to be so; else for another keyspace to leave tables that this one has, too. */
    private @Nullable Lookout watch;

    private Set<String> kept = Set.of();
    private boolean copiesOnly;
    /** Whether a table that another keyspace carries, and has no more, is about to be this one's. */
    private boolean inherits;

    private boolean draining;
    private boolean ended;

    ShardAttempt(
            ShardId shard,
            Plumbing plumbing,
            Settings settings,
            ShardReport report,
            BudgetShare share,
            Context context,
            Owner owner) {
        this.shard = shard;
        this.plumbing = plumbing;
        this.settings = settings;
        this.report = report;
        this.share = share;
        this.context = context;
        this.owner = owner;
        this.pumps = new OpenPumps(report);
        this.copyWatch = new CopyWatch(shard, plumbing.source(), () -> System.nanoTime() / 1_000_000, owner::failed);
        this.turn = new CopyTurn(plumbing.turns(), context);
    }

    /**
     * Claims the shard and goes on from its checkpoint.
     *
     * @param known what was looked up already; null to look it up now
     */
    void begin(@Nullable Discovery known, boolean redo) {
        report.state(new StreamState.Claiming());
        then(Uni.createFrom().deferred(() -> ShardPlan.make(shard, known, redo, plumbing)), this::copy);
    }

    /** Why it is to be opened anew, of one of which nothing comes though the source goes on; null if it isn't. */
    @Nullable
    String broken() {
        StreamPump changes = pumps.changes();
        String broken = changes != null && changes.isWaiting() ? report.look(changes) : null;
        if (broken == null
                && copyWatch.look(pumps.copies(), pumps.waitingCopies(), new OwnContext(context, owner::failed)::hop)) {
            return shard + ": the source was gone and is back, and nothing comes of its copies";
        }
        return broken;
    }

    /** Reads no more, and lets what is on its way become durable. */
    void drain() {
        draining = true;
        if (copies != null) {
            copies.drain();
        }
        endWatch();
        if (pumps.count() > 0) {
            report.state(new StreamState.Draining());
        }
        pumps.drain();
    }

    /** Whether nothing is on its way. */
    boolean isQuiet() {
        return pumps.areQuiet();
    }

    /** Ends every open stream; answers whether the target holds a transaction open for one of them. */
    boolean end() {
        boolean open = pumps.holdOpen();
        ended = true;
        if (pause != null) {
            pause.end();
            pause = null;
        }
        endWatch();
        report.lost();
        copyWatch.lost();
        copies = null;
        pumps.stop();
        turn.end();
        return open;
    }

    @Override
    public <T> void then(Uni<T> work, Consumer<T> next) {
        work.subscribe().with(item -> on(() -> next.accept(item)), failure -> on(() -> owner.failed(failure)));
    }

    private void copy(ShardPlan plan) {
        if (plan.checkpoint().closed()) {
            owner.closed();
            return;
        }
        epoch = plan.checkpoint().epoch();
        owner.claimed(epoch);
        report.claimed(epoch);
        kept = plan.kept();
        Position now = plan.discovery().position(shard);
        if (now == null) {
            LOG.infof("%s: is not served: it is read up to where others took its rows over", shard);
            watch = lookout(() -> plumbing.look().map(shards -> shards.served().contains(shard)));
        } else {
            owner.tell(new ShardEvent.Served(shard, now));
            Set<TableId> elsewhere = plan.discovery().elsewhere();
            inherits = plan.discovery().inherits();
            if (!elsewhere.isEmpty()) {
                LOG.infof("%s: tables %s are carried of another keyspace, and left out here", shard, elsewhere);
                watch = lookout(() -> copies != null && copies.areUnderWay()
                        ? Uni.createFrom().item(false)
                        : plumbing.carried().map(carried -> !elsewhere.stream().allMatch(carried::isElsewhere)));
            }
        }
        report.position(plan.checkpoint().changes());
        parts = SnapshotParts.of(plan);
        // what others have to copy begins once this shard's end is read
        copiesOnly = settings.until() == Until.COPIED && !plan.leaves();
        Position begunAt = copiesOnly ? null : plan.checkpoint().changes();
        ServedGate gate = now == null ? null : new ServedGate(shard, plumbing.source());
        PartCopies opened = new PartCopies(
                plan,
                parts,
                begunAt != null,
                plumbing.source(),
                settings.copy().parts(),
                context,
                (part, atOnce) -> pump(part, atOnce, false));
        ShardCopies copying = new ShardCopies(shard, opened, parts, gate, turn, pumps, report, this);
        copies = copying;
        Runnable next = begunAt == null
                ? copying::next
                : () -> verified(begunAt, () -> {
                    follow(plan, begunAt);
                    copying.next();
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
        return new Lookout(
                question,
                context,
                () -> on(() -> {
                    if (!draining) {
                        owner.again(false);
                    }
                }));
    }

    /** Goes on if the shard still has what follows the position. */
    private void verified(Position position, Runnable next) {
        then(plumbing.source().verify(shard, position), verified -> next.run());
    }

    @Override
    public void onCopied(ShardPlan plan) {
        if (!plan.leaves() && !inherits) {
            owner.tell(new ShardEvent.Copied(shard));
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
            owner.tell(new ShardEvent.Reached(shard, at));
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
            owner.wentOn();
        }
        switch (batch.mark()) {
            case Mark.Copied(Position at) -> {
                parts.copied(batch.stream().part(), at);
                pumps.remove(pump);
                if (copies != null) {
                    copies.partEnded();
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
        if (pumps.areQuiet()) {
            owner.quiet();
        }
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
            if (pump.isThrough() && !draining) {
                owner.again(false);
            }
        }
    }

    @Override
    public void onSchemaChange(StreamPump pump, SchemaChange change) {
        boolean ofLate = change.tables().stream().anyMatch(of -> parts.isLate(of.table()));
        if (ofLate && copies != null && !copies.areOver()) {
            LOG.infof("%s: waits for the copy of the table: %s", shard, change.shown());
            copies.stand();
        } else if (pause != null) {
            then(pause.through(change), made -> pump.pass());
        }
    }

    @Override
    public void onReshard(StreamPump pump, Reshard reshard) {
        if (!pump.stream().part().isChanges()) {
            owner.again(true);
            return;
        }
        if (parts.hasLate()) {
            LOG.infof("%s: was resharded: waits for the copies of the tables that came later", shard);
            if (copies != null) {
                copies.stand();
            }
            return;
        }
        for (ShardId parent : reshard.parents()) {
            if (!plumbing.source().selects(parent)) {
                owner.failed(new PipelineException(
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
        then(plumbing.checkpoints().close(shard, epoch, reshard, kept), closed -> owner.closed());
    }

    @Override
    public void onPumpFailure(StreamPump pump, Throwable failure) {
        if (!ended) {
            owner.failed(failure);
        }
    }

    private void endWatch() {
        if (watch != null) {
            watch.end();
            watch = null;
        }
    }

    @Override
    public void on(Runnable action) {
        context.runOnContext(ignored -> {
            if (!ended) {
                new OwnContext(context, owner::failed).guard(action);
            }
        });
    }

    @Override
    public void onStand(Position at) {
        then(plumbing.checkpoints().join(shard, epoch, at), joined -> owner.again(false));
    }

    @Override
    public void onUnserved() {
        owner.again(false);
    }

    private void copyNext() {
        if (copies != null) {
            copies.next();
        }
    }
}
