package dev.tributary.record;

import java.util.List;
import java.util.Objects;

/**
 * A table as the source has it now.
 *
 * @param id its name
 * @param key names of the columns that tell rows apart, empty if none do
 * @param createStatement the source's own {@code CREATE TABLE}, in MySQL's words
 */
public record SourceTable(TableId id, List<String> key, String createStatement) {
    public SourceTable {
        Objects.requireNonNull(id);
        key = List.copyOf(key);
        Objects.requireNonNull(createStatement);
    }
}
