package dev.tributary.sink.dynamodb;

import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.SchemaChange.Altered;
import dev.tributary.record.SqlWords;
import dev.tributary.record.SqlWords.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an ALTER TABLE makes of items that were written before it.
 *
 * @param then the columns behind it
 * @param key names of the columns of the table's key
 * @param dropped names of columns that were dropped earlier: items may still have their values
 */
record OldItems(Altered altered, List<ColumnDefinition> then, List<String> key, Set<String> dropped) {
    /** Why rows would not find their items any more. */
    List<String> lost() {
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

    /** Those that are dropped by now, or have another name: these too, items still have. */
    Set<String> droppedNow() {
        // of a table that is gone nothing is known
        Set<String> all = ColumnDefinition.names(then.isEmpty() ? List.of() : altered.before());
        all.removeAll(ColumnDefinition.names(then));
        all.addAll(dropped);
        return all;
    }

    /** Why they are not what the source shows; a column that is dropped stays in them, and is no reason. */
    List<String> stale() {
        List<String> reasons = new ArrayList<>();
        if (altered.before().isEmpty() && !then.isEmpty()) {
            reasons.add("its columns of before are not known");
            return reasons;
        }
        altered.renamed().forEach((old, now) -> reasons.add("column " + old + " is renamed to " + now));
        untoldRename().ifPresent(reasons::add);
        for (ColumnDefinition column : then) {
            if (altered.renamed().containsValue(column.name())) {
                continue;
            }
            ColumnDefinition old = find(altered.before(), column.name());
            if (old != null) {
                changed(old, column).ifPresent(reasons::add);
            } else if (!isAbsentAtFirst(column)) {
                reasons.add("column " + column.name() + " is added, with values for the rows that are there");
            } else if (dropped.stream().anyMatch(column.name()::equalsIgnoreCase)) {
                reasons.add("column " + column.name()
                        + " is added, and items may have values of one of that name that was" + " dropped");
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

    /** An online schema change swaps a table in, and does not say what it made of which column. */
    private Optional<String> untoldRename() {
        Set<String> gone = ColumnDefinition.names(altered.before());
        Set<String> come = ColumnDefinition.names(then);
        gone.removeAll(ColumnDefinition.names(then));
        come.removeAll(ColumnDefinition.names(altered.before()));
        return !altered.after().isEmpty() || gone.isEmpty() || come.isEmpty()
                ? Optional.empty()
                : Optional.of("an online schema change does not tell whether columns " + come
                        + " are new or are new names of " + gone);
    }

    private Optional<String> changed(ColumnDefinition old, ColumnDefinition now) {
        String column = "column " + old.name();
        DeclaredType type = DeclaredType.of(now.type());
        if (!old.name().equals(now.name())) {
            return Optional.of(column + " is renamed to " + now.name());
        }
        if (!DeclaredType.of(old.type()).isKeptBy(type)) {
            return Optional.of(column + " is changed from " + old.type() + " to " + now.type());
        }
        if (now.isGenerated() && !expression(old).equals(expression(now))) {
            return Optional.of(column + " is computed in another way: " + now.definition());
        }
        if (old.isNullable() && !now.isNullable() && key.stream().noneMatch(now.name()::equalsIgnoreCase)) {
            // but for sql_mode, NULLs become something else
            return Optional.of(column + " takes no NULL any more");
        }
        String charset = type.isText() ? KeyCharsets.of(now, "") : "";
        return charset.isEmpty() || charset.equals("utf8mb4") || charset.equals(KeyCharsets.of(old, ""))
                ? Optional.empty()
                : Optional.of(column + " is in charset " + charset + " from now on");
    }

    /** Of a generated column, however it is written; empty of another. */
    private static String expression(ColumnDefinition column) {
        int at = column.indexOf("as", "(");
        if (at < 0) {
            return "";
        }
        List<Word> words = SqlWords.of(column.definition());
        return words.subList(at + 1, SqlWords.closing(words, at + 1)).stream()
                .filter(word -> !word.isOneOf("(", ")"))
                .map(word ->
                        word.text().startsWith("'") ? word.text() : word.text().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" "));
    }

    private static boolean isAbsentAtFirst(ColumnDefinition column) {
        return column.isNullable()
                && !column.isGenerated()
                && !column.says("auto_increment")
                && !column.type().equals("serial")
                && (!column.says("default") || column.says("default", "null"));
    }
}
