package dev.tributary.record;

import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The end of shards: from one moment on their rows are other shards'.
 *
 * @param id the same wherever it is told
 * @param parents the shards that end; each of them tells it
 * @param children the shards that have the parents' rows from then on, with the positions that their changes begin at
 * @param unfinished tables of which the target has another state than that of this moment, as it is told by one parent
 */
public record Reshard(String id, Set<ShardId> parents, Map<ShardId, Position> children, Set<String> unfinished) {
    /** With every table as it is at this moment. */
    public Reshard(String id, Set<ShardId> parents, Map<ShardId, Position> children) {
        this(id, parents, children, Set.of());
    }

    public Reshard {
        Objects.requireNonNull(id);
        parents = Set.copyOf(parents);
        children = Map.copyOf(children);
        unfinished = Set.copyOf(unfinished);
        if (parents.isEmpty() || children.isEmpty()) {
            throw new IllegalArgumentException("reshard " + id + " of " + parents + " to " + children);
        }
    }
}
