package dev.tributary.record;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The end of shards: from one moment on their rows are other shards'. All that it names is in the order of the names, so that who
 * finishes it, in whichever process, locks and changes the same in the same order.
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
        parents = Collections.unmodifiableSet(new TreeSet<>(parents));
        children = Collections.unmodifiableMap(new TreeMap<>(children));
        unfinished = Collections.unmodifiableSet(new TreeSet<>(unfinished));
        if (parents.isEmpty() || children.isEmpty()) {
            throw new IllegalArgumentException("reshard " + id + " of " + parents + " to " + children);
        }
    }
}
