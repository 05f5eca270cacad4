package dev.tributary.checkpoint;

import dev.tributary.record.TableId;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Which keyspaces carry tables: of several that have one of the same name, one does, as long as some shard of it is not past the
 * table's end.
 *
 * @param carried keyspaces by the names of the tables that a shard of theirs carries
 * @param left keyspaces by the names of the tables that a shard of theirs has left
 */
public record CarriedTables(Map<String, Set<String>> carried, Map<String, Set<String>> left) {
    /** Of a pipeline that has not begun. */
    public static final CarriedTables NONE = new CarriedTables(Map.of(), Map.of());

    /**
     * @param streams keyspace, state and tables of the change streams
     * @param marks keyspace and name of the tables that are to be swept: those are its own, even if no shard carries them for a moment
     */
    static CarriedTables of(RowSet<Row> streams, RowSet<Row> marks) {
        Map<String, Set<String>> carried = new HashMap<>();
        Map<String, Set<String>> left = new HashMap<>();
        for (Row row : streams) {
            String tables = row.getString("tables");
            if (tables == null || row.getString("state").equals(CheckpointSql.CLOSED)) {
                continue;
            }
            for (String name : Objects.requireNonNull(CheckpointClaim.tables(tables))) {
                (name.endsWith(ShardCheckpoint.LEFT) ? left : carried)
                        .computeIfAbsent(name.stripTrailing(), table -> new HashSet<>())
                        .add(row.getString("keyspace"));
            }
        }
        for (Row mark : marks) {
            carried.computeIfAbsent(mark.getString("source_table"), table -> new HashSet<>())
                    .add(mark.getString("keyspace"));
        }
        return new CarriedTables(carried, left);
    }

    /** Whether another keyspace's table of this name is carried, and not this one. */
    public boolean isElsewhere(TableId table) {
        Set<String> keyspaces = carried.getOrDefault(table.name(), Set.of());
        return !keyspaces.isEmpty() && !keyspaces.contains(table.keyspace());
    }

    /** Whether another keyspace's table of this name was carried. */
    public boolean wasElsewhere(TableId table) {
        return left.getOrDefault(table.name(), Set.of()).stream()
                .anyMatch(keyspace -> !keyspace.equals(table.keyspace()));
    }
}
