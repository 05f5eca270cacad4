package dev.tributary.stream;

import dev.tributary.checkpoint.CarriedTables;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableId;
import dev.tributary.source.ShardSource;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tables as they were looked up, each with a place at the target, and where the shards stood before that.
 *
 * @param tables those that are read
 * @param positions by shard that is served, not later than the look-up of the tables
 * @param elsewhere those that are left out, as another keyspace's of the same name is carried
 * @param inherited those that are read and that another keyspace carried once, whose rows the target has
 * @param inherits whether a table that is left out is in no other keyspace any more, so that it is about to be read
 */
record Discovery(
        List<SourceTable> tables,
        Map<ShardId, Position> positions,
        Set<TableId> elsewhere,
        Set<TableId> inherited,
        boolean inherits) {
    Discovery(List<SourceTable> tables, Map<ShardId, Position> positions) {
        this(tables, positions, Set.of(), Set.of(), false);
    }

    /**
     * Positions first, then tables, then the target's tables.
     *
     * @param known those that there are positions of
     * @param shards those that are served
     */
    static Uni<Discovery> of(Plumbing plumbing, KnownShards known, List<ShardId> shards) {
        ShardSource source = plumbing.source();
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
                .flatMap(tables -> sorted(tables, Map.copyOf(positions), known, plumbing))
                .flatMap(found -> plumbing.prepare().apply(found.tables()).replaceWith(found));
    }

    /** Of tables of one name those are left out that another keyspace carries. */
    private static Uni<Discovery> sorted(
            List<SourceTable> tables, Map<ShardId, Position> positions, KnownShards known, Plumbing plumbing) {
        ShardSource source = plumbing.source();
        boolean alone =
                !source.hasManyKeyspaces() && known.open().stream().allMatch(shard -> source.reads(shard.keyspace()));
        if (alone) {
            return Uni.createFrom().item(new Discovery(tables, positions));
        }
        return plumbing.carried().flatMap(carried -> {
            Set<TableId> all = tables.stream().map(SourceTable::id).collect(Collectors.toSet());
            Set<TableId> elsewhere = all.stream().filter(carried::isElsewhere).collect(Collectors.toSet());
            elsewhere.forEach(table -> verifyRead(table, carried, source));
            Set<TableId> inherited = all.stream()
                    .filter(table -> !elsewhere.contains(table) && carried.wasElsewhere(table))
                    .collect(Collectors.toSet());
            List<SourceTable> read = tables.stream()
                    .filter(table -> !elsewhere.contains(table.id()))
                    .toList();
            verifyOnce(read);
            return elsewhere.isEmpty()
                    ? Uni.createFrom().item(new Discovery(read, positions, elsewhere, inherited, false))
                    : source.tables()
                            .map(there ->
                                    new Discovery(read, positions, elsewhere, inherited, inherits(elsewhere, there)));
        });
    }

    private static boolean inherits(Set<TableId> elsewhere, List<SourceTable> there) {
        return elsewhere.stream()
                .anyMatch(table -> there.stream()
                        .map(SourceTable::id)
                        .noneMatch(other -> other.name().equals(table.name())
                                && !other.keyspace().equals(table.keyspace())));
    }

    private static void verifyRead(TableId table, CarriedTables carried, ShardSource source) {
        Set<String> keyspaces = carried.carried().getOrDefault(table.name(), Set.of());
        if (keyspaces.stream().noneMatch(source::reads)) {
            throw new PipelineException(
                    Kind.SETTING,
                    "TRIBUTARY_SOURCE: table " + table + " was moved here from " + keyspaces
                            + ", which is not read any more, but was not read to its end: name it as well, until its streams"
                            + " have left the table (tributary_checkpoint), or start a new pipeline (TRIBUTARY_PIPELINE)"
                            + " into an empty target");
        }
    }

    private static void verifyOnce(List<SourceTable> tables) {
        Map<String, TableId> names = new HashMap<>();
        for (SourceTable table : tables) {
            TableId other = names.put(table.id().name(), table.id());
            if (other != null) {
                throw new PipelineException(
                        Kind.SETTING,
                        "TRIBUTARY_SOURCE: tables " + other + " and " + table.id()
                                + " have one name, and one place at the target: leave out the one that is given up or of no"
                                + " interest (parameter exclude=keyspace.table)");
            }
        }
    }

    /** What concerns the shards of a keyspace. */
    Discovery only(String keyspace) {
        return new Discovery(
                tables.stream()
                        .filter(table -> table.id().keyspace().equals(keyspace))
                        .toList(),
                positions,
                only(elsewhere, keyspace),
                only(inherited, keyspace),
                inherits && !only(elsewhere, keyspace).isEmpty());
    }

    private static Set<TableId> only(Set<TableId> tables, String keyspace) {
        return tables.stream()
                .filter(table -> table.keyspace().equals(keyspace))
                .collect(Collectors.toSet());
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
                positions,
                elsewhere,
                inherited,
                inherits);
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
