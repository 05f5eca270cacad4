package dev.tributary.diff;

import dev.tributary.diff.TableInfo.Column;
import io.vertx.core.buffer.Buffer;
import java.math.BigDecimal;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A column of a key, as both sides have it.
 *
 * @param name the target's spelling
 * @param form how its values become literals; null if they can't be bounds of a range
 * @param charset the text's, where both sides have the same; {@code utf8mb4} where they are converted; null for bytes
 * @param hex whether its text is that of its bytes
 * @param bits whether its text is that of a double's bits
 */
record KeyColumn(String name, @Nullable Form form, @Nullable String charset, boolean hex, boolean bits) {
    /** How a value's text becomes a literal. */
    enum Form {
        NUMBER,
        DOUBLE,
        QUOTED,
        TEXT,
        BYTES
    }

    private static final Pattern NUMBER = Pattern.compile("[-+.0-9]+");
    private static final Pattern PLAIN = Pattern.compile("[-+.:eE 0-9]+");
    private static final Pattern HEX = Pattern.compile("[0-9A-Fa-f]*");

    static KeyColumn of(Column source, Column target) {
        boolean text = ValueSql.isText(source) && ValueSql.isText(target);
        boolean alike = source.type().equals(target.type())
                && (!text || (source.collation() != null && source.collation().equals(target.collation())));
        Form form = alike && !source.nullable() && !target.nullable() ? ValueSql.bound(target) : null;
        boolean sameCharset = source.charset() != null && source.charset().equals(target.charset());
        String charset = text ? (sameCharset ? source.charset() : "utf8mb4") : null;
        return new KeyColumn(target.name(), form, charset, isHex(target), ValueSql.isBits(source, target, false));
    }

    private static boolean isHex(Column column) {
        return switch (column.type()) {
            case "char", "varchar", "tinytext", "enum", "set", "binary", "varbinary", "tinyblob" -> true;
            default -> false;
        };
    }

    /** An expression for a value's text, of which {@link #literal} makes a literal. */
    static String text(Column own, Column other) {
        String text = own.type().equals("timestamp") ? ValueSql.quoted(own.name()) : ValueSql.text(own, other, false);
        return "CAST(" + text + " AS CHAR)";
    }

    /** A value in SQL, by its text. Its pattern is looked at: it is put into a statement. */
    String literal(String text) {
        return switch (form) {
            case NUMBER -> checked(NUMBER, text);
            case DOUBLE -> "'" + number(text) + "'";
            case QUOTED -> "'" + checked(PLAIN, text) + "'";
            case TEXT -> "_" + charset + " X'" + checked(HEX, text) + "'";
            case BYTES -> "X'" + checked(HEX, text) + "'";
            case null -> throw new IllegalStateException("column " + name + " has no bounds");
        };
    }

    private static String checked(Pattern pattern, String text) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalStateException("a key's value has an unexpected form");
        }
        return text;
    }

    /** What a double's bits say, the lowest byte first. */
    private static double number(String bits) {
        return Double.longBitsToDouble(Long.reverseBytes(Long.parseUnsignedLong(bits, 16)));
    }

    /** Orders texts for people to read, numbers as numbers. */
    int compare(@Nullable String one, @Nullable String other) {
        String left = Objects.requireNonNullElse(one, "");
        String right = Objects.requireNonNullElse(other, "");
        if (left.isEmpty() || right.isEmpty() || !(bits || form == Form.NUMBER)) {
            return left.compareTo(right);
        }
        return bits
                ? Double.compare(number(left), number(right))
                : new BigDecimal(left).compareTo(new BigDecimal(right));
    }

    /** A value for people to read. */
    String shown(@Nullable String text) {
        if (text == null) {
            return "NULL";
        }
        if (bits) {
            return String.valueOf(number(text));
        }
        if (!hex || !HEX.matcher(text).matches() || text.length() % 2 != 0) {
            return text;
        }
        Charset known = charset(charset);
        if (known == null) {
            return "0x" + text;
        }
        return "'" + Buffer.buffer(HexFormat.of().parseHex(text)).toString(known) + "'";
    }

    private static @Nullable Charset charset(@Nullable String name) {
        return switch (name) {
            case null -> null;
            case "utf8mb4", "utf8mb3", "utf8", "ascii" -> StandardCharsets.UTF_8;
            case "latin1" -> Charset.forName("windows-1252");
            case "ucs2", "utf16" -> StandardCharsets.UTF_16BE;
            default -> null;
        };
    }
}
