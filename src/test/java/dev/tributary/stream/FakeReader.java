package dev.tributary.stream;

import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.SourceTable;
import dev.tributary.record.StreamId;
import dev.tributary.servers.Await;
import dev.tributary.source.ChangeListener;
import dev.tributary.source.ChangeReader;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A reader that tells what a test says, a message at a time, and no message that was not asked for. */
final class FakeReader implements ChangeReader {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    final StreamId stream;
    final @Nullable Position from;
    /** Of a copied part where it is to end, of a change stream where the tables were looked up. */
    final @Nullable Position bound;

    final List<PartCheckpoint> parts;
    final List<SourceTable> tables;
    private final Context context;
    private final ChangeListener listener;

    volatile int requested;
    volatile int told;
    volatile boolean cancelled;
    /** What is said of a place in the transaction. */
    volatile @Nullable Position midway;

    FakeReader(
            StreamId stream,
            @Nullable Position from,
            @Nullable Position bound,
            List<PartCheckpoint> parts,
            List<SourceTable> tables,
            Context context,
            ChangeListener listener) {
        this.stream = stream;
        this.from = from;
        this.bound = bound;
        this.parts = parts;
        this.tables = tables;
        this.context = context;
        this.listener = listener;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public void request() {
        if (Vertx.currentContext() != context) {
            throw new IllegalStateException("called off its context");
        }
        requested++;
    }

    @Override
    public @Nullable Position midway() {
        return midway;
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    /** Whether a message is asked for that was not told yet; looked at on the context, behind whatever is under way there. */
    boolean isAsked() {
        CompletableFuture<Boolean> asked = new CompletableFuture<>();
        context.runOnContext(ignored -> asked.complete(requested > told));
        return asked.join();
    }

    void awaitAsked() {
        Await.until("a request to " + stream, LIMIT, this::isAsked, () -> "told " + told + ", cancelled " + cancelled);
    }

    void awaitCancelled() {
        Await.until("the end of " + stream, LIMIT, () -> cancelled, () -> "still open");
    }

    /** Tells one message. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void tell(Consumer<ChangeListener> message) {
        awaitAsked();
        onContext(() -> {
            told++;
            message.accept(listener);
            if (!cancelled) {
                listener.onMessageEnd();
            }
        });
    }

    /** Tells a transaction of {@code orders} in one message, committed 1000 ms after the position's number of seconds. */
    void transaction(long position, long... ids) {
        tell(it -> transaction(it, position, ids));
    }

    static void transaction(ChangeListener listener, long position, long... ids) {
        for (long id : ids) {
            listener.onRecord(FakeSource.create("orders", id), 10);
        }
        listener.onPosition(FakeSource.at(position), true, position * 1000);
    }

    /** The part is copied. */
    void copied(long position, long... ids) {
        awaitAsked();
        onContext(() -> {
            for (long id : ids) {
                listener.onRecord(FakeSource.create(stream.part().table(), id), 10);
            }
            cancelled = true;
            listener.onCopied(FakeSource.at(position));
        });
    }

    void fail(Kind kind) {
        onContext(() -> {
            cancelled = true;
            listener.onFailure(new PipelineException(kind, stream + ": failed as told"));
        });
    }

    void onContext(Runnable action) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        context.runOnContext(ignored -> {
            try {
                action.run();
                done.complete(null);
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        done.join();
    }

    @Override
    public String toString() {
        return stream + " from " + from;
    }
}
