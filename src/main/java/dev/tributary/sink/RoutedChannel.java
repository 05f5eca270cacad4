package dev.tributary.sink;

import dev.tributary.route.RoutedBatch;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment.Strategy;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jspecify.annotations.Nullable;

/** Where the batches of the channel {@code routed} go into the sink, and their acknowledgements come from. */
@ApplicationScoped
public class RoutedChannel {
    private volatile @Nullable Sink sink;

    /** Opens the way into a sink; to be called before the first batch is sent. */
    public void connect(Sink sink) {
        this.sink = sink;
    }

    /**
     * Hands a batch over and does not wait for it: a stream that stalls must not hold up the others, and each has no more
     * than its window on its way.
     */
    @Incoming("routed")
    @Acknowledgment(Strategy.MANUAL)
    CompletionStage<Void> write(Message<RoutedBatch> message) {
        Sink open = sink;
        if (open == null) {
            return message.nack(new IllegalStateException("no sink is connected"));
        }
        // what it throws is the batch's failure: out of here it would end the channel for every shard
        Uni.createFrom()
                .deferred(() -> open.write(message.getPayload()))
                .subscribe()
                .with(done -> message.ack(), failure -> message.nack(failure));
        return CompletableFuture.completedStage(null);
    }
}
