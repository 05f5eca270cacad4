package dev.tributary.stream;

import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.Position;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How far the parts of one shard's snapshot are. Used on the context of the shard's verticle only. */
final class SnapshotParts {
    /** Each table has a bounded number of parts. */
    private final Map<PartId, PartCheckpoint> parts = new LinkedHashMap<>();

    private final Deque<PartCheckpoint> waiting = new ArrayDeque<>();

    /** The parts as they are saved; of a table that is gone there are no rows to carry. */
    static SnapshotParts of(ShardPlan plan) {
        SnapshotParts snapshot = new SnapshotParts();
        for (PartCheckpoint part : plan.checkpoint().parts()) {
            if (plan.discovery().names().contains(part.id().table())) {
                snapshot.parts.put(part.id(), part);
                if (!part.copied()) {
                    snapshot.waiting.add(part);
                }
            }
        }
        return snapshot;
    }

    /** Parts whose copy is to go on where it was. */
    List<PartCheckpoint> begun() {
        return waiting.stream().filter(part -> part.position() != null).toList();
    }

    /** Takes the next part that is to be copied; null if there is none. */
    @Nullable
    PartCheckpoint next() {
        return waiting.poll();
    }

    /** The part's copy is durable, and true at this position. */
    void copied(PartId id, Position end) {
        parts.computeIfPresent(id, (known, part) -> new PartCheckpoint(id, part.range(), end, true));
    }

    List<PartCheckpoint> all() {
        return List.copyOf(parts.values());
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    StreamState.Copying state() {
        long copied = parts.values().stream().filter(PartCheckpoint::copied).count();
        return new StreamState.Copying((int) copied, parts.size());
    }
}
