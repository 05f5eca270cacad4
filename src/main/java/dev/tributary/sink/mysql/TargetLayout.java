package dev.tributary.sink.mysql;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A target table as the server describes it.
 *
 * @param name its name as the server spells it
 * @param view whether it is a view
 * @param engine what stores it
 * @param mariaDb whether the server is a MariaDB
 */
record TargetLayout(
        String name,
        boolean view,
        String engine,
        boolean mariaDb,
        List<TargetColumn> columns,
        List<UniqueIndex> unique) {
    /**
     * @param columns the columns' names; null in place of an expression
     * @param whole whether every column is part of it with its whole value
     */
    record UniqueIndex(String name, List<@Nullable String> columns, boolean whole) {
        boolean covers(List<String> names) {
            Set<String> wanted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
            wanted.addAll(names);
            for (String column : columns) {
                if (column == null || !wanted.remove(column)) {
                    return false;
                }
            }
            return whole && wanted.isEmpty();
        }
    }

    TargetLayout {
        columns = List.copyOf(columns);
        unique = List.copyOf(unique);
    }

    @Nullable
    TargetColumn column(String column) {
        for (TargetColumn candidate : columns) {
            if (candidate.name().equalsIgnoreCase(column)) {
                return candidate;
            }
        }
        return null;
    }

    /** Whether a unique index has exactly these columns. */
    boolean hasKey(List<String> key) {
        return unique.stream().anyMatch(index -> index.covers(key));
    }

    /** The unique indexes that two rows with different keys can clash on, by name. */
    List<String> otherUnique(List<String> key, Set<String> written) {
        List<String> others = new ArrayList<>();
        for (UniqueIndex index : unique) {
            if (!index.covers(key) && !countsItself(index, written)) {
                others.add(index.name());
            }
        }
        return others;
    }

    /** An index with a counter that rows bring no value for: no two rows have the same. */
    private boolean countsItself(UniqueIndex index, Set<String> written) {
        for (String name : index.columns()) {
            TargetColumn column = name == null ? null : column(name);
            if (column != null && column.counter() && !written.contains(column.name())) {
                return true;
            }
        }
        return false;
    }

    /** Whether a transaction that is rolled back leaves nothing of it in this table. */
    boolean isTransactional() {
        return Set.of("innodb", "rocksdb", "ndbcluster", "tokudb", "xtradb")
                .contains(engine.toLowerCase(java.util.Locale.ROOT));
    }
}
