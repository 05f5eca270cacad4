package dev.tributary.sink.mysql;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
     * @param parts how many characters or bytes of each are in it; 0 for all
     */
    record UniqueIndex(String name, List<@Nullable String> columns, List<Integer> parts) {
        /** Whether it has exactly these columns, of however much. */
        boolean covers(List<String> names) {
            Set<String> wanted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
            wanted.addAll(names);
            for (String column : columns) {
                if (column == null || !wanted.remove(column)) {
                    return false;
                }
            }
            return wanted.isEmpty();
        }

        boolean whole() {
            return parts.stream().allMatch(part -> part == 0);
        }

        int part(String column) {
            for (int i = 0; i < columns.size(); i++) {
                if (column.equalsIgnoreCase(columns.get(i))) {
                    return parts.get(i);
                }
            }
            return 0;
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
        return keyIndex(key) != null;
    }

    /**
     * Whether a unique index has exactly these columns, and of each as much.
     *
     * @param parts of those columns that are not in it with their whole values, by name without regard to case
     */
    boolean hasKey(List<String> key, Map<String, Integer> parts) {
        return unique.stream()
                .anyMatch(index -> index.covers(key)
                        && key.stream().allMatch(name -> index.part(name) == parts.getOrDefault(name, 0)));
    }

    /** Whether rows are told apart by the beginnings of some of these columns' values. */
    boolean isKeyByPrefix(List<String> key) {
        UniqueIndex index = keyIndex(key);
        return index != null && !index.whole();
    }

    private @Nullable UniqueIndex keyIndex(List<String> key) {
        UniqueIndex found = null;
        for (UniqueIndex index : unique) {
            if (index.covers(key) && (found == null || index.whole())) {
                found = index;
            }
        }
        return found;
    }

    /** The unique indexes that two rows with different keys can clash on, by name. */
    List<String> otherUnique(List<String> key, Set<String> written) {
        List<String> others = new ArrayList<>();
        UniqueIndex ofKey = keyIndex(key);
        for (UniqueIndex index : unique) {
            boolean same = index.equals(ofKey) || (index.covers(key) && index.whole());
            if (!same && !countsItself(index, written)) {
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
