package dev.tributary.diff;

import dev.tributary.diff.TableReport.NamedValue;
import dev.tributary.diff.TableReport.RowDifference;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * What a comparison found.
 *
 * @param position what the comparison took for the moment that both sides are compared at, in words
 */
public record DiffReport(List<TableReport> tables, String position) {
    public DiffReport {
        tables = List.copyOf(tables);
        Objects.requireNonNull(position);
    }

    /** The answer, with the exit code that says it. */
    public enum Verdict {
        EQUAL(0),
        DIFFERENT(1),
        UNKNOWN(2);

        private final int exitCode;

        Verdict(int exitCode) {
            this.exitCode = exitCode;
        }

        public int exitCode() {
            return exitCode;
        }
    }

    /** A difference that is certain wins over what could not be told. */
    public Verdict verdict() {
        if (tables.stream().anyMatch(TableReport::isDifferent)) {
            return Verdict.DIFFERENT;
        }
        return tables.stream().allMatch(TableReport::isEqual) ? Verdict.EQUAL : Verdict.UNKNOWN;
    }

    public long rows() {
        return tables.stream().mapToLong(TableReport::rows).sum();
    }

    /** A line for each table, those of its differences, and the last one that says it all. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        tables.forEach(table -> lines.addAll(table.lines()));
        lines.add("diff: " + number(tables.size()) + " tables, " + number(rows()) + " rows, "
                + switch (verdict()) {
                    case EQUAL -> "equal";
                    case DIFFERENT -> "different";
                    case UNKNOWN -> "could not tell";
                });
        return lines;
    }

    /** The same for programs. */
    public JsonObject json() {
        JsonArray list = new JsonArray();
        tables.forEach(table -> list.add(json(table)));
        return new JsonObject()
                .put("verdict", verdict().name().toLowerCase(Locale.ROOT))
                .put("position", position)
                .put("rows", rows())
                .put("tables", list);
    }

    private static JsonObject json(TableReport table) {
        JsonArray shown = new JsonArray();
        table.shown().forEach(difference -> shown.add(json(difference)));
        return new JsonObject()
                .put("table", table.table())
                .put("target", table.target())
                .put("equal", table.isEqual())
                .put("rows", table.rows())
                .put("missing", table.missing())
                .put("extra", table.extra())
                .put("changed", table.changed())
                .put("structure", new JsonArray(table.structure()))
                .put("unknown", new JsonArray(table.unknown()))
                .put("differences", shown);
    }

    private static JsonObject json(RowDifference difference) {
        JsonObject row = new JsonObject();
        for (NamedValue value : difference.row()) {
            row.put(value.name(), value.value());
        }
        return new JsonObject()
                .put("kind", difference.kind().name().toLowerCase(Locale.ROOT))
                .put("row", row)
                .put("columns", new JsonArray(difference.columns()))
                .put("count", difference.count());
    }

    static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
