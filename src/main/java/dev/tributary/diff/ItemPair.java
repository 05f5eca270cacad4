package dev.tributary.diff;

import dev.tributary.diff.item.Digest;
import dev.tributary.diff.item.Item;
import dev.tributary.diff.item.Value;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A table of the source and the one of the target that should hold the same items.
 *
 * @param problems how their definitions differ, in words
 * @param key names of the key's attributes
 * @param likely what a value of the source's is most likely found as at the target: items that differ only by that are looked at again
 */
record ItemPair(
        String source,
        String target,
        List<String> problems,
        List<String> key,
        ItemEnd sourceEnd,
        ItemEnd targetEnd,
        UnaryOperator<Value> likely) {
    ItemPair {
        problems = List.copyOf(problems);
        key = List.copyOf(key);
    }

    Digest sourceDigest(Item item) {
        return Digest.of(item.map(likely));
    }
}
