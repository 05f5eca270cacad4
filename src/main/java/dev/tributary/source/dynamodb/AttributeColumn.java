package dev.tributary.source.dynamodb;

import dev.tributary.record.Column;
import dev.tributary.record.ColumnDefinition;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The column of an attribute.
 *
 * @param name the attribute's, and so the column's
 * @param number of a DECIMAL, what it holds; of anything else, what a BIGINT does
 */
record AttributeColumn(String name, Kind kind, ExactNumber number, Column column) {
    /** Which values a column has. */
    enum Kind {
        TEXT,
        INTEGER,
        DECIMAL,
        BOOLEAN,
        BYTES,
        DOCUMENT,
        /** Others, which are nobody's here. */
        FOREIGN
    }

    private static final Pattern DECIMAL = Pattern.compile("decimal\\((\\d+),(\\d+)\\)");

    static AttributeColumn of(String name, Kind kind) {
        return switch (kind) {
            case TEXT -> text(name, "mediumtext");
            case INTEGER -> plain(name, kind, "bigint");
            case BOOLEAN -> plain(name, kind, "tinyint(1)");
            case DOCUMENT -> plain(name, kind, "json");
            case BYTES -> bytes(name, "mediumblob");
            case DECIMAL -> decimal(name, ExactNumber.INTEGER);
            case FOREIGN -> plain(name, kind, "");
        };
    }

    private static AttributeColumn plain(String name, Kind kind, String type) {
        return new AttributeColumn(name, kind, ExactNumber.INTEGER, new Column(name, type, StandardCharsets.UTF_8));
    }

    static AttributeColumn text(String name, String type) {
        return new AttributeColumn(
                name, Kind.TEXT, ExactNumber.INTEGER, new Column(name, type, StandardCharsets.UTF_8, "utf8mb4"));
    }

    /** Texts of keys, too: byte by byte is how the service compares them. */
    static AttributeColumn bytes(String name, String type) {
        return new AttributeColumn(name, Kind.BYTES, ExactNumber.INTEGER, new Column(name, type, null));
    }

    static AttributeColumn decimal(String name, ExactNumber number) {
        return new AttributeColumn(name, Kind.DECIMAL, number, new Column(name, number.type(), StandardCharsets.UTF_8));
    }

    /** The column that a value needs which is the first of its attribute; null for a NULL, which needs none. */
    static @Nullable AttributeColumn first(String name, AttributeValue value) {
        return switch (value.type()) {
            case S -> of(name, Kind.TEXT);
            case N -> ExactNumber.isLong(value.n()) ? of(name, Kind.INTEGER) : decimalFor(name, value);
            case B -> of(name, Kind.BYTES);
            case BOOL -> of(name, Kind.BOOLEAN);
            case M, L, SS, NS, BS -> of(name, Kind.DOCUMENT);
            case NUL, UNKNOWN_TO_SDK_VERSION -> null;
        };
    }

    private static @Nullable AttributeColumn decimalFor(String name, AttributeValue value) {
        ExactNumber number = ExactNumber.INTEGER.with(ExactNumber.of(value.n()));
        return number.isDecimal() ? decimal(name, number) : null;
    }

    /** The column as the target has it. */
    static AttributeColumn there(ColumnDefinition definition) {
        String type = definition.type();
        String name = definition.name();
        Matcher decimal = DECIMAL.matcher(type);
        if (decimal.matches()) {
            int fractions = Integer.parseInt(decimal.group(2));
            return decimal(name, new ExactNumber(Integer.parseInt(decimal.group(1)) - fractions, fractions));
        }
        String base = type.replaceFirst("[( ].*", "");
        return switch (base) {
            case "tinytext", "text", "mediumtext", "longtext", "varchar" -> text(name, type);
            case "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> bytes(name, type);
            case "json" -> of(name, Kind.DOCUMENT);
            case "bigint" -> type.contains("unsigned") ? of(name, Kind.FOREIGN) : of(name, Kind.INTEGER);
            case "tinyint" -> type.equals("tinyint(1)") ? of(name, Kind.BOOLEAN) : of(name, Kind.FOREIGN);
            default -> of(name, Kind.FOREIGN);
        };
    }

    /** Whether it has a place for values of this type, wide enough or not. */
    boolean takes(AttributeValue value) {
        return switch (value.type()) {
            case S -> kind == Kind.TEXT;
            case N -> kind == Kind.INTEGER || kind == Kind.DECIMAL;
            case B -> kind == Kind.BYTES;
            case BOOL -> kind == Kind.BOOLEAN;
            case M, L, SS, NS, BS -> kind == Kind.DOCUMENT;
            case NUL, UNKNOWN_TO_SDK_VERSION -> false;
        };
    }

    /** The same, wide enough for a number; null where there is no such column. */
    @Nullable
    AttributeColumn widened(String value) {
        ExactNumber needed = ExactNumber.of(value);
        boolean holds = kind == Kind.INTEGER ? ExactNumber.isLong(value) : number.holds(needed);
        if (holds) {
            return this;
        }
        ExactNumber wider = number.with(needed);
        return wider.isDecimal() ? decimal(name, wider) : null;
    }
}
