package dev.tributary.stream;

import dev.tributary.record.ChangeBatch;
import dev.tributary.record.Reshard;
import dev.tributary.record.SchemaChange;
import org.eclipse.microprofile.reactive.messaging.Message;

/** What the verticle hears of a pump, on its context. */
interface PumpOwner {
    /** Takes a batch on its way. */
    void send(Message<ChangeBatch> message);

    void onDurable(StreamPump pump, ChangeBatch batch);

    /** The stream has ended in front of a schema change, and all before that is durable. */
    void onSchemaChange(StreamPump pump, SchemaChange change);

    /** The stream, of changes or of a part, has come to the end of its shard, and all before that is durable. */
    void onReshard(StreamPump pump, Reshard reshard);

    void onPumpFailure(StreamPump pump, Throwable failure);

    /**
     * Tells how the stream stands.
     *
     * @param quiet whether there is nothing to read and nothing on its way
     */
    void onHeard(StreamPump pump, boolean quiet);
}
