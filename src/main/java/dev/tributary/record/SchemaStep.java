package dev.tributary.record;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A shard's stream that has come to a schema change: everything before it is durable, nothing behind it is read.
 *
 * @param shard whose stream
 * @param epoch the claim that the stream runs under
 * @param shards all shards that the tables are made of
 * @param change what the source did
 * @param tables the tables that are followed, with their columns in front of the change
 * @param now the tables as the shard has them now, with or without changes that come later in its stream
 */
public record SchemaStep(
        ShardId shard,
        long epoch,
        Set<ShardId> shards,
        SchemaChange change,
        List<SourceTable> tables,
        List<SourceTable> now) {
    public SchemaStep {
        Objects.requireNonNull(shard);
        shards = Set.copyOf(shards);
        Objects.requireNonNull(change);
        tables = List.copyOf(tables);
        now = List.copyOf(now);
    }

    /** Those of the followed tables that the change is of. */
    public List<SourceTable> concerned() {
        return tables.stream()
                .filter(table -> change.tables().stream()
                        .anyMatch(of -> of.table().equals(table.id().name())))
                .toList();
    }
}
