package dev.tributary.sink.dynamodb;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.SourceTable;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks at what the source's tables declare for what no item could be made of, before a row comes. */
final class TableChecks {
    private TableChecks() {}

    /** @throws dev.tributary.record.PipelineException of kind SETTING if there is something */
    static void verify(ConnectionUrl url, Collection<SourceTable> tables) {
        tables.stream().filter(table -> !table.isGone() && !table.elsewhere()).forEach(table -> verify(url, table));
    }

    private static void verify(ConnectionUrl url, SourceTable table) {
        for (ColumnDefinition column : declared(table)) {
            if (table.key().size() > 2 && column.name().equalsIgnoreCase(TargetKey.COMPOSITE)) {
                throw TargetKey.takenName(url, table.id().name());
            }
            String charset = KeyCharsets.of(column, table.createStatement());
            if (TargetKey.isText(column.type())
                    && table.key().stream().anyMatch(column.name()::equalsIgnoreCase)
                    && !KeyCharsets.areExact(charset)) {
                throw url.wrong("table '" + table.id().name() + "': its key column " + column.name() + " is in charset "
                        + charset + ", of which different texts are one in Unicode, so that two rows would be one item:"
                        + " make it utf8mb4, or leave the table out (TRIBUTARY_SOURCE, parameter 'exclude')");
            }
        }
    }

    /** Names of the columns that take no NULL. */
    static Set<String> notNull(SourceTable table) {
        return declared(table).stream()
                .filter(column -> !column.isNullable())
                .map(ColumnDefinition::name)
                .collect(Collectors.toSet());
    }

    /** Its columns as they are now. */
    static List<ColumnDefinition> declared(SourceTable table) {
        List<ColumnDefinition> declared = ColumnDefinition.of(table.createStatement());
        return declared.isEmpty() ? table.columns() : declared;
    }
}
