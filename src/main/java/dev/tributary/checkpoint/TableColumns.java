package dev.tributary.checkpoint;

import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The columns that a table's rows have in one shard's stream, which need not be those of the table now.
 *
 * @param columns the columns
 * @param until the position of the schema change that the stream has come to; null for none
 * @param then the columns behind that
 */
public record TableColumns(
        List<ColumnDefinition> columns, @Nullable Position until, List<ColumnDefinition> then) {
    public TableColumns {
        columns = List.copyOf(columns);
        then = List.copyOf(then);
    }
}
