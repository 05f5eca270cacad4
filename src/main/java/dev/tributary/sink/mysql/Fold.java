package dev.tributary.sink.mysql;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is left of many changes of the same keys: the last image wins, a change of key is the end of the old one, and a row
 * that is deleted and made again is there. Deletes are to be written before upserts: rows that are there at the end are
 * different for the target too, while one that is gone may be equal to one of them (in a collation that ignores case).
 */
final class Fold {
    /** How to tell rows apart. */
    interface Keys {
        RowKey of(Row row);
    }

    /** A row by which a key is known, and its image at the end. */
    private record Last(Row known, @Nullable Row image) {}

    private final Map<RowKey, Last> byKey = new LinkedHashMap<>();

    static Fold of(List<ChangeRecord> records, Keys keys) {
        Fold fold = new Fold();
        for (ChangeRecord record : records) {
            fold.add(record, keys);
        }
        return fold;
    }

    private void add(ChangeRecord record, Keys keys) {
        Row before = record.before();
        Row after = record.after();
        RowKey newKey = after == null ? null : keys.of(after);
        if (before != null) {
            RowKey oldKey = keys.of(before);
            if (newKey == null || !oldKey.equals(newKey)) {
                byKey.put(oldKey, new Last(before, null));
            }
        }
        if (newKey != null && after != null) {
            byKey.put(newKey, new Last(after, after));
        }
    }

    /** Rows whose keys are gone. */
    List<Row> gone() {
        List<Row> gone = new ArrayList<>();
        for (Last last : byKey.values()) {
            if (last.image() == null) {
                gone.add(last.known());
            }
        }
        return gone;
    }

    /** The images that are there. */
    List<Row> there() {
        List<Row> there = new ArrayList<>(byKey.size());
        for (Last last : byKey.values()) {
            if (last.image() != null) {
                there.add(last.image());
            }
        }
        return there;
    }

    /** A row of every key that was touched. */
    List<Row> touched() {
        return byKey.values().stream().map(Last::known).toList();
    }
}
