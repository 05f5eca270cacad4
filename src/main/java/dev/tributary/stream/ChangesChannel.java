package dev.tributary.stream;

import dev.tributary.record.ChangeBatch;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.BackPressureStrategy;
import io.smallrye.mutiny.subscription.MultiEmitter;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Outgoing;
import org.jspecify.annotations.Nullable;

/** Where the batches of all shard streams enter the channel {@code changes}. */
@ApplicationScoped
class ChangesChannel {
    private volatile @Nullable MultiEmitter<? super Message<ChangeBatch>> emitter;

    /** What waits here is bounded by the streams: each sends no more than its {@link Window} before it hears of the first. */
    @Outgoing("changes")
    Multi<Message<ChangeBatch>> changes() {
        return Multi.createFrom().emitter(subscriber -> emitter = subscriber, BackPressureStrategy.BUFFER);
    }

    /** Safe for any thread; batches of one thread keep their order. */
    void send(Message<ChangeBatch> message) {
        MultiEmitter<? super Message<ChangeBatch>> open = emitter;
        if (open == null) {
            throw new IllegalStateException("the channel is not open yet");
        }
        open.emit(message);
    }
}
