package dev.tributary.diff;

import java.util.List;

/** Some rows of a table, on both sides the same ones if both hold the same. */
sealed interface Slice {
    /** Those between two keys. */
    record Range(KeyRange range) implements Slice {}

    /** Those whose key, or whole row, has one of these hashes. */
    record Buckets(List<Integer> numbers) implements Slice {
        public Buckets {
            numbers = List.copyOf(numbers);
        }
    }
}
