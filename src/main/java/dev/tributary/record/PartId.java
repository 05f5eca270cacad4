package dev.tributary.record;

import java.util.Objects;

/**
 * What one stream of a shard carries: a part of the snapshot (a table, or a key range of one), or its changes.
 *
 * @param table the source table that the part copies; empty for the change stream
 * @param index the part's number within its table, from 0; 0 for the change stream
 */
public record PartId(String table, int index) {
    /** The change stream, which is no part of the snapshot. */
    public static final PartId CHANGES = new PartId("", 0);

    public PartId {
        Objects.requireNonNull(table);
        if (index < 0) {
            throw new IllegalArgumentException("a part's index is not negative: " + index);
        }
    }

    public boolean isChanges() {
        return table.isEmpty();
    }

    @Override
    public String toString() {
        return isChanges() ? "changes" : index == 0 ? table : table + "#" + index;
    }
}
