package dev.tributary.sink.dynamodb;

import dev.tributary.dynamodb.ItemDocument;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** An item's place: its table and its key, whose values are canonical, so that equal ones are equal here. */
final class ItemKey {
    private final String table;
    private final Map<String, AttributeValue> values;
    private final int hash;

    ItemKey(String table, Map<String, AttributeValue> values) {
        this.table = table;
        this.values = values;
        int h = table.hashCode();
        for (AttributeValue value : values.values()) {
            h = 31 * h + scalar(value).hashCode();
        }
        this.hash = h;
    }

    private static Object scalar(AttributeValue value) {
        return switch (value.type()) {
            case S -> value.s();
            case N -> value.n();
            case B -> value.b();
            default -> throw new IllegalArgumentException("a key is no " + value.type());
        };
    }

    String table() {
        return table;
    }

    Map<String, AttributeValue> values() {
        return values;
    }

    /** How long one of its values is; of a number, which is never too long, 1. */
    int bytes(String name) {
        AttributeValue value = Objects.requireNonNull(values.get(name));
        return switch (value.type()) {
            case S -> ItemSize.utf8(value.s());
            case B -> value.b().asByteArrayUnsafe().length;
            default -> 1;
        };
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof ItemKey that)
                || hash != that.hash
                || !table.equals(that.table)
                || values.size() != that.values.size()) {
            return false;
        }
        return values.entrySet().stream().allMatch(entry -> {
            AttributeValue its = that.values.get(entry.getKey());
            return its != null
                    && its.type() == entry.getValue().type()
                    && scalar(its).equals(scalar(entry.getValue()));
        });
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** As operators see it. */
    @Override
    public String toString() {
        return ItemDocument.of(values, false);
    }
}
