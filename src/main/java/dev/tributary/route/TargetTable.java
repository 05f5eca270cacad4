package dev.tributary.route;

import java.util.List;
import java.util.Objects;

/**
 * Where records go.
 *
 * @param name the target table
 * @param keyColumns the columns that tell its rows apart; empty to append
 */
public record TargetTable(String name, List<String> keyColumns) {
    public TargetTable {
        Objects.requireNonNull(name);
        keyColumns = List.copyOf(keyColumns);
    }
}
