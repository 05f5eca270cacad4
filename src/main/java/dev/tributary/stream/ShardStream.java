package dev.tributary.stream;

import dev.tributary.config.Settings;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.ShardId;
import io.smallrye.mutiny.Uni;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Promise;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The verticle that owns one shard: claims it, copies its parts, follows its changes, each time in a {@link ShardAttempt}, and after
 * a transient failure starts again from the checkpoint. Everything in it runs on its own context; only {@link #status()},
 * {@link #isClosed()} and {@link #drain} are for other threads.
 */
final class ShardStream extends AbstractVerticle implements ShardAttempt.Owner {
    private static final Logger LOG = Logger.getLogger(ShardStream.class);

    private static final long LOOK_MILLIS = 500;

    private final ShardId shard;
    private final Plumbing plumbing;
    private final Settings settings;
    private final Consumer<ShardEvent> listener;
    private final Backoff backoff;
    private final BudgetShare share;
    private final ShardReport report;

    /** What the supervisor looked up at the start; looked up anew after a failure. */
    private @Nullable Discovery discovery;
    /** Of the last claim. */
    private long epoch;
    /** Whether copies that are in their middle can't go on from there. */
    private boolean redo;
    /** The one under way, or the last one while the next is still to begin; null before the first. */
    private @Nullable ShardAttempt attempt;
    /** How often one was ended: what was to follow before is not to any more. */
    private long endings;

    private @Nullable Promise<Void> drained;

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
        vertx.setPeriodic(LOOK_MILLIS, id -> new OwnContext(context, this::failed).guard(this::look));
        begin();
    }

    /** A stream of which nothing comes, though the source goes on, is broken somewhere between. */
    private void look() {
        String broken = attempt == null ? null : attempt.broken();
        if (broken != null) {
            LOG.warnf("%s: it is opened anew", broken);
            again(false);
        }
    }

    private void begin() {
        Discovery known = discovery;
        discovery = null;
        ShardAttempt next = new ShardAttempt(shard, plumbing, settings, report, share, context, this);
        attempt = next;
        next.begin(known, redo);
    }

    @Override
    public void tell(ShardEvent event) {
        listener.accept(event);
    }

    @Override
    public void claimed(long by) {
        epoch = by;
        redo = false;
    }

    @Override
    public void wentOn() {
        backoff.reset();
    }

    @Override
    public void again(boolean anew) {
        redo |= anew;
        if (end()) {
            long now = endings;
            plumbing.giveUp(shard, epoch, () -> on(now, this::begin));
        } else {
            begin();
        }
    }

    @Override
    public void closed() {
        end();
        report.state(new StreamState.Closed());
        Promise<Void> stopping = drained;
        if (stopping != null) {
            stopping.tryComplete();
        }
        listener.accept(new ShardEvent.Closed(shard));
    }

    @Override
    public void failed(Throwable failure) {
        end();
        long now = endings;
        plumbing.giveUp(shard, epoch, () -> on(now, () -> decide(failure)));
    }

    /** Answers whether the target holds a transaction open for the attempt that has ended. */
    private boolean end() {
        endings++;
        return attempt != null && attempt.end();
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
        long now = endings;
        boolean lost = plumbing.mayBeCopiedAgain(failure);
        if (lost && isOwn(failure)) {
            LOG.warn(cause);
            Uni.createFrom()
                    .deferred(() -> new Resnapshot(plumbing).of(shard))
                    .subscribe()
                    .with(forgotten -> on(now, this::begin), why -> on(now, () -> failed(why)));
            return;
        }
        if (lost || failure instanceof PipelineException known && known.kind() == Kind.TRANSIENT) {
            long wait = backoff.next();
            report.failed(backoff.failures(), cause);
            LOG.warnf("%s; next try in %d ms (failure %d in a row)", cause, wait, backoff.failures());
            vertx.setTimer(wait, id -> on(now, this::begin));
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
            if (attempt != null) {
                attempt.drain();
            }
            finishDrain(done);
        });
    }

    @Override
    public void quiet() {
        if (drained != null) {
            finishDrain(drained);
        }
    }

    private void finishDrain(Promise<Void> done) {
        if (attempt != null && !attempt.isQuiet()) {
            return;
        }
        boolean open = end();
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
    private void on(long before, Runnable action) {
        context.runOnContext(ignored -> {
            if (before == endings) {
                new OwnContext(context, this::failed).guard(action);
            }
        });
    }
}
