package dev.tributary.diff;

import static dev.tributary.diff.ValueSql.quoted;

import dev.tributary.diff.TableInfo.Column;
import dev.tributary.diff.item.JsonText;
import dev.tributary.diff.item.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a column's values are in items, by the README's rule: the term that is selected, what its text says, and as what an item's own
 * value is compared with that, where one value may be written in several ways.
 *
 * @param jsonMaps whether JSON is maps and lists instead of a text
 */
record ItemValues(Column column, boolean jsonMaps) {
    private static final int MOST_DIGITS = 38;
    private static final int GREATEST_EXPONENT = 125;
    private static final int LEAST_EXPONENT = -130;
    /** Levels of maps and lists. */
    private static final int DEEPEST = 31;

    private static final Pattern WIDTH = Pattern.compile("\\((\\d+)");

    private enum Kind {
        NUMBER,
        FLOAT,
        DOUBLE,
        BITS,
        BYTES,
        JSON,
        TEXT
    }

    private Kind kind() {
        return switch (column.type()) {
            case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "year" -> Kind.NUMBER;
            case "float" -> Kind.FLOAT;
            case "double" -> Kind.DOUBLE;
            case "bit" -> Kind.BITS;
            case "json" -> Kind.JSON;
            case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set" -> Kind.TEXT;
            case "date", "datetime", "timestamp", "time" -> Kind.TEXT;
            default -> Kind.BYTES;
        };
    }

    /** What is selected. */
    String term() {
        String name = quoted(column.name());
        return switch (kind()) {
            case NUMBER ->
                "CAST(" + (column.declared().contains("zerofill") ? "(" + name + " + 0)" : name) + " AS CHAR)";
            // its own text has six digits only
            case FLOAT -> "CAST((" + name + " * 1) AS CHAR)";
            case DOUBLE -> "CAST(" + name + " AS CHAR)";
            case BITS -> "HEX(CAST(" + name + " AS UNSIGNED))";
            case BYTES -> "HEX(" + name + ")";
            case JSON, TEXT ->
                ValueSql.isText(column) ? "CONVERT(" + name + " USING utf8mb4)" : "CAST(" + name + " AS CHAR)";
        };
    }

    /** What the selected text says, of a value that is not NULL. */
    Value value(String text) {
        return switch (kind()) {
            case NUMBER -> {
                BigDecimal number = new BigDecimal(text);
                yield holds(number) ? Value.number(number) : new Value.Text(text);
            }
            case FLOAT -> {
                float number = (float) Double.parseDouble(text);
                yield floating(number, Float.toString(number));
            }
            case DOUBLE -> {
                double number = Double.parseDouble(text);
                yield floating(number, Double.toString(number));
            }
            case BITS -> {
                Matcher width = WIDTH.matcher(column.declared());
                int bytes = width.find() ? (Integer.parseInt(width.group(1)) + 7) / 8 : 1;
                yield bytes("0".repeat(Math.max(0, 2 * bytes - text.length())) + text);
            }
            case BYTES -> bytes(text);
            case JSON -> json(text);
            case TEXT -> new Value.Text(text);
        };
    }

    private static Value bytes(String hex) {
        return new Value.Bytes(Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex)));
    }

    private static Value floating(double number, String digits) {
        if (number == 0 && 1 / number < 0) {
            return new Value.Text("-0");
        }
        Value.Numeral exact = Value.number(new BigDecimal(digits));
        return holds(exact.number()) ? exact : new Value.Text(exact.number().toString());
    }

    private Value json(String text) {
        Optional<Value> json = JsonText.parse(text);
        if (json.isEmpty()) {
            return new Value.Text(text);
        }
        return jsonMaps && isAttribute(json.get(), 0) ? found(json.get()) : new Value.Document(json.get());
    }

    /** As what a value that is found in an item is compared. */
    Value found(Value value) {
        if (!(value instanceof Value.Text(String text))) {
            return value;
        }
        return switch (kind()) {
            case FLOAT, DOUBLE ->
                number(text).<Value>map(number -> new Value.Text(number)).orElse(value);
            // what is a document, and is a text here because it has to be
            case JSON ->
                JsonText.parse(text)
                        .filter(json -> !jsonMaps || !isAttribute(json, 0))
                        .<Value>map(Value.Document::new)
                        .orElse(value);
            default -> value;
        };
    }

    private static Optional<String> number(String text) {
        try {
            return text.equals("-0") ? Optional.of(text) : Optional.of(Value.digits(new BigDecimal(text)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether DynamoDB has a number as it is. */
    static boolean holds(BigDecimal number) {
        BigDecimal exact = Value.number(number).number();
        int exponent = exact.precision() - exact.scale() - 1;
        return exact.signum() == 0
                || exact.precision() <= MOST_DIGITS && exponent <= GREATEST_EXPONENT && exponent >= LEAST_EXPONENT;
    }

    /** Whether DynamoDB has a document as maps and lists. */
    private static boolean isAttribute(Value json, int depth) {
        if (depth > DEEPEST) {
            return false;
        }
        return switch (json) {
            case Value.Numeral(BigDecimal number) -> holds(number);
            case Value.Elements(List<Value> elements) ->
                elements.stream().allMatch(element -> isAttribute(element, depth + 1));
            case Value.Entries(Map<String, Value> entries) ->
                !entries.containsKey("") && entries.values().stream().allMatch(entry -> isAttribute(entry, depth + 1));
            case Value.Odd odd -> false;
            default -> true;
        };
    }

    /** The type of a key's attribute: {@code S}, {@code N} or {@code B}. */
    String keyType() {
        return switch (kind()) {
            case NUMBER -> isWide() ? "S" : "N";
            case BITS, BYTES -> "B";
            default -> "S";
        };
    }

    private boolean isWide() {
        Matcher width = WIDTH.matcher(column.declared());
        return column.type().equals("decimal") && width.find() && Integer.parseInt(width.group(1)) > MOST_DIGITS;
    }

    /** What a value is in a key, of the text that is selected. */
    Value keyValue(String text) {
        return kind() == Kind.NUMBER && isWide() ? new Value.Text(keyText(text)) : value(text);
    }

    /** A key's value as a text among others. */
    String keyText(String text) {
        return switch (value(text)) {
            case Value.Bytes(String base64) -> base64;
            case Value.Numeral(BigDecimal number) -> number.toPlainString();
            default ->
                kind() == Kind.NUMBER
                        ? Value.number(new BigDecimal(text)).number().toPlainString()
                        : text;
        };
    }

    /** A literal that finds rows by a key's value; empty if there can be none. It is put into a statement. */
    Optional<String> literal(Value value) {
        return switch (value) {
            case Value.Numeral(BigDecimal number) -> kind() == Kind.NUMBER ? digits(number) : Optional.empty();
            case Value.Bytes(String base64) -> bytesLiteral(base64);
            case Value.Text(String text) -> textLiteral(text);
            default -> Optional.empty();
        };
    }

    private static Optional<String> digits(BigDecimal number) {
        return number.precision() - Math.min(0, number.scale()) <= 65 && number.scale() <= 30
                ? Optional.of(number.toPlainString())
                : Optional.empty();
    }

    private Optional<String> bytesLiteral(String base64) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        return kind() == Kind.BITS
                ? Optional.of(new BigInteger(1, bytes).toString())
                : Optional.of("X'" + HexFormat.of().formatHex(bytes) + "'");
    }

    private Optional<String> textLiteral(String text) {
        return switch (kind()) {
            case NUMBER -> {
                try {
                    yield digits(new BigDecimal(text));
                } catch (NumberFormatException e) {
                    yield Optional.empty();
                }
            }
            case BITS, BYTES -> bytesLiteral(text);
            default -> Optional.of(unicodeLiteral(text));
        };
    }

    private String unicodeLiteral(String text) {
        String literal =
                "_utf8mb4 X'" + HexFormat.of().formatHex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)) + "'";
        if (!ValueSql.isText(column) || column.charset() == null || column.collation() == null) {
            return "CONVERT(" + literal + " USING utf8mb4)";
        }
        // as the column has it, so that its index is of use, and what it can't have is no error
        return "CONVERT(" + literal + " USING " + column.charset().toLowerCase(Locale.ROOT) + ") COLLATE "
                + column.collation().toLowerCase(Locale.ROOT);
    }
}
