package dev.tributary.sink.dynamodb;

import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.SchemaChange.Altered;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an ALTER TABLE makes of items that were written before it.
 *
 * @param then the columns behind it
 */
record OldItems(Altered altered, List<ColumnDefinition> then) {
    private static final Set<String> INTEGERS = Set.of("tinyint", "smallint", "mediumint", "int", "integer", "bigint");
    private static final Set<String> TEXTS = Set.of("char", "varchar", "tinytext", "text", "mediumtext", "longtext");
    private static final Set<String> BYTES = Set.of("varbinary", "tinyblob", "blob", "mediumblob", "longblob");
    private static final Pattern DECIMAL = Pattern.compile("decimal\\((\\d+)(?:,(\\d+))?\\).*");

    /** Why rows would not find their items any more. */
    List<String> lost(List<String> key) {
        List<String> reasons = new ArrayList<>();
        for (String name : key) {
            ColumnDefinition old = find(altered.before(), name);
            ColumnDefinition now = find(then, name);
            if (old != null && now != null && !TargetKey.form(old.type()).equals(TargetKey.form(now.type()))) {
                reasons.add("column " + name + " of its key is changed from " + old.type() + " to " + now.type());
            }
        }
        return reasons;
    }

    private static @Nullable ColumnDefinition find(List<ColumnDefinition> columns, String name) {
        return columns.stream()
                .filter(column -> column.name().equalsIgnoreCase(name))
                .findFirst()
                .orElse(null);
    }

    /** Why they are not what the source shows; a column that is dropped stays in them, and is no reason. */
    List<String> stale() {
        List<String> reasons = new ArrayList<>();
        Map<String, ColumnDefinition> before = new HashMap<>();
        altered.before().forEach(column -> before.put(column.name().toLowerCase(Locale.ROOT), column));
        altered.renamed().forEach((old, now) -> {
            if (!old.equals(now)) {
                reasons.add("column " + old + " is renamed to " + now);
            }
        });
        untoldRename().ifPresent(reasons::add);
        for (ColumnDefinition column : then) {
            ColumnDefinition old = before.get(column.name().toLowerCase(Locale.ROOT));
            if (altered.renamed().containsValue(column.name())) {
                continue;
            }
            if (old == null && !before.isEmpty() && !isAbsentAtFirst(column)) {
                reasons.add("column " + column.name() + " is added, with values for the rows that are there");
            } else if (old != null && !isSame(old.type(), column.type())) {
                reasons.add("column " + column.name() + " is changed from " + old.type() + " to " + column.type());
            }
        }
        return reasons;
    }

    /** An online schema change swaps a table in, and does not say what it made of which column. */
    private Optional<String> untoldRename() {
        Set<String> before = ColumnDefinition.names(altered.before());
        Set<String> come = ColumnDefinition.names(then);
        Set<String> gone = new TreeSet<>(before);
        gone.removeIf(come::contains);
        come.removeIf(before::contains);
        return !altered.after().isEmpty() || gone.isEmpty() || come.isEmpty()
                ? Optional.empty()
                : Optional.of("an online schema change does not tell whether columns " + come
                        + " are new or are new names of " + gone);
    }

    private static boolean isAbsentAtFirst(ColumnDefinition column) {
        return column.isNullable()
                && !column.isGenerated()
                && (!column.says("default") || column.says("default", "null"));
    }

    /** Whether values of the one show the same as the other. */
    private static boolean isSame(String old, String now) {
        String from = ColumnValue.base(old);
        String to = ColumnValue.base(now);
        if (old.equals(now)
                || TEXTS.contains(from) && TEXTS.contains(to)
                || BYTES.contains(from) && BYTES.contains(to)) {
            return true;
        }
        if (INTEGERS.contains(from)) {
            return INTEGERS.contains(to) || to.equals("decimal");
        }
        if (from.equals("decimal") && to.equals("decimal")) {
            return scale(old) <= scale(now);
        }
        // another word of the list does not move those that are there
        return from.equals(to) && Set.of("enum", "set").contains(from);
    }

    private static int scale(String type) {
        Matcher decimal = DECIMAL.matcher(type);
        return decimal.matches() && decimal.group(2) != null ? Integer.parseInt(decimal.group(2)) : 0;
    }
}
