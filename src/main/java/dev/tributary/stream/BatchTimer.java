package dev.tributary.stream;

import io.vertx.core.Context;

/**
 * How long what a stream holds may still wait to be sent. One time at a time: a second start waits for the first. Used on
 * the context of its verticle only.
 */
final class BatchTimer {
    private static final long NONE = -1;

    private final Context context;
    private final Runnable onDue;
    private long timer = NONE;
    private boolean due;

    /** @param onDue called on the context when the time is over */
    BatchTimer(Context context, Runnable onDue) {
        this.context = context;
        this.onDue = onDue;
    }

    /** Starts the time, if it is not running already; none is none. */
    void start(long millis) {
        if (timer == NONE && millis > 0) {
            timer = context.owner().setTimer(millis, id -> {
                timer = NONE;
                due = true;
                onDue.run();
            });
        }
    }

    /** Whether the time is over, since it was cleared last. */
    boolean isDue() {
        return due;
    }

    void clear() {
        due = false;
        if (timer != NONE) {
            context.owner().cancelTimer(timer);
            timer = NONE;
        }
    }
}
