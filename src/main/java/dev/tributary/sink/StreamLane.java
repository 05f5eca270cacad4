package dev.tributary.sink;

import dev.tributary.route.RoutedBatch;
import io.vertx.core.Future;

/** Writes the batches of one stream under one epoch. May be called on any thread. */
public interface StreamLane {
    /** Done when the batch is durable; batches are written in the order of the calls. Once one has failed, every later one fails. */
    Future<Void> write(RoutedBatch batch);

    /** Gives up what is not yet begun; done when nothing is under way any more. */
    Future<Void> abandon();
}
