package dev.tributary.comparison;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row as it was read.
 *
 * @param order what rows are ordered by: the key's numbers, or a digest of the key
 * @param values the columns' texts
 */
record ComparedRow(List<Comparable<?>> order, List<@Nullable String> values) implements Comparable<ComparedRow> {

    static ComparedRow of(TableShape shape, List<@Nullable String> texts) {
        int orderColumns = shape.orderColumns();
        List<Comparable<?>> order = new ArrayList<>(orderColumns);
        for (String text : texts.subList(0, orderColumns)) {
            if (text == null) {
                throw new IllegalStateException("table " + shape.table() + ": a key has no value");
            }
            order.add(shape.ordersByNumbers() ? new BigInteger(text) : text);
        }
        return new ComparedRow(order, texts.subList(orderColumns, texts.size()));
    }

    @Override
    public int compareTo(ComparedRow other) {
        for (int i = 0; i < order.size(); i++) {
            int difference = compare(order.get(i), other.order.get(i));
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    private static int compare(Comparable<?> one, Comparable<?> other) {
        if (one instanceof BigInteger a && other instanceof BigInteger b) {
            return a.compareTo(b);
        }
        return one.toString().compareTo(other.toString());
    }
}
