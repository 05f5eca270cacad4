package dev.tributary.comparison;

import java.util.List;
import java.util.Locale;

/** What a comparison found, table by table. */
public record Report(List<TableReport> tables) {

    /**
     * @param differences how many rows differ
     * @param shown the first of them
     */
    public record TableReport(
            String table, long sourceRows, long targetRows, long differences, List<Difference> shown) {
        public boolean isEqual() {
            return differences == 0;
        }
    }

    public boolean isEqual() {
        return tables.stream().allMatch(TableReport::isEqual);
    }

    /** Rows of the source. */
    public long rows() {
        return tables.stream().mapToLong(TableReport::sourceRows).sum();
    }

    /** {@code 9 tables, 200,000 rows, equal}, or what differs. */
    public String summary() {
        long differing = tables.stream().mapToLong(TableReport::differences).sum();
        return String.format(
                Locale.ROOT,
                "%,d tables, %,d rows, %s",
                tables.size(),
                rows(),
                differing == 0 ? "equal" : String.format(Locale.ROOT, "%,d DIFFER", differing));
    }

    /** The summary, and below it the tables that differ with their first rows. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(summary());
        for (TableReport table : tables) {
            if (!table.isEqual()) {
                text.append(String.format(
                        Locale.ROOT,
                        "%n  %s: %,d rows at the source, %,d at the target, %,d differ",
                        table.table(),
                        table.sourceRows(),
                        table.targetRows(),
                        table.differences()));
                table.shown().forEach(difference -> text.append(String.format("%n    %s", difference)));
            }
        }
        return text.toString();
    }
}
