package dev.tributary.source.vitess;

import dev.tributary.servers.Await;
import dev.tributary.source.ChangeListener;
import dev.tributary.source.ChangeReader;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A stream that is read on a context of its own: all that comes, or only what the test asks for. */
final class OpenStream extends Told {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Context context;
    private final boolean greedy;
    private final ChangeReader reader;

    /** @param greedy whether each message is followed by a request for the next */
    OpenStream(Context context, boolean greedy, Function<ChangeListener, ChangeReader> open) {
        this.context = context;
        this.greedy = greedy;
        CompletableFuture<ChangeReader> opened = new CompletableFuture<>();
        context.runOnContext(ignored -> {
            try {
                opened.complete(open.apply(this));
            } catch (RuntimeException e) {
                opened.completeExceptionally(e);
            }
        });
        reader = opened.join();
        if (greedy) {
            request();
        }
    }

    void request() {
        context.runOnContext(ignored -> reader.request());
    }

    void cancel() {
        context.runOnContext(ignored -> reader.cancel());
    }

    @Override
    public void onMessageEnd() {
        super.onMessageEnd();
        if (greedy) {
            reader.request();
        }
    }

    void awaitLines(int count) {
        Await.until(count + " lines", LIMIT, () -> lines.size() >= count, () -> String.join("\n", lines));
    }

    void awaitMessages(int count) {
        Await.until(count + " messages", LIMIT, () -> messages >= count, () -> messages + " messages, " + lines);
    }

    void awaitFailure() {
        Await.until("the failure", LIMIT, () -> failure != null, () -> String.join("\n", lines));
    }
}
