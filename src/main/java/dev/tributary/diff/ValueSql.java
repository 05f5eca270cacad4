package dev.tributary.diff;

import dev.tributary.diff.TableInfo.Column;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Expressions for a column's value as text that is the same on both sides exactly where the value is: by the value's own
 * bytes, whatever the session's time zone, charset and modes. None of them has a comma in it.
 */
final class ValueSql {
    private static final Set<String> LONG_TEXT = Set.of("text", "mediumtext", "longtext", "json");
    private static final Set<String> TEXT = Set.of("char", "varchar", "tinytext", "enum", "set");
    private static final Set<String> LONG_BYTES = Set.of(
            "blob",
            "mediumblob",
            "longblob",
            "vector",
            "geometry",
            "point",
            "linestring",
            "polygon",
            "multipoint",
            "multilinestring",
            "multipolygon",
            "geometrycollection",
            "geomcollection");
    private static final Set<String> NUMBERS =
            Set.of("tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "double", "year");
    private static final Set<String> TIMES = Set.of("date", "datetime", "time");

    private ValueSql() {}

    static String quoted(String name) {
        return '`' + name.replace("`", "``") + '`';
    }

    static boolean isText(Column column) {
        return TEXT.contains(column.type()) || LONG_TEXT.contains(column.type());
    }

    /** Whether it is a document on one side and its text on the other, where one document may have several. */
    static boolean isDocument(Column own, Column other) {
        return own.type().equals("json") != other.type().equals("json") && isText(own) && isText(other);
    }

    private static boolean isFloating(Column column) {
        return column.type().equals("float") || column.type().equals("double");
    }

    /** Whether a value's text is that of its bits, as a double has them: servers write the same number in different ways. */
    static boolean isBits(Column own, Column other, boolean shortFloats) {
        return isFloating(own)
                && isFloating(other)
                && !(shortFloats && (own.type().equals("float") || other.type().equals("float")));
    }

    private static boolean isLong(Column column) {
        return LONG_TEXT.contains(column.type()) || LONG_BYTES.contains(column.type());
    }

    /**
     * The value's text, or {@code N} where it is NULL. What the server can't render becomes NULL, and is noticed by that.
     *
     * @param other the same column of the other side
     */
    static String value(Column own, Column other, boolean shortFloats) {
        String text = text(own, other, shortFloats);
        return own.nullable() || other.nullable() ? "IF(" + quoted(own.name()) + " IS NULL, 'N', " + text + ")" : text;
    }

    /** The value's text; NULL where it is NULL. Values that can be long are a digest, so that a row's text never is. */
    static String text(Column own, Column other, boolean shortFloats) {
        String name = quoted(own.name());
        if (isBits(own, other, shortFloats)) {
            // a point's abscissa as it is stored, behind the byte order and the kind of geometry
            return "HEX(SUBSTRING(ST_AsBinary(POINT(" + name + ", 0)), 6, 8))";
        }
        if (NUMBERS.contains(own.type())) {
            // zeros in front belong to how the column is shown
            return own.declared().contains("zerofill") ? "(" + name + " + 0)" : name;
        }
        if (TIMES.contains(own.type())) {
            return name;
        }
        return switch (own.type()) {
            // a FLOAT's own text has six digits only
            case "float" -> shortFloats ? name : "(" + name + " * 1)";
            // what is stored, without the session's time zone
            case "timestamp" -> "UNIX_TIMESTAMP(" + name + ")";
            case "bit" -> "CAST(" + name + " AS UNSIGNED)";
            default ->
                isLong(own) || isLong(other)
                        ? "SHA2(" + bytes(own, other) + ", 224)"
                        : "HEX(" + bytes(own, other) + ")";
        };
    }

    /** Text is compared by its own bytes where both sides write it alike, and in the charset that has all characters elsewhere. */
    private static String bytes(Column own, Column other) {
        String name = quoted(own.name());
        if (!isText(own) || (own.charset() != null && own.charset().equals(other.charset()))) {
            // a mode of the session's pads CHAR, which is stored without
            return own.type().equals("char") ? "TRIM(TRAILING ' ' FROM " + name + ")" : name;
        }
        return "CONVERT(" + name + " USING utf8mb4)";
    }

    /** The beginning of the value as people read it. */
    static String shown(Column column) {
        String name = quoted(column.name());
        if (isText(column)) {
            return "LEFT(CONVERT(" + name + " USING utf8mb4), 60)";
        }
        boolean plain = NUMBERS.contains(column.type()) || TIMES.contains(column.type());
        return plain || column.type().equals("float") || column.type().equals("timestamp")
                ? "CAST(" + name + " AS CHAR)"
                : "LEFT(CONCAT('0x', HEX(" + name + ")), 60)";
    }

    /** What to put before a literal of the column's own bytes; null if the column's values can't be bounds of a range. */
    static KeyColumn.@Nullable Form bound(Column column) {
        if (NUMBERS.contains(column.type())) {
            return column.type().equals("double") ? KeyColumn.Form.DOUBLE : KeyColumn.Form.NUMBER;
        }
        if (TIMES.contains(column.type()) || column.type().equals("timestamp")) {
            return KeyColumn.Form.QUOTED;
        }
        return switch (column.type()) {
            case "char", "varchar" -> KeyColumn.Form.TEXT;
            case "binary", "varbinary" -> KeyColumn.Form.BYTES;
            default -> null;
        };
    }
}
