package dev.tributary.servers;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A shard of a {@link DoubleStream}, which guards it. */
final class DoubleShard {
    final String id;
    final @Nullable String parent;
    final List<JsonObject> records = new ArrayList<>();
    boolean closed;
    boolean forgotten;
    /** How many are not kept any more. */
    int trimmed;
    /** How often it was asked for, or for a place in it. */
    long asked;

    DoubleShard(String id, @Nullable String parent) {
        this.id = id;
        this.parent = parent;
    }
}
