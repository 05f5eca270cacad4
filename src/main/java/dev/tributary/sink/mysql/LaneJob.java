package dev.tributary.sink.mysql;

import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.route.RoutedBatch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** A batch on its way through a {@link Lane}, whose context alone touches it. */
final class LaneJob {
    final RoutedBatch routed;
    final Promise<Void> done;

    int attempts;
    /** Whether its rows went before the batch before it was durable, so that what they met may not be what is. */
    boolean early;
    /** When its first statement was sent. */
    long began;
    /** How it goes on when the batch before it is over; null while it does not wait for that. */
    private @Nullable Runnable waiting;

    private @Nullable Future<BatchPlan> planned;

    LaneJob(RoutedBatch routed, Promise<Void> done) {
        this.routed = routed;
        this.done = done;
    }

    boolean isOpen() {
        return routed.batch().mark() instanceof Mark.Open;
    }

    /** Made once. */
    Future<BatchPlan> plan(Planner planner) {
        if (planned == null) {
            try {
                planned = planner.plan(routed);
            } catch (RuntimeException defect) {
                planned = Future.failedFuture(defect);
            }
        }
        return planned;
    }

    void await(Runnable next) {
        waiting = next;
    }

    /** Whether it has waited, and goes on now. */
    boolean resume() {
        Runnable next = waiting;
        waiting = null;
        if (next != null) {
            next.run();
        }
        return next != null;
    }
}
