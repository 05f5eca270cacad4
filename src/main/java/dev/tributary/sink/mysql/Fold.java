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

    /** What becomes of one key of the target's. */
    private static final class Fate {
        /** A row by which the key is known. */
        Row known;
        /** What is there at the end. */
        @Nullable
        Row image;
        /** More rows of the source, beside the known one, that gave the key up before any took it. */
        @Nullable
        List<Row> others;
        /** Whether a row has taken the key: from then on it is known whose it is. */
        boolean taken;

        Fate(Row known) {
            this.known = known;
        }
    }

    private final Keys keys;
    private final Keys owners;
    private final Map<RowKey, Fate> byKey = new LinkedHashMap<>();

    private Fold(Keys keys, Keys owners) {
        this.keys = keys;
        this.owners = owners;
    }

    /**
     * @param keys by what the target tells rows apart
     * @param owners by what the source does besides; always the same where that is nothing more
     */
    static Fold of(List<ChangeRecord> records, Keys keys, Keys owners) {
        Fold fold = new Fold(keys, owners);
        for (ChangeRecord record : records) {
            fold.add(record);
        }
        return fold;
    }

    private void add(ChangeRecord record) {
        Row before = record.before();
        Row after = record.after();
        RowKey newKey = after == null ? null : keys.of(after);
        if (before != null) {
            RowKey oldKey = keys.of(before);
            if (newKey == null || !oldKey.equals(newKey)) {
                giveUp(oldKey, before);
            }
        }
        if (newKey != null && after != null) {
            Fate fate = byKey.computeIfAbsent(newKey, key -> new Fate(after));
            fate.known = after;
            fate.image = after;
            fate.taken = true;
        }
    }

    private void giveUp(RowKey key, Row before) {
        Fate fate = byKey.get(key);
        if (fate == null) {
            byKey.put(key, new Fate(before));
        } else if (!fate.taken) {
            if (fate.others == null) {
                fate.others = new ArrayList<>();
            }
            fate.others.add(before);
        } else if (fate.image != null && owners.of(fate.image).equals(owners.of(before))) {
            fate.known = before;
            fate.image = null;
        }
    }

    /** Rows whose keys are gone, whoever has them at the target. */
    List<Row> gone() {
        List<Row> gone = new ArrayList<>();
        for (Fate fate : byKey.values()) {
            if (fate.taken && fate.image == null) {
                gone.add(fate.known);
            }
        }
        return gone;
    }

    /** Rows whose keys are gone if it is these rows that have them at the target. */
    List<Row> goneIfOwn() {
        List<Row> gone = new ArrayList<>();
        for (Fate fate : byKey.values()) {
            if (!fate.taken) {
                gone.add(fate.known);
                if (fate.others != null) {
                    gone.addAll(fate.others);
                }
            }
        }
        return gone;
    }

    /** The images that are there. */
    List<Row> there() {
        List<Row> there = new ArrayList<>(byKey.size());
        for (Fate fate : byKey.values()) {
            if (fate.image != null) {
                there.add(fate.image);
            }
        }
        return there;
    }

    /** A row of every key that was taken. */
    List<Row> touched() {
        List<Row> touched = new ArrayList<>();
        for (Fate fate : byKey.values()) {
            if (fate.taken) {
                touched.add(fate.known);
            }
        }
        return touched;
    }
}
