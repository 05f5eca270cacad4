package dev.tributary.comparison;

import org.jspecify.annotations.Nullable;

/**
 * One row that is not the same on both sides.
 *
 * @param row the key as text, or the whole row where there is no key
 * @param what is wrong with it
 */
public record Difference(String table, String row, String what) {
    static Difference missing(TableShape shape, ComparedRow row) {
        return new Difference(shape.table(), name(shape, row), "missing at the target");
    }

    static Difference extra(TableShape shape, ComparedRow row) {
        return new Difference(shape.table(), name(shape, row), "only at the target");
    }

    static Difference changed(TableShape shape, ComparedRow source, ComparedRow target) {
        StringBuilder what = new StringBuilder();
        for (int i = 0; i < shape.columns().size(); i++) {
            String one = source.values().get(i);
            String other = target.values().get(i);
            if (one == null ? other != null : !one.equals(other)) {
                what.append(what.isEmpty() ? "" : "; ")
                        .append(shape.columns().get(i).name())
                        .append(" is ")
                        .append(shown(other))
                        .append(" and should be ")
                        .append(shown(one));
            }
        }
        return new Difference(shape.table(), name(shape, source), what.toString());
    }

    private static String name(TableShape shape, ComparedRow row) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < shape.columns().size(); i++) {
            TableShape.Column column = shape.columns().get(i);
            if (shape.key().isEmpty() || shape.key().contains(column)) {
                name.append(name.isEmpty() ? "" : ", ")
                        .append(column.name())
                        .append('=')
                        .append(shown(row.values().get(i)));
            }
        }
        return name.toString();
    }

    private static String shown(@Nullable String text) {
        return text == null ? "NULL" : text.length() > 100 ? text.substring(0, 100) + "…" : text;
    }

    @Override
    public String toString() {
        return table + " [" + row + "]: " + what;
    }
}
