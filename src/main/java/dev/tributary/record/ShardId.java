package dev.tributary.record;

import java.util.Comparator;
import java.util.Objects;

/**
 * One shard of a sharded database. They are in the order of keyspaces and names, as the target sorts them.
 *
 * @param keyspace the database that is sharded, as its source calls it
 * @param shard the shard's name within it, such as {@code -80}
 */
public record ShardId(String keyspace, String shard) implements Comparable<ShardId> {
    private static final Comparator<ShardId> ORDER =
            Comparator.comparing(ShardId::keyspace).thenComparing(ShardId::shard);

    public ShardId {
        Objects.requireNonNull(keyspace);
        Objects.requireNonNull(shard);
        if (keyspace.isBlank() || shard.isBlank()) {
            throw new IllegalArgumentException("a shard needs a keyspace and a name: '" + keyspace + "/" + shard + "'");
        }
    }

    @Override
    public int compareTo(ShardId other) {
        return ORDER.compare(this, other);
    }

    /** The form that operators see everywhere: {@code commerce/-80}. */
    @Override
    public String toString() {
        return keyspace + "/" + shard;
    }
}
