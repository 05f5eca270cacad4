package dev.tributary.sink.mysql;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

        /** Whether two rows that have one have the same, which is cheaper to ask than to make both. */
        boolean same(Row one, Row other);
    }

    /** What becomes of one key of the target's. */
    private static final class Fate {
        /** What is there at the end. */
        @Nullable
        Row image;
        /** Rows of the source that have the key besides, while it is another's; the last is the next to be there. */
        @Nullable
        List<Row> covered;
        /** A row that has given the key up. */
        @Nullable
        Row giver;
        /** More of them, of other owners. */
        @Nullable
        List<Row> givers;
        /** When the image came. */
        int turn;
    }

    private final Keys keys;
    private final Keys owners;
    private final Map<RowKey, Fate> byKey = new LinkedHashMap<>();
    private int turns;

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
        if (before != null && (after == null || !keys.same(before, after) || !owners.same(before, after))) {
            giveUp(byKey.computeIfAbsent(keys.of(before), key -> new Fate()), before);
        }
        if (newKey != null && after != null) {
            take(byKey.computeIfAbsent(newKey, key -> new Fate()), after);
        }
    }

    private void take(Fate fate, Row after) {
        uncover(fate, after);
        if (fate.image != null && !owners.same(fate.image, after)) {
            if (fate.covered == null) {
                fate.covered = new ArrayList<>();
            }
            fate.covered.add(fate.image);
        }
        fate.image = after;
        fate.turn = turns++;
    }

    private void giveUp(Fate fate, Row before) {
        if (fate.giver == null) {
            fate.giver = before;
        } else if (!owners.same(fate.giver, before)) {
            if (fate.givers == null) {
                fate.givers = new ArrayList<>();
            }
            fate.givers.add(before);
        }
        uncover(fate, before);
        if (fate.image != null && owners.same(fate.image, before)) {
            List<Row> covered = fate.covered;
            fate.image = covered == null || covered.isEmpty() ? null : covered.removeLast();
        }
    }

    private void uncover(Fate fate, Row row) {
        if (fate.covered != null) {
            fate.covered.removeIf(other -> owners.same(other, row));
        }
    }

    /**
     * Rows that have given up keys which nobody has at the end. They take the target's rows away only if it is theirs:
     * another row of the source may have had the key all the while.
     */
    List<Row> gone() {
        List<Row> gone = new ArrayList<>();
        for (Fate fate : byKey.values()) {
            if (fate.image == null && fate.giver != null) {
                gone.add(fate.giver);
                if (fate.givers != null) {
                    gone.addAll(fate.givers);
                }
            }
        }
        return gone;
    }

    /** The images that are there; the one that came last is the last, for the target may take some for the same row. */
    List<Row> there() {
        return byKey.values().stream()
                .filter(fate -> fate.image != null)
                .sorted(Comparator.comparingInt(fate -> fate.turn))
                .map(fate -> Objects.requireNonNull(fate.image))
                .toList();
    }
}
