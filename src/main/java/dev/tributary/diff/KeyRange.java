package dev.tributary.diff;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows between two keys, in the key's own order.
 *
 * @param above the texts of the key that all are above; null for none
 * @param upTo the texts of the key that none is above; null for none
 */
record KeyRange(@Nullable List<String> above, @Nullable List<String> upTo) {
    static final KeyRange ALL = new KeyRange(null, null);

    String where(List<String> names, List<KeyColumn> key) {
        String lower = above == null ? null : condition(names, literals(key, above), ">", ">", 0);
        String upper = upTo == null ? null : condition(names, literals(key, upTo), "<", "<=", 0);
        if (lower == null) {
            return upper == null ? "TRUE" : upper;
        }
        return upper == null ? lower : lower + " AND " + upper;
    }

    private static List<String> literals(List<KeyColumn> key, List<String> texts) {
        return java.util.stream.IntStream.range(0, key.size())
                .mapToObj(i -> key.get(i).literal(texts.get(i)))
                .toList();
    }

    /** Not by row constructors, which indexes are not used for. */
    private static String condition(List<String> names, List<String> values, String order, String lastOrder, int i) {
        String name = names.get(i);
        String value = values.get(i);
        if (i == names.size() - 1) {
            return "(" + name + " " + lastOrder + " " + value + ")";
        }
        return "(" + name + " " + order + " " + value + " OR (" + name + " = " + value + " AND "
                + condition(names, values, order, lastOrder, i + 1) + "))";
    }
}
