package dev.tributary.sink.dynamodb;

import dev.tributary.dynamodb.ItemNumber;
import dev.tributary.record.Column;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Row;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What a column's values become. A number is an N; one that no N holds (more than 38 digits, beyond 1E-130 to 9.9E+125, a zero below
 * zero) is an S with its text: nothing is rounded.
 */
enum ColumnValue {
    NUMBER {
        @Override
        AttributeValue of(String table, Column column, Row row, int index) {
            return number(column.type(), utf8(row, index));
        }
    },
    /** By its 24 bits: copy and changes show different digits of one value. */
    FLOAT {
        @Override
        AttributeValue of(String table, Column column, Row row, int index) {
            float value = Float.parseFloat(utf8(row, index));
            return floating(value == 0 && 1 / value < 0, new BigDecimal(Float.toString(value)));
        }
    },
    DOUBLE {
        @Override
        AttributeValue of(String table, Column column, Row row, int index) {
            double value = Double.parseDouble(utf8(row, index));
            return floating(value == 0 && 1 / value < 0, new BigDecimal(Double.toString(value)));
        }
    },
    BYTES {
        @Override
        AttributeValue of(String table, Column column, Row row, int index) {
            byte[] value = row.value(index);
            return AttributeValue.fromB(SdkBytes.fromByteArrayUnsafe(value == null ? new byte[0] : value));
        }
    },
    TEXT {
        @Override
        AttributeValue of(String table, Column column, Row row, int index) {
            return AttributeValue.fromS(text(table, column, row, index));
        }
    },
    /** Maps, lists, and what is in them. */
    DOCUMENT {
        @Override
        AttributeValue of(String table, Column column, Row row, int index) {
            return JsonValue.of(utf8(row, index));
        }
    };

    private static final Charset UTF32 = Charset.forName("UTF-32BE");
    /** A mark at the beginning, which Java's decoder takes away. */
    private static final byte[] UTF32_MARK = {0, 0, (byte) 0xFE, (byte) 0xFF};

    private static final Pattern SCALED = Pattern.compile("[a-z]+\\(\\d+, ?(\\d+)\\).*");

    /** A value that is not NULL. */
    abstract AttributeValue of(String table, Column column, Row row, int index);

    /** @param jsonMaps whether JSON is more than a text */
    static ColumnValue of(Column column, boolean jsonMaps) {
        if (column.isBinary()) {
            return BYTES;
        }
        return switch (base(column.type())) {
            case "tinyint", "smallint", "mediumint", "int", "integer", "bigint", "decimal", "numeric", "year" -> NUMBER;
            case "float" -> FLOAT;
            case "double", "real" -> DOUBLE;
            case "json" -> jsonMaps ? DOCUMENT : TEXT;
            default -> TEXT;
        };
    }

    /** The type's name, without what follows it. */
    static String base(String type) {
        return type.toLowerCase(Locale.ROOT).replaceFirst("[( ].*", "");
    }

    static AttributeValue number(String type, String text) {
        BigDecimal value = ItemNumber.canonical(text);
        return ItemNumber.holds(value)
                ? AttributeValue.fromN(ItemNumber.text(value))
                : AttributeValue.fromS(shown(type, value));
    }

    /** With the digits that SELECT shows: copy and changes need not show the same. */
    private static String shown(String type, BigDecimal value) {
        Matcher scaled = SCALED.matcher(type);
        int scale = scaled.matches() ? Integer.parseInt(scaled.group(1)) : 0;
        return value.setScale(Math.max(scale, value.scale())).toPlainString();
    }

    /** The one text of a number in a key, however many zeros a source shows. */
    static String keyNumber(Row row, int index) {
        return ItemNumber.canonical(utf8(row, index)).toPlainString();
    }

    private static AttributeValue floating(boolean negativeZero, BigDecimal exact) {
        if (negativeZero) {
            return AttributeValue.fromS("-0");
        }
        BigDecimal value = ItemNumber.canonical(exact);
        return ItemNumber.holds(value)
                ? AttributeValue.fromN(ItemNumber.text(value))
                : AttributeValue.fromS(value.toString());
    }

    private static String utf8(Row row, int index) {
        return new String(row.bytes(), row.start(index), row.length(index), StandardCharsets.UTF_8);
    }

    static String text(String table, Column column, Row row, int index) {
        Charset charset = column.charset();
        if (charset == null) {
            throw unreadable(table, column, "its charset " + column.encoding() + " is not known here");
        }
        return decoded(table, column, charset, row, index);
    }

    /** Bytes that are text in a charset all the same. */
    static String decoded(String table, Column column, Charset charset, Row row, int index) {
        try {
            // reports what is wrong, where a String's constructor would put a question mark
            ByteBuffer bytes = ByteBuffer.wrap(row.bytes(), row.start(index), row.length(index));
            return charset.newDecoder()
                    .decode(charset.equals(UTF32) ? marked(bytes) : bytes)
                    .toString();
        } catch (CharacterCodingException e) {
            throw unreadable(table, column, "a value is none of its charset " + charset.name());
        }
    }

    private static ByteBuffer marked(ByteBuffer bytes) {
        return ByteBuffer.allocate(UTF32_MARK.length + bytes.remaining())
                .put(UTF32_MARK)
                .put(bytes)
                .flip();
    }

    private static PipelineException unreadable(String table, Column column, String why) {
        return new PipelineException(
                Kind.FATAL,
                "table " + table + ": column " + column.name() + ": " + why
                        + ", and DynamoDB has texts in Unicode alone; leave the table out (TRIBUTARY_SOURCE, parameter"
                        + " 'exclude')");
    }
}
