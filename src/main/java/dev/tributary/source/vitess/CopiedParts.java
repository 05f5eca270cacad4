package dev.tributary.source.vitess;

import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Row;
import dev.tributary.record.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which changes the copied parts hold already. A change stream begins where the first part ended; of every other part it
 * leaves out the changes up to that part's own end. A shard's transactions are one sequence, so that a transaction is
 * within a part's end exactly if the position before it has not reached that end.
 */
final class CopiedParts {
    private static final class Part {
        final PartId id;
        final KeyRange range;
        final GtidSet end;
        boolean passed;
        boolean leftOut;

        Part(PartId id, KeyRange range, GtidSet end) {
            this.id = id;
            this.range = range;
            this.end = end;
        }
    }

    /** The parts of the checkpoint, at most; those that are passed are dropped from {@link #ahead}. */
    private final Map<String, List<Part>> byTable = new HashMap<>();

    private final List<Part> ahead = new ArrayList<>();

    CopiedParts(List<PartCheckpoint> parts) {
        for (PartCheckpoint checkpoint : parts) {
            Position position = Objects.requireNonNull(checkpoint.position());
            Part part = new Part(
                    checkpoint.id(),
                    KeyRange.parse(checkpoint.range()),
                    VitessPosition.parse(position).set());
            byTable.computeIfAbsent(checkpoint.id().table(), table -> new ArrayList<>())
                    .add(part);
            ahead.add(part);
        }
    }

    /** The position that the change stream begins at: that of the part which ended first. */
    static Position first(List<PartCheckpoint> parts) {
        Position first = null;
        for (PartCheckpoint part : parts) {
            Position position = Objects.requireNonNull(part.position());
            if (first == null
                    || VitessPosition.parse(position)
                            .set()
                            .isWithin(VitessPosition.parse(first).set())) {
                first = position;
            }
        }
        return Objects.requireNonNull(first);
    }

    boolean isPast() {
        return ahead.isEmpty();
    }

    /** The tables of parts that the change stream is not past. */
    Set<String> ahead() {
        return ahead.stream().map(part -> part.id.table()).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether an image of the transaction that follows {@link #moveTo}'s position is part of a copy already. */
    boolean holds(TableSchema schema, Row image) {
        List<Part> parts = byTable.get(schema.table().name());
        if (parts == null) {
            return false;
        }
        for (Part part : parts) {
            if (!part.passed && part.range.holds(schema, image)) {
                part.leftOut = true;
                return true;
            }
        }
        return false;
    }

    /** Whether the table was copied behind the transaction that follows {@link #moveTo}'s position, in all its parts. */
    boolean isCopiedLater(String table) {
        List<Part> parts = byTable.getOrDefault(table, List.of());
        return !parts.isEmpty() && parts.stream().noneMatch(part -> part.passed);
    }

    /** Whether some of its parts were copied behind that transaction, and some before. */
    boolean isBetweenCopies(String table) {
        List<Part> parts = byTable.getOrDefault(table, List.of());
        return parts.stream().anyMatch(part -> part.passed) && parts.stream().anyMatch(part -> !part.passed);
    }

    /**
     * The change stream has come to this position.
     *
     * @throws PipelineException if that is on another history than a part's end, or a change was left out wrongly
     */
    void moveTo(GtidSet position) {
        for (Part part : ahead) {
            boolean reached = part.end.isWithin(position);
            boolean within = position.isWithin(part.end);
            if (!within && (part.leftOut || !reached)) {
                throw new PipelineException(
                        Kind.FATAL,
                        "part " + part.id + " was copied at " + part.end + ", and the change stream came past it at "
                                + position
                                + " without meeting it: the tablets' histories differ; remove the shard's rows"
                                + " from tributary_checkpoint and the tables' rows at the target to copy them again");
            }
            part.leftOut = false;
            part.passed = reached;
        }
        ahead.removeIf(part -> part.passed);
    }
}
