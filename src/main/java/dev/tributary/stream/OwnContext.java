package dev.tributary.stream;

import io.vertx.core.Context;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The context that a stream runs on.
 *
 * @param failed hears what goes wrong in an action: it is the stream's failure, nobody else would hear of it
 */
record OwnContext(Context context, Consumer<Throwable> failed) {
    /** Runs on the context, from any thread; acknowledgements come on the sink's. */
    CompletionStage<Void> hop(Runnable action) {
        context.runOnContext(ignored -> guard(action));
        return CompletableFuture.completedStage(null);
    }

    /** Runs at once. */
    void guard(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException defect) {
            failed.accept(defect);
        }
    }
}
