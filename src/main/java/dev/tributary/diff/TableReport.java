package dev.tributary.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What became of a table.
 *
 * @param table the source's name, or the target's where it is only there
 * @param rows rows of the source
 * @param structure how the tables themselves differ, in words; empty if they don't
 * @param unknown why nothing could be told of the table or of some rows; empty if everything could
 */
public record TableReport(
        String table,
        String target,
        long rows,
        List<String> structure,
        long missing,
        long extra,
        long changed,
        List<RowDifference> shown,
        List<String> unknown) {
    public TableReport {
        Objects.requireNonNull(table);
        structure = List.copyOf(structure);
        shown = List.copyOf(shown);
        unknown = List.copyOf(unknown);
    }

    /** A table that is on one side only, or can't be compared. */
    static TableReport ofStructure(String table, String problem) {
        return new TableReport(table, table, 0, List.of(problem), 0, 0, 0, List.of(), List.of());
    }

    /** A table whose rows can't be compared for how it differs. */
    static TableReport of(String table, String target, List<String> structure) {
        return new TableReport(table, target, 0, structure, 0, 0, 0, List.of(), List.of());
    }

    /** A table of which nothing can be told. */
    static TableReport unknown(String table, String target, String why) {
        return new TableReport(table, target, 0, List.of(), 0, 0, 0, List.of(), List.of(why));
    }

    public boolean isDifferent() {
        return missing + extra + changed > 0 || !structure.isEmpty();
    }

    public boolean isEqual() {
        return !isDifferent() && unknown.isEmpty();
    }

    /** What a row differs in. */
    public enum Kind {
        /** At the source alone. */
        MISSING,
        /** At the target alone. */
        EXTRA,
        /** On both sides under the same key. */
        CHANGED
    }

    /**
     * One row that differs, or several equal ones of a table without a key.
     *
     * @param row the key's columns with their values; of a table without a key, all columns
     * @param columns names of those that differ, of a changed row
     * @param count how many rows it stands for
     */
    public record RowDifference(Kind kind, List<NamedValue> row, List<String> columns, long count) {
        public RowDifference {
            Objects.requireNonNull(kind);
            row = List.copyOf(row);
            columns = List.copyOf(columns);
        }
    }

    /** A column and a value as people read it. */
    public record NamedValue(String name, String value) {}

    /** The table's line, and what is to be said below it. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        List<String> verdicts = new ArrayList<>();
        if (missing + extra + changed > 0) {
            List<String> kinds = new ArrayList<>();
            add(kinds, missing, "missing");
            add(kinds, extra, "extra");
            add(kinds, changed, "changed");
            verdicts.add(DiffReport.number(missing + extra + changed) + " differ (" + String.join(", ", kinds) + ")");
        }
        verdicts.addAll(structure);
        if (!unknown.isEmpty()) {
            verdicts.add("could not tell: " + String.join("; ", unknown));
        }
        String name = table.equals(target) ? table : table + " (target " + target + ")";
        lines.add(name + ": "
                + (verdicts.isEmpty() ? DiffReport.number(rows) + " rows, equal" : String.join("; ", verdicts)));
        for (RowDifference difference : shown) {
            StringBuilder line = new StringBuilder("  ")
                    .append(difference.kind().name().toLowerCase(java.util.Locale.ROOT))
                    .append(' ');
            if (difference.count() > 1) {
                line.append(DiffReport.number(difference.count())).append(" of ");
            }
            line.append(String.join(
                    ", ",
                    difference.row().stream()
                            .map(value -> value.name() + "=" + value.value())
                            .toList()));
            if (!difference.columns().isEmpty()) {
                line.append(": ").append(String.join(", ", difference.columns()));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    private static void add(List<String> kinds, long count, String word) {
        if (count > 0) {
            kinds.add(DiffReport.number(count) + " " + word);
        }
    }
}
