package dev.tributary.stream;

import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.checkpoint.TableColumns;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.Position;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableId;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which columns the rows of a shard's tables have where its change stream goes on: those that were found when the table's copy
 * began, and behind each schema change those that it left.
 *
 * @param claimed the shard as it was claimed
 * @param found its tables as they are now
 */
record FollowedColumns(ShardCheckpoint claimed, Discovery found, Plumbing plumbing) {
    /** The tables with these columns, and those that are gone; what is new of them is stored. */
    Uni<List<SourceTable>> tables() {
        return plumbing.checkpoints().columns(claimed.shard()).flatMap(stored -> {
            if (stored.keySet().containsAll(found.names())) {
                return resolve(stored, Map.of());
            }
            // any shard told what was found, and shards may differ
            return plumbing.source().tables(claimed.shard()).flatMap(own -> {
                Map<String, List<ColumnDefinition>> columns = new HashMap<>();
                own.forEach(table -> columns.put(table.id().name(), table.columns()));
                return resolve(stored, columns);
            });
        });
    }

    private Uni<List<SourceTable>> resolve(Map<String, TableColumns> stored, Map<String, List<ColumnDefinition>> own) {
        Set<String> copying =
                claimed.parts().stream().map(part -> part.id().table()).collect(Collectors.toCollection(HashSet::new));
        // rows behind a part that is copied have the columns of then
        claimed.parts().stream()
                .filter(PartCheckpoint::copied)
                .forEach(part -> copying.remove(part.id().table()));
        Set<String> known = claimed.tables() == null ? Set.of() : claimed.tables();
        List<SourceTable> tables = new ArrayList<>();
        Map<String, List<ColumnDefinition>> changed = new HashMap<>();
        for (SourceTable table : found.tables()) {
            String name = table.id().name();
            TableColumns columns = stored.get(name);
            boolean follows = known.contains(name) && !copying.contains(name);
            List<ColumnDefinition> now =
                    columns == null || !follows ? own.getOrDefault(name, table.columns()) : here(columns);
            tables.add(table.with(now));
            if (!now.isEmpty() && (columns == null || !columns.columns().equals(now))) {
                changed.put(name, now);
            }
        }
        for (String name : known) {
            String told = name.stripTrailing();
            if (!found.names().contains(told)) {
                // its end may lie ahead of the stream
                TableColumns columns = stored.get(told);
                TableId id = new TableId(claimed.shard().keyspace(), told);
                tables.add(SourceTable.gone(id, columns == null ? List.of() : here(columns)));
            }
        }
        found.elsewhere().forEach(table -> tables.add(SourceTable.elsewhere(table)));
        return changed.isEmpty()
                ? Uni.createFrom().item(tables)
                : plumbing.checkpoints().keepColumns(claimed, changed).replaceWith(tables);
    }

    private List<ColumnDefinition> here(TableColumns columns) {
        return isBehind(columns.until()) && !columns.then().isEmpty() ? columns.then() : columns.columns();
    }

    private boolean isBehind(@Nullable Position until) {
        Position changes = claimed.changes();
        return until != null && changes != null && plumbing.source().reached(changes, until);
    }
}
