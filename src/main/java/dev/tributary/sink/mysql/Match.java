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
            case UNSIGNED, BIT -> cast("UNSIGNED");
            case DECIMAL -> cast(column.columnType().replaceAll("[^)]*$", ""));
            case DATE -> cast("DATE");
            case DATETIME -> cast("DATETIME(6)");
            case TIME -> cast("TIME(6)");
            case JSON -> "CAST(? AS JSON)";
            case FLOAT, DOUBLE, TEXT, PLAIN -> "?";
        };
    }

    /**
     * As text first: since MySQL 8.0.22 a placeholder that is cast takes that type by rules of its own, by which no number
     * beyond 2^63 - 1 is one, and the TIME 00:00:00.1 is one o'clock.
     */
    private static String cast(String type) {
        return "CAST(CAST(? AS CHAR) AS " + type + ")";
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
