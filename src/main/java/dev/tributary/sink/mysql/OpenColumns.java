package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.Identifiers.quoted;

import dev.tributary.record.Column;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a table lacks whose columns are told by its rows: each is added or widened as it comes, by whichever stream has it first,
 * and none is ever made narrower.
 */
final class OpenColumns {
    private static final int MOST_DIGITS = 65;

    private OpenColumns() {}

    /** The columns of a table, for who makes rows for it. */
    static List<ColumnDefinition> of(TargetLayout layout) {
        return layout.columns().stream()
                .map(column ->
                        new ColumnDefinition(column.name(), column.generated() ? "generated" : type(layout, column)))
                .toList();
    }

    /** MariaDB calls a document a text. */
    private static String type(TargetLayout layout, TargetColumn column) {
        return isDocument(layout, column) ? "json" : column.columnType();
    }

    private static boolean isDocument(TargetLayout layout, TargetColumn column) {
        return layout.mariaDb() && column.dataType().equals("longtext");
    }

    /** What stands in the table for a row's lack of it: columns that this shape does not have, and that take NULL. */
    static List<String> absent(TableSchema schema, TargetLayout layout) {
        return layout.columns().stream()
                .filter(column -> !column.generated() && column.nullable() && "NULL".equals(column.unset()))
                .map(TargetColumn::name)
                .filter(name -> schema.indexOf(name) < 0)
                .toList();
    }

    /**
     * The statement that makes the table fit for rows of this shape; empty if it is.
     *
     * @throws PipelineException as TRANSIENT if a column is there that has other values: who makes the rows has to learn of it
     */
    static Optional<String> missing(TableSchema schema, TargetLayout layout) {
        List<String> changes = new ArrayList<>();
        for (int i = 0; i < schema.columns().size(); i++) {
            Column column = schema.columns().get(i);
            TargetColumn there = layout.column(column.name());
            if (there == null) {
                changes.add("ADD COLUMN " + quoted(column.name()) + " " + definition(column));
            } else if (!there.name().equals(column.name())) {
                throw other(layout, column, there);
            } else if (!ColumnFit.holds(ColumnType.of(column.type(), null, null), there.type())) {
                changes.add("MODIFY COLUMN " + quoted(column.name()) + " " + widened(layout, column, there)
                        + (there.nullable() ? " NULL" : " NOT NULL"));
            }
        }
        return changes.isEmpty()
                ? Optional.empty()
                : Optional.of(changes.stream()
                        .collect(Collectors.joining(", ", "ALTER TABLE " + quoted(layout.name()) + " ", "")));
    }

    private static String definition(Column column) {
        return column.type() + (column.encoding().isEmpty() ? "" : " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
                + " NULL";
    }

    private static String widened(TargetLayout layout, Column column, TargetColumn there) {
        ColumnType wanted = ColumnType.of(column.type(), null, null);
        if (isNumber(wanted) && isNumber(there.type())) {
            int fractions = Math.max(fractions(wanted), fractions(there.type()));
            int integers = Math.max(integers(wanted), integers(there.type()));
            if (integers + fractions <= MOST_DIGITS) {
                return "decimal(" + (integers + fractions) + "," + fractions + ")";
            }
        }
        throw other(layout, column, there);
    }

    private static boolean isNumber(ColumnType type) {
        return type.base().equals("decimal") || type.base().equals("bigint");
    }

    private static int fractions(ColumnType number) {
        return number.base().equals("decimal") ? number.numbers().get(1) : 0;
    }

    private static int integers(ColumnType number) {
        // what the greatest of 64 bits has
        return number.base().equals("decimal") ? number.length() - fractions(number) : 19;
    }

    private static PipelineException other(TargetLayout layout, Column column, TargetColumn there) {
        return new PipelineException(
                Kind.TRANSIENT,
                "table " + layout.name() + ": column " + there.name() + " is " + there.columnType()
                        + " at the target, and rows were made for " + column.name() + " as " + column.type()
                        + ": another stream was quicker; they are made anew");
    }
}
