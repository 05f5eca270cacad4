package dev.tributary.source.dynamodb;

import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.Position;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a table's changes are followed from: the shards that its stream ended with before the snapshot was begun. Every change that
 * is made later is in one of them or in one that follows it.
 *
 * @param stream the stream's label
 * @param at when that was, by the service's time, in milliseconds since 1970
 * @param since changes made before that time are certainly part of the snapshot
 * @param shards names of the shards
 */
record Anchor(String stream, long at, long since, List<String> shards) {
    /** Changes bear the time at which they were made, rounded down to seconds, and by some of the service's words to minutes. */
    private static final long ROUNDING_MILLIS = 60_000;
    /** More than the clocks of the service's servers differ by, and a change takes to come into the stream. */
    private static final long MARGIN_MILLIS = 60_000;

    Anchor {
        shards = List.copyOf(shards);
    }

    /** @param snapshot whether there will be one; if not, there are to be the changes from now on and no others */
    static Anchor now(String stream, List<String> shards, long now, boolean snapshot) {
        long from = snapshot ? now - MARGIN_MILLIS : now;
        return new Anchor(stream, now, from / ROUNDING_MILLIS * ROUNDING_MILLIS, shards);
    }

    static Anchor parse(Position position) {
        return parse(new JsonObject(position.text()));
    }

    private static Anchor parse(JsonObject json) {
        List<String> shards = new ArrayList<>();
        json.getJsonArray("shards", new JsonArray()).forEach(shard -> shards.add((String) shard));
        return new Anchor(json.getString("stream"), json.getLong("at"), json.getLong("since"), shards);
    }

    private JsonObject json() {
        return new JsonObject()
                .put("stream", stream)
                .put("at", at)
                .put("since", since)
                .put("shards", new JsonArray(shards));
    }

    Position toPosition() {
        return new Position(json().encode());
    }

    /** The segments of a snapshot that begins here, none of them begun. Only the first has the names of the shards. */
    List<PartCheckpoint> parts(String table, int segments) {
        List<PartCheckpoint> parts = new ArrayList<>();
        for (int i = 0; i < segments; i++) {
            Anchor of = i == 0 ? this : new Anchor(stream, at, since, List.of());
            String range = of.json().put("segment", i).put("segments", segments).encode();
            parts.add(new PartCheckpoint(new PartId(table, i), range, null, false));
        }
        return parts;
    }

    /** What the segments say of where the snapshot began. */
    static Anchor of(List<PartCheckpoint> parts) {
        Anchor anchor = parse(new JsonObject(parts.getFirst().range()));
        for (PartCheckpoint part : parts) {
            Anchor of = parse(new JsonObject(part.range()));
            if (!of.shards().isEmpty()) {
                anchor = of;
            }
        }
        return anchor;
    }

    /** A part of the scan. */
    record Segment(int index, int of) {
        static Segment of(PartCheckpoint part) {
            JsonObject json = new JsonObject(part.range());
            return new Segment(json.getInteger("segment"), json.getInteger("segments"));
        }
    }
}
