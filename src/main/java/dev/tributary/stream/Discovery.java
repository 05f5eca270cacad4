package dev.tributary.stream;

import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.source.ShardSource;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tables as they were looked up, each with a place at the target, and where the shards stood before that.
 *
 * @param positions by shard that is served, not later than the look-up of the tables
 */
record Discovery(List<SourceTable> tables, Map<ShardId, Position> positions) {
    /**
     * Positions first, then tables, then the target's tables.
     *
     * @param shards those that are served
     */
    static Uni<Discovery> of(ShardSource source, List<ShardId> shards, Function<List<SourceTable>, Uni<Void>> prepare) {
        Map<ShardId, Position> positions = new HashMap<>();
        return Multi.createFrom()
                .iterable(shards)
                .onItem()
                .transformToUni(shard -> source.current(shard).invoke(position -> {
                    positions.put(shard, position);
                }))
                .concatenate()
                .collect()
                .last()
                .flatMap(last -> shards.size() == 1 ? source.tables(shards.getFirst()) : source.tables())
                .flatMap(tables -> prepare.apply(tables).map(prepared -> new Discovery(tables, Map.copyOf(positions))));
    }

    /** The tables of one keyspace alone: a shard has no others. */
    Discovery in(String keyspace) {
        return new Discovery(
                tables.stream()
                        .filter(table -> table.id().keyspace().equals(keyspace))
                        .toList(),
                positions);
    }

    /** Null where the shard is not served. */
    @Nullable
    Position position(ShardId shard) {
        return positions.get(shard);
    }

    /** Of a shard that ends: no tables but those that it carries already; what is new is the matter of those that have its rows. */
    Discovery without(Set<String> others) {
        return new Discovery(
                tables.stream()
                        .filter(table -> !others.contains(table.id().name()))
                        .toList(),
                positions);
    }

    Set<String> names() {
        return tables.stream().map(table -> table.id().name()).collect(Collectors.toSet());
    }

    /** Names of the tables without a key. */
    Set<String> keyless() {
        return tables.stream()
                .filter(table -> table.key().isEmpty())
                .map(table -> table.id().name())
                .collect(Collectors.toSet());
    }

    SourceTable table(String name) {
        return tables.stream()
                .filter(table -> table.id().name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
