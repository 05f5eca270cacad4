package dev.tributary.record;

import java.util.Objects;

/** A table of the source. */
public record TableId(String keyspace, String name) {
    public TableId {
        Objects.requireNonNull(keyspace);
        Objects.requireNonNull(name);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a table needs a name");
        }
    }

    @Override
    public String toString() {
        return keyspace.isEmpty() ? name : keyspace + "." + name;
    }
}
