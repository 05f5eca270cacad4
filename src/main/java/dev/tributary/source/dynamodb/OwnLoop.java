package dev.tributary.source.dynamodb;

import io.vertx.core.Context;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The event loop that a reader runs on.
 *
 * @param failed hears what goes wrong in an action, on the loop
 */
record OwnLoop(Context context, Consumer<Throwable> failed) {
    /** Runs later, on the loop; without a wait as soon as what runs now is over. */
    void after(long millis, Runnable action) {
        if (millis > 0) {
            context.owner().setTimer(millis, id -> run(action));
        } else {
            run(action);
        }
    }

    /** Goes on with an answer, on the loop. */
    <T> void then(CompletionStage<T> answer, Consumer<T> next, Consumer<Throwable> failure) {
        answer.whenComplete((item, why) -> run(() -> {
            if (why == null) {
                next.accept(item);
            } else {
                failure.accept(why);
            }
        }));
    }

    private void run(Runnable action) {
        context.runOnContext(v -> {
            try {
                action.run();
            } catch (RuntimeException | LinkageError | StackOverflowError defect) {
                // nobody else hears of it, and the stream would stand still
                failed.accept(defect);
            }
        });
    }
}
