package dev.tributary.sink.dynamodb;

import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.checkpoint.TableColumns;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The columns of the source's tables that each shard's stream has come to, an entry for each table; and the keys that the pipeline's
 * items have. Safe for any thread.
 */
record ColumnEntries(Entries entries, String pipeline) {
    /**
     * Of one table.
     *
     * @param dropped names of columns that it had before
     */
    record Columns(String table, TableColumns columns, Set<String> dropped) {}

    Uni<List<Columns>> of(ShardId shard) {
        return entries.query(EntryId.group(pipeline, shard), EntryId.COLUMNS)
                .map(found -> found.stream().map(ColumnEntries::columns).toList());
    }

    Uni<Map<String, TableColumns>> byTable(ShardId shard) {
        return of(shard).map(all -> {
            Map<String, TableColumns> tables = new HashMap<>();
            all.forEach(of -> tables.put(of.table(), of.columns()));
            return tables;
        });
    }

    private static Columns columns(Entry entry) {
        return new Columns(
                entry.text("table"),
                new TableColumns(
                        decoded(entry.text("columns")),
                        entry.has("told_at") ? new Position(entry.text("told_at")) : null,
                        decoded(entry.text("then"))),
                dropped(entry));
    }

    /** Names of columns that a table had before, which its items may still have. */
    Uni<Set<String>> dropped(ShardId shard, String table) {
        return entries.get(EntryId.columns(pipeline, shard, table)).map(ColumnEntries::dropped);
    }

    private static Set<String> dropped(Entry entry) {
        return entry.has("dropped") ? Set.copyOf(names(entry.text("dropped"))) : Set.of();
    }

    /** Stores the columns of tables, and that nothing is told of them. */
    Uni<Void> keep(ShardCheckpoint claimed, Map<String, List<ColumnDefinition>> columns) {
        return Entries.forEach(
                List.copyOf(columns.entrySet()),
                table -> whileHeld(
                        claimed.shard(),
                        claimed.epoch(),
                        new EntryChange(EntryId.columns(pipeline, claimed.shard(), table.getKey()))
                                .set("table", table.getKey())
                                .set("columns", encoded(table.getValue()))
                                .remove("then")));
    }

    /**
     * Notes that a stream has come to a schema change: behind that position rows have other columns.
     *
     * @param dropped names of all columns that the table had before
     */
    Uni<Void> tell(
            ShardId shard, long epoch, String table, Position at, List<ColumnDefinition> then, Set<String> dropped) {
        return whileHeld(
                shard,
                epoch,
                new EntryChange(EntryId.columns(pipeline, shard, table))
                        .set("table", table)
                        .setIfAbsent("columns", "[]")
                        .set("told_at", at.text())
                        .set("then", encoded(then))
                        .set("dropped", encoded(dropped)));
    }

    private Uni<Void> whileHeld(ShardId shard, long epoch, EntryChange change) {
        EntryChange held = new EntryChange(EntryId.changes(pipeline, shard)).when("{epoch} = ?", epoch);
        return entries.together(List.of(held, change))
                .invoke(done -> {
                    if (!done) {
                        throw ShardClaims.fenced(shard, epoch);
                    }
                })
                .replaceWithVoid();
    }

    /** Of a shard that has taken over the rows of another, behind every change that was told there. */
    EntryChange inherited(ShardId to, Columns from) {
        List<ColumnDefinition> then = from.columns().then();
        return new EntryChange(EntryId.columns(pipeline, to, from.table()))
                .set("table", from.table())
                .set("columns", encoded(then.isEmpty() ? from.columns().columns() : then))
                .set("dropped", encoded(from.dropped()))
                .remove("told_at")
                .remove("then");
    }

    /** The columns of the key by which a table's items are told apart; empty if none was kept. */
    Uni<List<String>> key(String table) {
        return entries.get(EntryId.key(pipeline, table)).map(ColumnEntries::key);
    }

    /** The same; keeps this one if none was kept. */
    Uni<List<String>> keepKey(String table, List<String> key) {
        return entries.change(new EntryChange(EntryId.key(pipeline, table))
                        .setIfAbsent("columns", new JsonArray(key).encode()))
                .map(kept -> key(kept.orElseThrow()));
    }

    private static List<String> key(Entry entry) {
        return entry.isThere() ? names(entry.text("columns")) : List.of();
    }

    private static List<String> names(String json) {
        return new JsonArray(json).stream().map(String::valueOf).toList();
    }

    private static String encoded(Set<String> names) {
        return new JsonArray(List.copyOf(new TreeSet<>(names))).encode();
    }

    private static String encoded(List<ColumnDefinition> columns) {
        JsonArray json = new JsonArray();
        columns.forEach(column -> json.add(new JsonArray().add(column.name()).add(column.definition())));
        return json.encode();
    }

    private static List<ColumnDefinition> decoded(String text) {
        List<ColumnDefinition> columns = new ArrayList<>();
        if (!text.isEmpty()) {
            new JsonArray(text).forEach(item -> {
                JsonArray column = (JsonArray) item;
                columns.add(new ColumnDefinition(column.getString(0), column.getString(1)));
            });
        }
        return columns;
    }
}
