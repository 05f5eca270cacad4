package dev.tributary.checkpoint;

import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A reshard as the rows of shards tell it that wait for the others which end by it: the same text for each of them. */
public final class ReshardText {
    private ReshardText() {}

    public static String of(Reshard reshard) {
        JsonArray parents = new JsonArray();
        reshard.parents().forEach(parent -> parents.add(parent.toString()));
        JsonObject positions = new JsonObject();
        reshard.children().forEach((child, at) -> positions.put(child.toString(), at.text()));
        return new JsonObject()
                .put("id", reshard.id())
                .put("parents", parents)
                .put("children", positions)
                .encode();
    }

    /**
     * Whether a shard that waits has come to the same end. Only the children's positions may differ: a switch of traffic that
     * fails on its way and is repeated looks them up again for the journals that are not written yet, while no shard takes writes
     * (Vitess 24.0.3, traffic_switcher.go).
     */
    public static boolean isSame(String text, Reshard other) {
        if (text.isEmpty()) {
            return false;
        }
        Reshard one = parse(text);
        return one.id().equals(other.id())
                && one.parents().equals(other.parents())
                && one.children().keySet().equals(other.children().keySet());
    }

    public static Reshard parse(String text) {
        JsonObject json = new JsonObject(text);
        Set<ShardId> parents = new HashSet<>();
        json.getJsonArray("parents").forEach(parent -> parents.add(shard((String) parent)));
        Map<ShardId, Position> children = new HashMap<>();
        json.getJsonObject("children")
                .forEach(child -> children.put(shard(child.getKey()), new Position((String) child.getValue())));
        return new Reshard(json.getString("id"), parents, children);
    }

    /** As {@link ShardId#toString} writes it. */
    private static ShardId shard(String name) {
        int slash = name.lastIndexOf('/');
        return new ShardId(name.substring(0, slash), name.substring(slash + 1));
    }
}
