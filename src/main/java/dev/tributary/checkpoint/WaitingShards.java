package dev.tributary.checkpoint;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Why streams of a process stand still after a failure, by the names of their shards ({@code keyspace/shard}). Kept with its lease, so
 * that whoever looks at the target alone sees it.
 */
public record WaitingShards(Map<String, String> causes) {
    public static final WaitingShards NONE = new WaitingShards(Map.of());

    /** They are written with each renewal, and are mostly the same: VTGate can't be reached. */
    private static final int TOLD = 20;

    private static final int LONGEST = 300;

    public WaitingShards {
        causes = Map.copyOf(causes);
    }

    /** As it is kept; null if there are none. Of the first alone it says why. */
    public @Nullable String text() {
        if (causes.isEmpty()) {
            return null;
        }
        JsonObject told = new JsonObject();
        new TreeMap<>(causes)
                .forEach((shard, cause) -> told.put(
                        shard, told.size() < TOLD ? cause.substring(0, Math.min(cause.length(), LONGEST)) : ""));
        return told.encode();
    }

    /** @param text as it was kept; null or empty for none */
    public static WaitingShards parse(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return NONE;
        }
        Map<String, String> causes = new TreeMap<>();
        JsonObject told = new JsonObject(text);
        told.fieldNames().forEach(shard -> causes.put(shard, told.getString(shard)));
        return new WaitingShards(causes);
    }
}
