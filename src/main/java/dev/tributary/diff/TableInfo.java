package dev.tributary.diff;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A table as a server describes it.
 *
 * @param rowBytes bytes of a row on average, by the server's own estimate; 0 if it has none
 * @param rows how many there are, by that estimate; 0 if it has none
 */
record TableInfo(String name, List<Column> columns, List<Index> indexes, long rowBytes, long rows) {
    /**
     * A column.
     *
     * @param type the type's name alone, in lower case: {@code decimal}
     * @param declared the type as declared, in lower case: {@code decimal(10,2) unsigned}
     * @param charset null if its values are no text
     * @param generated whether the server computes its values
     */
    record Column(
            String name,
            String type,
            String declared,
            boolean nullable,
            @Nullable String charset,
            @Nullable String collation,
            boolean generated) {}

    /**
     * An index.
     *
     * @param columns its columns in order; null for an expression or for a column's prefix
     */
    record Index(String name, boolean unique, List<@Nullable String> columns) {
        /** Whether rows are found in this key's order by it. */
        boolean leads(List<String> key) {
            if (columns.size() < key.size()) {
                return false;
            }
            for (int i = 0; i < key.size(); i++) {
                if (!key.get(i).equalsIgnoreCase(columns.get(i))) {
                    return false;
                }
            }
            return true;
        }
    }

    TableInfo {
        columns = List.copyOf(columns);
        indexes = List.copyOf(indexes);
    }

    @Nullable
    Column column(@Nullable String name) {
        for (Column column : columns) {
            if (column.name().equalsIgnoreCase(name)) {
                return column;
            }
        }
        return null;
    }

    /** The index that has rows in the order of these columns; null if there is none. */
    @Nullable
    Index ordering(List<String> key) {
        return indexes.stream().filter(index -> index.leads(key)).findFirst().orElse(null);
    }

    /** The columns that tell rows apart: the primary key, else the first unique one without NULLs; empty if none do. */
    List<String> key() {
        for (Index index : indexes) {
            if (index.unique() && index.columns().stream().allMatch(this::isThere)) {
                return List.copyOf(index.columns());
            }
        }
        return List.of();
    }

    /**
     * The key by which a stream of rows tells them apart: of several unique ones without a primary key it takes the first by the
     * names' code points, in whatever order the server lists them. Empty if that is not of whole columns.
     */
    List<String> streamKey() {
        Map<String, Index> unique = new TreeMap<>();
        indexes.stream().filter(Index::unique).forEach(index -> unique.put(index.name(), index));
        Index primary = unique.get("PRIMARY");
        for (Index index : primary == null ? unique.values() : List.of(primary)) {
            if (index.columns().stream().allMatch(this::isThere)) {
                return List.copyOf(index.columns());
            }
        }
        return List.of();
    }

    private boolean isThere(@Nullable String name) {
        Column column = column(name);
        return column != null && !column.nullable();
    }
}
