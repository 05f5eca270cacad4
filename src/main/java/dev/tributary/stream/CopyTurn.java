package dev.tributary.stream;

import io.vertx.core.Context;
import org.jspecify.annotations.Nullable;

/** One shard's turn to copy, of the {@link CopyTurns} of the process. Used on the context of the shard's verticle only. */
final class CopyTurn {
    private final CopyTurns turns;
    private final Context context;
    private @Nullable Asked asked;
    private boolean has;

    /** One request, which may be granted while it is taken back. */
    private final class Asked implements Runnable {
        private final Runnable next;

        Asked(Runnable next) {
            this.next = next;
        }

        /** On any thread. */
        @Override
        public void run() {
            context.runOnContext(ignored -> {
                if (this != asked) {
                    turns.give();
                    return;
                }
                asked = null;
                has = true;
                next.run();
            });
        }
    }

    CopyTurn(CopyTurns turns, Context context) {
        this.turns = turns;
        this.context = context;
    }

    /**
     * Whether the shard may copy; if not, it is told once it may.
     *
     * @param begun whether it has copied something, whose position must not grow old
     */
    boolean isOn(boolean begun, Runnable next) {
        if (!has && asked == null) {
            Asked asking = new Asked(next);
            asked = asking;
            turns.take(asking, begun);
        }
        return has;
    }

    /** The shard copies nothing, now or any more. */
    void end() {
        Asked asking = asked;
        asked = null;
        if (asking != null) {
            turns.forget(asking);
        }
        if (has) {
            has = false;
            turns.give();
        }
    }
}
