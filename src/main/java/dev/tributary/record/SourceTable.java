package dev.tributary.record;

import java.util.List;
import java.util.Objects;

/**
 * A table as the source has it.
 *
 * @param id its name
 * @param key names of the columns that tell rows apart, empty if none do
 * @param createStatement the source's own {@code CREATE TABLE} of now, in MySQL's words; empty for a table that is gone
 * @param columns the columns of the rows that are to be read next, in order, which need not be those of now; empty if not
 *     known
 * @param elsewhere whether another keyspace's table of this name is carried, and this one is left out
 */
public record SourceTable(
        TableId id, List<String> key, String createStatement, List<ColumnDefinition> columns, boolean elsewhere) {
    public SourceTable {
        Objects.requireNonNull(id);
        key = List.copyOf(key);
        Objects.requireNonNull(createStatement);
        columns = List.copyOf(columns);
    }

    /** A table that is read. */
    public SourceTable(TableId id, List<String> key, String createStatement, List<ColumnDefinition> columns) {
        this(id, key, createStatement, columns, false);
    }

    /** A table whose rows are as its statement says. */
    public SourceTable(TableId id, List<String> key, String createStatement) {
        this(id, key, createStatement, ColumnDefinition.of(createStatement));
    }

    /** A table that is no more, although a stream may still come to its end. */
    public static SourceTable gone(TableId id, List<ColumnDefinition> columns) {
        return new SourceTable(id, List.of(), "", columns);
    }

    /** A table that is left out as long as another keyspace's of this name is carried. */
    public static SourceTable elsewhere(TableId id) {
        return new SourceTable(id, List.of(), "", List.of(), true);
    }

    /** Whether it is no more; its rows are not read. */
    public boolean isGone() {
        return createStatement.isEmpty() && !elsewhere;
    }

    /** The same table with rows of these columns. */
    public SourceTable with(List<ColumnDefinition> columns) {
        return new SourceTable(id, key, createStatement, columns, elsewhere);
    }
}
