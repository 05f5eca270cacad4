package dev.tributary.stream;

import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.Position;
import dev.tributary.source.ShardSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far the parts of one shard's snapshot are, and which of them are to be opened. Used on the context of the shard's verticle
 * only.
 */
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

    /** Parts that are to go on where they were. */
    List<PartCheckpoint> begun() {
        return parts.values().stream()
                .filter(part -> part.position() != null && (part.late() || !part.copied()))
                .toList();
    }

    /** Has late parts taken once more that do not hold all that the change stream has passed. */
    void catchUp(Position passed, ShardSource source) {
        for (PartCheckpoint part : parts.values()) {
            if (part.late() && part.copied() && !source.reached(Objects.requireNonNull(part.position()), passed)) {
                waiting.add(part);
            }
        }
    }

    /** Whether the late parts hold all that the change stream has passed. */
    boolean hold(Position passed, ShardSource source) {
        return parts.values().stream()
                .filter(PartCheckpoint::late)
                .allMatch(part -> part.copied() && source.reached(Objects.requireNonNull(part.position()), passed));
    }

    /** Takes the next part that is to be copied, or to catch up; null if there is none. */
    @Nullable
    PartCheckpoint next() {
        return waiting.poll();
    }

    /** Whether the next part is one whose copy is to begin. */
    boolean isNextNew() {
        PartCheckpoint next = waiting.peek();
        return next != null && !next.copied() && next.position() == null;
    }

    /** The part's copy is durable, and true at this position. */
    void copied(PartId id, Position end) {
        parts.computeIfPresent(id, (known, part) -> new PartCheckpoint(id, part.range(), end, true, part.late()));
    }

    boolean areCopied() {
        return parts.values().stream().allMatch(PartCheckpoint::copied);
    }

    List<PartCheckpoint> all() {
        return List.copyOf(parts.values());
    }

    /** Whether the change stream goes on without some table. */
    boolean hasLate() {
        return parts.values().stream().anyMatch(PartCheckpoint::late);
    }

    boolean isLate(String table) {
        return parts.values().stream()
                .anyMatch(part -> part.late() && part.id().table().equals(table));
    }

    /** The change stream is past those that it takes into account. */
    void forget() {
        parts.values().removeIf(part -> !part.late());
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    StreamState.Copying state() {
        long copied = parts.values().stream().filter(PartCheckpoint::copied).count();
        return new StreamState.Copying((int) copied, parts.size());
    }

    /** Of the changes. */
    StreamState.Following following() {
        List<PartCheckpoint> late =
                parts.values().stream().filter(PartCheckpoint::late).toList();
        long copied = late.stream().filter(PartCheckpoint::copied).count();
        return new StreamState.Following((int) copied, late.size());
    }
}
