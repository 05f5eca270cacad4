package dev.tributary.sink.mysql;

import dev.tributary.record.Column;
import dev.tributary.record.Row;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a column of the target is compared with a value, exactly. A bare placeholder would not do: MySQL compares a number
 * with text as doubles, which makes neighbours beyond 2^53 equal, and a FLOAT with its own text as unequal.
 */
enum Match {
    SIGNED,
    UNSIGNED,
    DECIMAL,
    FLOAT,
    DOUBLE,
    DATE,
    DATETIME,
    TIME,
    BIT,
    JSON,
    TEXT,
    PLAIN;

    private static final Set<String> TEXTS = Set.of("char", "varchar", "tinytext", "text", "mediumtext", "longtext");

    static Match of(TargetColumn column) {
        return switch (column.dataType()) {
            case "tinyint", "smallint", "mediumint", "int", "bigint" -> column.isUnsigned() ? UNSIGNED : SIGNED;
            case "decimal" -> DECIMAL;
            case "float" -> FLOAT;
            case "double" -> DOUBLE;
            case "date" -> DATE;
            case "datetime", "timestamp" -> DATETIME;
            case "time" -> TIME;
            case "bit" -> BIT;
            case "json" -> JSON;
            default -> TEXTS.contains(column.dataType()) ? TEXT : PLAIN;
        };
    }

    /** What stands for a value of this column in a statement. */
    static String placeholder(TargetColumn column) {
        return switch (of(column)) {
            case SIGNED -> "CAST(? AS SIGNED)";
            case UNSIGNED, BIT -> "CAST(? AS UNSIGNED)";
            case DECIMAL -> "CAST(? AS " + column.columnType().replaceAll("[^)]*$", "") + ")";
            case DATE -> "CAST(? AS DATE)";
            case DATETIME -> "CAST(? AS DATETIME(6))";
            case TIME -> "CAST(? AS TIME(6))";
            case JSON -> "CAST(? AS JSON)";
            case FLOAT, DOUBLE, TEXT, PLAIN -> "?";
        };
    }

    /** The value as the placeholder's parameter. */
    @Nullable
    Object parameter(Column column, Row row, int index) {
        if (row.isNull(index)) {
            return null;
        }
        return switch (this) {
            // the shortest text of the greatest FLOAT is greater than it is
            case FLOAT -> (double) Float.parseFloat(ascii(row, index));
            case DOUBLE -> Double.parseDouble(ascii(row, index));
            case BIT ->
                column.isBinary()
                        ? new BigInteger(1, row.bytes(), row.start(index), row.length(index)).toString()
                        : ascii(row, index);
            default -> Values.of(column, row, index);
        };
    }

    static String ascii(Row row, int index) {
        return new String(row.bytes(), row.start(index), row.length(index), StandardCharsets.ISO_8859_1);
    }
}
