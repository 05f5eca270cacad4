package dev.tributary.stream;

import dev.tributary.config.KeyColumns;
import dev.tributary.config.Settings;
import dev.tributary.record.SourceTable;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which tables may be copied in key ranges: those whose key at the target holds every column of their key at the source.
 *
 * <p>Ranges are of the source's key, and each is true at a moment of its own: a change is left out by the change stream if
 * it lies within the moment of the range that its row's key belongs to. That is exact as long as all that is ever written
 * to one row of the target comes from one row of the source, and so from one range. With another key it does not: where
 * row 1 gives its value of the target's key up to row 900 between the moments of their ranges, the delete of row 1 would be
 * told and the insert of row 900 left out, and the target's row is gone. A table in one part has one moment: its rows and
 * the changes behind them follow each other as they did at the source.
 */
final class RangedTables {
    private final Settings settings;
    private final KeyColumns keys;

    RangedTables(Settings settings) {
        this.settings = settings;
        this.keys = KeyColumns.parse(settings.keyColumns().orElse(""));
    }

    boolean includes(SourceTable table) {
        // one of the source table's own name, unless the setting names another
        String target = settings.table()
                .filter(name -> !name.isBlank())
                .orElse(table.id().name());
        List<String> key = keys.of(target);
        if (key == null) {
            return true;
        }
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.addAll(key);
        return names.containsAll(table.key());
    }
}
