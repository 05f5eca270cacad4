package dev.tributary.stream;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.function.Supplier;

/** Asks now and then whether something has come about, and says so once. Used on the context of the shard's verticle. */
final class Lookout {
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final Supplier<Uni<Boolean>> question;
    private final Context context;
    private final Runnable answer;
    private boolean ended;

    /**
     * @param question what fails is asked again
     * @param answer is run once, when it has
     */
    Lookout(Supplier<Uni<Boolean>> question, Context context, Runnable answer) {
        this.question = question;
        this.context = context;
        this.answer = answer;
        pause();
    }

    void end() {
        ended = true;
    }

    private void pause() {
        context.owner().setTimer(PAUSE.toMillis(), id -> context.runOnContext(v -> look()));
    }

    private void look() {
        if (!ended) {
            Uni.createFrom()
                    .deferred(question::get)
                    .subscribe()
                    .with(
                            come -> context.runOnContext(v -> looked(come)),
                            failure -> context.runOnContext(v -> looked(false)));
        }
    }

    private void looked(boolean come) {
        if (ended) {
            return;
        }
        if (come) {
            ended = true;
            answer.run();
        } else {
            pause();
        }
    }
}
