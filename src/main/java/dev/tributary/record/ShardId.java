package dev.tributary.record;

import java.util.Objects;

/**
 * One shard of a sharded database.
 *
 * @param keyspace the database that is sharded, as its source calls it
 * @param shard the shard's name within it, such as {@code -80}
 */
public record ShardId(String keyspace, String shard) {
    public ShardId {
        Objects.requireNonNull(keyspace);
        Objects.requireNonNull(shard);
        if (keyspace.isBlank() || shard.isBlank()) {
            throw new IllegalArgumentException("a shard needs a keyspace and a name: '" + keyspace + "/" + shard + "'");
        }
    }

    /** The form that operators see everywhere: {@code commerce/-80}. */
    @Override
    public String toString() {
        return keyspace + "/" + shard;
    }
}
