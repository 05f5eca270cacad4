package dev.tributary.endtoend;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Some types as columns of one table, whose rows have their edge values: it is the number of tables that takes a test's time.
 *
 * @param name of the table
 * @param types each a column of its own name
 */
record EdgeColumns(String name, List<Edges> types) {
    private static final int MOST = 6;

    /** Every type. */
    static List<EdgeColumns> all() {
        List<EdgeColumns> all = new ArrayList<>();
        List<Edges> some = new ArrayList<>();
        for (Edges type : Edges.all()) {
            if (some.size() == MOST || (!some.isEmpty() && !isTogether(some.getLast(), type))) {
                all.add(new EdgeColumns("types_" + all.size(), some));
                some = new ArrayList<>();
            }
            some.add(type);
        }
        all.add(new EdgeColumns("types_" + all.size(), some));
        return all;
    }

    /** Tables with a FLOAT are copied in another way, and one of these strings fills a row. */
    private static boolean isTogether(Edges one, Edges other) {
        return one.type().startsWith("float") == other.type().startsWith("float")
                && !one.name().equals("varchar_long")
                && !other.name().equals("varchar_long");
    }

    /** So many rows have values; the one behind them is of NULLs. */
    int rows() {
        return types.stream().mapToInt(type -> type.values().size()).max().orElseThrow();
    }

    String definitions() {
        return types.stream()
                .map(type -> "`" + type.name() + "` " + type.type() + " NULL")
                .collect(Collectors.joining(", "));
    }

    /** A row's values; a type that has fewer begins again, behind a NULL. */
    String values(int row) {
        return types.stream().map(type -> value(type, row)).collect(Collectors.joining(", "));
    }

    String assignments(int row) {
        return types.stream()
                .map(type -> "`" + type.name() + "` = " + value(type, row))
                .collect(Collectors.joining(", "));
    }

    private String value(Edges type, int row) {
        int n = type.values().size();
        int at = row % (n + 1);
        return row == rows() || at == n ? "NULL" : type.values().get(at);
    }
}
