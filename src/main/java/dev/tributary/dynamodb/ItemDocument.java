package dev.tributary.dynamodb;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Values as JSON. Typed as the service itself writes them, {@code {"N":"1.50"}}, which says all there is to say; or plain, where
 * sets are arrays, bytes are base64, and a number is a text unless it is an integer of 64 bits: others MySQL would keep as doubles.
 */
public final class ItemDocument {
    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MOST = BigInteger.ONE.shiftLeft(Long.SIZE).subtract(BigInteger.ONE);
    private static final int MOST_DIGITS = 20;

    private final boolean plain;
    private final StringBuilder json = new StringBuilder();

    private ItemDocument(boolean plain) {
        this.plain = plain;
    }

    /** One value. */
    public static String of(AttributeValue value, boolean plain) {
        ItemDocument document = new ItemDocument(plain);
        document.write(value);
        return document.json.toString();
    }

    /** Names and values as one object. */
    public static String of(Map<String, AttributeValue> values, boolean plain) {
        ItemDocument document = new ItemDocument(plain);
        document.map(values);
        return document.json.toString();
    }

    private void write(AttributeValue value) {
        if (plain) {
            bare(value);
            return;
        }
        json.append("{\"")
                .append(value.type().name().equals("NUL") ? "NULL" : value.type())
                .append("\":");
        switch (value.type()) {
            case N -> text(ItemNumber.text(value.n()));
            case NS -> texts(value.ns().stream().map(ItemNumber::text).toList());
            default -> bare(value);
        }
        json.append('}');
    }

    private void bare(AttributeValue value) {
        switch (value.type()) {
            case S -> text(value.s());
            case N -> number(value.n());
            case B -> bytes(value.b());
            case BOOL -> json.append(value.bool());
            case NUL -> json.append(plain ? "null" : "true");
            case M -> map(value.m());
            case L -> list(value.l());
            case SS -> texts(value.ss());
            case NS -> numbers(value.ns());
            case BS -> {
                String separator = "[";
                for (SdkBytes bytes : value.bs()) {
                    json.append(separator);
                    bytes(bytes);
                    separator = ",";
                }
                json.append(']');
            }
            case UNKNOWN_TO_SDK_VERSION ->
                throw new IllegalArgumentException("a value of a type that this version does not know");
        }
    }

    private void map(Map<String, AttributeValue> values) {
        members('{', values.entrySet(), '}', entry -> {
            text(entry.getKey());
            json.append(':');
            write(entry.getValue());
        });
    }

    private void list(List<AttributeValue> values) {
        members('[', values, ']', this::write);
    }

    private void texts(List<String> values) {
        members('[', values, ']', this::text);
    }

    private void numbers(List<String> values) {
        members('[', values, ']', this::number);
    }

    private <T> void members(char open, Collection<T> values, char close, Consumer<T> write) {
        json.append(open);
        String separator = "";
        for (T value : values) {
            json.append(separator);
            write.accept(value);
            separator = ",";
        }
        json.append(close);
    }

    private void number(String text) {
        BigDecimal number = ItemNumber.canonical(text);
        boolean integer = number.scale() <= 0 && number.precision() - number.scale() <= MOST_DIGITS;
        if (integer) {
            BigInteger whole = number.toBigIntegerExact();
            integer = whole.compareTo(LEAST) >= 0 && whole.compareTo(MOST) <= 0;
        }
        if (integer) {
            json.append(number.toPlainString());
        } else {
            text(ItemNumber.text(text));
        }
    }

    private void bytes(SdkBytes bytes) {
        text(Base64.getEncoder().encodeToString(bytes.asByteArrayUnsafe()));
    }

    private void text(String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                default -> {
                    if (c < ' ') {
                        json.append(String.format("\\u%04x", (int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }

    /** A key as {@link #of} has written it, typed. */
    public static Map<String, AttributeValue> key(JsonObject json) {
        Map<String, AttributeValue> key = new LinkedHashMap<>();
        for (String name : json.fieldNames()) {
            JsonObject value = json.getJsonObject(name);
            String type = value.fieldNames().iterator().next();
            String text = value.getString(type);
            key.put(
                    name,
                    switch (type) {
                        case "S" -> AttributeValue.fromS(text);
                        case "N" -> AttributeValue.fromN(text);
                        case "B" ->
                            AttributeValue.fromB(
                                    SdkBytes.fromByteArray(Base64.getDecoder().decode(text)));
                        default -> throw new IllegalArgumentException("a key is no " + type);
                    });
        }
        return key;
    }

    /** An item as {@link #of(Map, boolean)} has written it, typed. */
    public static Map<String, AttributeValue> item(JsonObject json) {
        Map<String, AttributeValue> item = new LinkedHashMap<>();
        for (Map.Entry<String, Object> entry : json) {
            item.put(entry.getKey(), value((JsonObject) entry.getValue()));
        }
        return item;
    }

    private static AttributeValue value(JsonObject json) {
        String type = json.fieldNames().iterator().next();
        return switch (type) {
            case "S" -> AttributeValue.fromS(json.getString(type));
            case "N" -> AttributeValue.fromN(json.getString(type));
            case "B" -> AttributeValue.fromB(bytes(json.getString(type)));
            case "BOOL" -> AttributeValue.fromBool(json.getBoolean(type));
            case "NULL" -> AttributeValue.fromNul(true);
            case "SS" -> AttributeValue.fromSs(texts(json.getJsonArray(type)));
            case "NS" -> AttributeValue.fromNs(texts(json.getJsonArray(type)));
            case "BS" ->
                AttributeValue.fromBs(texts(json.getJsonArray(type)).stream()
                        .map(ItemDocument::bytes)
                        .toList());
            case "L" ->
                AttributeValue.fromL(json.getJsonArray(type).stream()
                        .map(value -> value((JsonObject) value))
                        .toList());
            case "M" -> AttributeValue.fromM(item(json.getJsonObject(type)));
            default -> throw new IllegalArgumentException("a value of type '" + type + "', which is not known");
        };
    }

    private static SdkBytes bytes(String base64) {
        return SdkBytes.fromByteArrayUnsafe(Base64.getDecoder().decode(base64));
    }

    private static List<String> texts(JsonArray values) {
        return values.stream().map(String.class::cast).toList();
    }
}
