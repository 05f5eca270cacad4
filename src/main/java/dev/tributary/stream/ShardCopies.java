package dev.tributary.stream;

import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import io.smallrye.mutiny.Uni;
import java.util.Objects;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sees a shard's {@link PartCopies} through: waits for the shard's turn, begins parts only while it is served, and has the change
 * stream stand still for tables that came later. Used on the context of the shard's verticle.
 */
final class ShardCopies {
    private static final Logger LOG = Logger.getLogger(ShardCopies.class);

    /** The attempt that they belong to. */
    interface Owner {
        /** Runs on the context of the verticle, unless the attempt has ended. */
        void on(Runnable action);

        /** Goes on with what the work brings about, unless the attempt has ended; what fails is its failure. */
        <T> void then(Uni<T> work, Consumer<T> next);

        /** Every part is copied, and the changes can be followed. */
        void onCopied(ShardPlan plan);

        /** Tables that came later hold all up to where the change stream stands still: it can go on with them. */
        void onStand(Position at);

        /** The shard is not served any more, and not every part was begun. */
        void onUnserved();
    }

    private final ShardId shard;
    private final PartCopies copies;
    private final SnapshotParts parts;
    private final @Nullable ServedGate gate;
    private final CopyTurn turn;
    private final OpenPumps pumps;
    private final ShardReport report;
    private final Owner owner;
    private boolean draining;
    private boolean over;

    /** @param gate null of a shard that is not served */
    ShardCopies(
            ShardId shard,
            PartCopies copies,
            SnapshotParts parts,
            @Nullable ServedGate gate,
            CopyTurn turn,
            OpenPumps pumps,
            ShardReport report,
            Owner owner) {
        this.shard = shard;
        this.copies = copies;
        this.parts = parts;
        this.gate = gate;
        this.turn = turn;
        this.pumps = pumps;
        this.report = report;
        this.owner = owner;
    }

    /** Whether nothing is to be copied any more. */
    boolean areOver() {
        return over;
    }

    /** Whether parts are open. */
    boolean areUnderWay() {
        return !over && !copies.isQuiet();
    }

    /** A part that was opened is durable up to its end. */
    void partEnded() {
        copies.ended();
    }

    /** Opens no more. */
    void drain() {
        draining = true;
    }

    /** Goes on as far as that is possible now. */
    void next() {
        if (over || draining) {
            return;
        }
        if (!mayCopy()) {
            showState();
            return;
        }
        boolean mayBegin = gate == null || gate.isOpen();
        PartCopies.Next next = copies.advance(report.position(), mayBegin);
        if (gate != null && !mayBegin && copies.wouldBegin()) {
            askWhetherServed(gate);
        }
        showState();
        switch (next) {
            case NOTHING -> {}
            case FOLLOW -> {
                over = true;
                owner.onCopied(copies.plan());
            }
            case STAND -> stand();
            case JOIN -> {
                over = true;
                owner.onStand(Objects.requireNonNull(report.position()));
            }
        }
    }

    private void showState() {
        report.state(pumps.changes() == null ? parts.state() : parts.following());
    }

    /** What has nothing to copy waits for nobody, nor does what its changes may have to wait for. */
    private boolean mayCopy() {
        if (parts.areCopied() || parts.hasLate()) {
            turn.end();
            return true;
        }
        return turn.isOn(!parts.begun().isEmpty(), () -> owner.on(this::next));
    }

    /** Copies are begun of a shard only that is served; if it is not any more, what is under way comes to its end first. */
    private void askWhetherServed(ServedGate asked) {
        if (!asked.isAsking()) {
            owner.then(asked.ask(), served -> {
                asked.answered(served);
                if (served) {
                    next();
                } else if (copies.isQuiet()) {
                    owner.onUnserved();
                }
            });
        }
    }

    /** Has the change stream end at a place that is durable; where the target holds a transaction open for it, behind that. */
    void stand() {
        StreamPump changes = pumps.changes();
        if (changes != null && !over && !changes.isOpen()) {
            changes.drain();
            if (changes.isDrained() && copies.stand()) {
                report.stand();
                LOG.infof(
                        "%s: stands still at %s until the tables that came later are there", shard, report.position());
                next();
            }
        }
    }
}
