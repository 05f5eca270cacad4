package dev.tributary.route;

import dev.tributary.config.Settings;
import dev.tributary.record.ChangeBatch;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment.Strategy;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Outgoing;
import org.jspecify.annotations.Nullable;

/** Between the channels {@code changes} and {@code routed}: a batch goes on as it came, its records sorted by table. */
@ApplicationScoped
class ChangesRoute {
    private final TableRouter router;

    ChangesRoute(Settings settings) {
        this.router = new TableRouter(settings);
    }

    @Incoming("changes")
    @Outgoing("routed")
    @Acknowledgment(Strategy.MANUAL)
    @Nullable
    Message<RoutedBatch> route(Message<ChangeBatch> message) {
        try {
            return message.withPayload(router.route(message.getPayload()));
        } catch (RuntimeException e) {
            // a failure thrown from here would end the channel for every shard
            message.nack(e);
            return null;
        }
    }
}
