package dev.tributary.record;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A DDL statement of a shard that concerns tables which are followed.
 *
 * @param statement its text
 * @param before a position in front of it: all rows before are as the tables were
 * @param after the position behind it
 * @param tables what it does, table by table; empty if it only makes tables
 */
public record SchemaChange(String statement, Position before, Position after, List<OfTable> tables) {
    private static final int SHOWN = 300;

    public SchemaChange {
        Objects.requireNonNull(statement);
        Objects.requireNonNull(before);
        Objects.requireNonNull(after);
        tables = List.copyOf(tables);
    }

    /** The statement, as far as a message of one line may hold it. */
    public String shown() {
        String line = statement.strip().replaceAll("\\s+", " ");
        return line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line;
    }

    /** What happens to one source table. */
    public sealed interface OfTable {
        /** The table's name, before the statement. */
        String table();
    }

    /**
     * Its columns or indexes are changed.
     *
     * @param before its columns so far; empty if not known
     * @param after its columns afterwards as the statement has them; empty where the statement does not tell, because it
     *     swaps another table in
     * @param renamed new names of columns by their old ones, in the order of the old ones
     * @param droppedIndexes names of the indexes that are dropped
     * @param refused why it can't be followed at all
     */
    public record Altered(
            String table,
            List<ColumnDefinition> before,
            List<ColumnDefinition> after,
            Map<String, String> renamed,
            Set<String> droppedIndexes,
            Optional<String> refused)
            implements OfTable {
        public Altered {
            Objects.requireNonNull(table);
            before = List.copyOf(before);
            after = List.copyOf(after);
            // every process is to name its parts in the same order
            renamed = Collections.unmodifiableMap(new TreeMap<>(renamed));
            droppedIndexes = Set.copyOf(droppedIndexes);
            Objects.requireNonNull(refused);
        }
    }

    /** All its rows are gone. */
    public record Truncated(String table) implements OfTable {}

    /** It is gone here, and may be in another keyspace, from where it is carried on. */
    public record Moved(String table) implements OfTable {}

    /** It is gone, or has another name; under that it is another table. */
    public record Dropped(String table) implements OfTable {}
}
