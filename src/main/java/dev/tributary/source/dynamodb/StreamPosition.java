package dev.tributary.source.dynamodb;

import dev.tributary.record.Position;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A place in a shard of a stream.
 *
 * @param stream the stream's label, which no two streams of a table have: one that is disabled and enabled again is another
 * @param after the sequence number of the last change that is part of it; null for none
 * @param since changes made before that time are left out, as a snapshot has them; in milliseconds since 1970, 0 for none
 * @param at all changes made before that time are part of it, or were left out
 */
record StreamPosition(String stream, @Nullable String after, long since, long at) {
    static StreamPosition parse(Position position) {
        try {
            JsonObject json = new JsonObject(position.text());
            return new StreamPosition(
                    json.getString("stream", ""),
                    json.getString("after"),
                    json.getLong("since", 0L),
                    json.getLong("at", 0L));
        } catch (DecodeException | ClassCastException e) {
            throw new IllegalArgumentException("no position of a DynamoDB stream: " + position, e);
        }
    }

    /** The beginning of a shard, which is not older than that. */
    static StreamPosition beginning(String stream, long since, long at) {
        return new StreamPosition(stream, null, since, at);
    }

    Position toPosition() {
        JsonObject json = new JsonObject().put("stream", stream);
        if (after != null) {
            json.put("after", after);
        }
        if (since > 0) {
            json.put("since", since);
        }
        return new Position(json.put("at", at).encode());
    }
}
