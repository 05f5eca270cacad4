package dev.tributary.record;

import java.util.List;
import java.util.Objects;

/**
 * The shape of a table's rows at one moment. A source makes one instance for each shape that it sees and hands that same
 * instance to every row, so that what is derived from it can be kept by identity.
 *
 * @param table the source table
 * @param columns in the order of a row's values
 * @param key indexes into {@code columns} of what tells rows apart (primary key, else a unique key without NULLs);
 *     empty where the table has no such key, and rows are appended
 * @param open whether the source's rows have columns that it does not know beforehand: the target's table is to get those
 *     that it lacks, and a row has no value in those that the target has besides
 */
public record TableSchema(TableId table, List<Column> columns, List<Integer> key, boolean open) {
    /** One whose columns the source declares. */
    public TableSchema(TableId table, List<Column> columns, List<Integer> key) {
        this(table, columns, key, false);
    }

    public TableSchema {
        Objects.requireNonNull(table);
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        for (int index : key) {
            if (index < 0 || index >= columns.size()) {
                throw new IllegalArgumentException(table + ": key column " + index + " of " + columns.size());
            }
        }
    }

    /** The index of the column of that name, or -1; names are compared as MySQL does, without regard to case. */
    public int indexOf(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equalsIgnoreCase(column)) {
                return i;
            }
        }
        return -1;
    }
}
