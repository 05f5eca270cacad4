package dev.tributary.sink.dynamodb;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What becomes of one item. To do it once more changes nothing. */
sealed interface ItemWrite {
    ItemKey key();

    /** It is there, with these values, those of its key too, and no others. */
    record Put(ItemKey key, Map<String, AttributeValue> item) implements ItemWrite {}

    /** It is gone. */
    record Delete(ItemKey key) implements ItemWrite {}

    /**
     * If it is there it has these values, and others that are not known here stay as they are.
     *
     * @param removed attributes that it has no more
     */
    record Update(ItemKey key, Map<String, AttributeValue> values, Set<String> removed) implements ItemWrite {
        /** The same in several, of no more attributes than that each; in any order. */
        List<Update> pieces(int most) {
            if (values.size() + removed.size() <= most) {
                return List.of(this);
            }
            List<Update> pieces = new ArrayList<>();
            Map<String, AttributeValue> some = new LinkedHashMap<>();
            for (Map.Entry<String, AttributeValue> value : values.entrySet()) {
                some.put(value.getKey(), value.getValue());
                if (some.size() == most) {
                    pieces.add(new Update(key, some, Set.of()));
                    some = new LinkedHashMap<>();
                }
            }
            Set<String> gone = new TreeSet<>();
            for (String name : removed) {
                gone.add(name);
                if (some.size() + gone.size() == most) {
                    pieces.add(new Update(key, some, gone));
                    some = new LinkedHashMap<>();
                    gone = new TreeSet<>();
                }
            }
            if (some.size() + gone.size() > 0) {
                pieces.add(new Update(key, some, gone));
            }
            return pieces;
        }

        /** One after the other. */
        Update then(Update next) {
            Map<String, AttributeValue> all = new LinkedHashMap<>(values);
            Set<String> gone = new TreeSet<>(removed);
            all.keySet().removeAll(next.removed);
            gone.removeAll(next.values.keySet());
            all.putAll(next.values);
            gone.addAll(next.removed);
            return new Update(key, all, gone);
        }

        /** An item that has come through it. */
        Put of(Put item) {
            Map<String, AttributeValue> all = new LinkedHashMap<>(item.item());
            all.keySet().removeAll(removed);
            all.putAll(values);
            return new Put(key, all);
        }
    }
}
