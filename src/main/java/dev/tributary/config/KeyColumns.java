package dev.tributary.config;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The setting {@code tributary.key-columns}: {@code orders=tenant,id;items=sku}, by target table. */
public final class KeyColumns {
    private static final String SETTING = "TRIBUTARY_KEY_COLUMNS";

    private final Map<String, List<String>> byTable;

    private KeyColumns(Map<String, List<String>> byTable) {
        this.byTable = byTable;
    }

    /** @throws PipelineException of kind SETTING if the text is not understood */
    public static KeyColumns parse(String text) {
        Map<String, List<String>> byTable = new HashMap<>();
        for (String entry : text.split(";", -1)) {
            if (entry.isBlank() && (text.isBlank() || text.stripTrailing().endsWith(";"))) {
                continue;
            }
            int equals = entry.indexOf('=');
            String table = equals < 0 ? "" : entry.substring(0, equals).strip();
            if (table.isEmpty()) {
                throw wrong("expected table=column[,column…] in '" + entry.strip() + "'");
            }
            if (byTable.put(table, columns(table, entry.substring(equals + 1))) != null) {
                throw wrong("table '" + table + "' is named twice");
            }
        }
        return new KeyColumns(byTable);
    }

    private static List<String> columns(String table, String text) {
        List<String> columns = new ArrayList<>();
        Set<String> seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String column : text.split(",", -1)) {
            String name = column.strip();
            if (name.isEmpty()) {
                throw wrong("expected table=column[,column…] in '" + table + "=" + text.strip() + "'");
            }
            if (!seen.add(name)) {
                throw wrong("column '" + name.toLowerCase(Locale.ROOT) + "' of table '" + table + "' is named twice");
            }
            columns.add(name);
        }
        return List.copyOf(columns);
    }

    private static PipelineException wrong(String what) {
        return new PipelineException(Kind.SETTING, SETTING + ": " + what);
    }

    /** The key columns set for a target table, or null. */
    public @Nullable List<String> of(String table) {
        return byTable.get(table);
    }
}
