package dev.tributary.sink.mysql;

import dev.tributary.record.Row;

/** What tells a row from the others, as a map's key: the bytes of its key columns, in place. */
final class RowKey {
    private final Row row;
    private final int[] columns;
    private final int hash;

    RowKey(Row row, int[] columns) {
        this.row = row;
        this.columns = columns;
        int h = 1;
        for (int column : columns) {
            int end = row.start(column) + row.length(column);
            for (int i = row.start(column); i < end; i++) {
                h = 31 * h + row.bytes()[i];
            }
            h = 31 * h + row.length(column);
        }
        this.hash = h ^ (h >>> 15);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof RowKey that) || hash != that.hash || columns.length != that.columns.length) {
            return false;
        }
        for (int i = 0; i < columns.length; i++) {
            if (!row.isSame(columns[i], that.row, that.columns[i])) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
