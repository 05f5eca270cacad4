package dev.tributary.diff.item;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * An item, or a row as the item that it stands for.
 *
 * @param key the values of its key's attributes, in order
 * @param attributes all that it has, the key's too
 */
public record Item(List<Value> key, SortedMap<String, Value> attributes) {
    public Item {
        key = List.copyOf(key);
        attributes = new TreeMap<>(attributes);
    }

    /** The names of the attributes in which another one differs that has the same key, in order. */
    public List<String> differing(Item target) {
        TreeSet<String> names = new TreeSet<>(attributes.keySet());
        names.addAll(target.attributes.keySet());
        List<String> differing = new ArrayList<>();
        for (String name : names) {
            Value expected = attributes.get(name);
            Value found = target.attributes.get(name);
            if (expected == null || found == null || !isSame(expected, found)) {
                differing.add(name);
            }
        }
        return differing;
    }

    private static boolean isSame(Value expected, Value found) {
        return found instanceof Value.Plain plain
                ? (plain.whole() || expected.isDocument()) && PlainDocument.isOf(plain.json(), expected)
                : expected.equals(found);
    }

    /** The same with each value as something else. */
    public Item map(UnaryOperator<Value> form) {
        SortedMap<String, Value> mapped = new TreeMap<>();
        attributes.forEach((name, value) -> mapped.put(name, form.apply(value)));
        return new Item(key, mapped);
    }

    /** Two rows that stand for one item, of which there can't be two. */
    public Item and(Item other) {
        SortedMap<String, Value> both = new TreeMap<>(attributes);
        other.attributes.forEach((name, value) -> both.merge(
                name, value, (one, two) -> one.equals(two) ? one : new Value.Odd("two rows: " + one + ", " + two)));
        both.put("", new Value.Odd("two rows"));
        return new Item(key, both);
    }
}
