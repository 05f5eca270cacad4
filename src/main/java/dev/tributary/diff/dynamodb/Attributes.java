package dev.tributary.diff.dynamodb;

import dev.tributary.diff.item.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Values as the service's client has them. */
final class Attributes {
    /** What the service takes as a key. */
    private static final int PARTITION_BYTES = 2048;

    private static final int SORT_BYTES = 1024;
    private static final int MOST_DIGITS = 38;
    private static final int LEAST_EXPONENT = -130;
    private static final int MOST_EXPONENT = 125;

    private Attributes() {}

    static SortedMap<String, Value> of(Map<String, AttributeValue> item) {
        SortedMap<String, Value> attributes = new TreeMap<>();
        item.forEach((name, value) -> attributes.put(name, of(value)));
        return attributes;
    }

    static Value of(AttributeValue value) {
        return switch (value.type()) {
            case S -> new Value.Text(value.s());
            case N -> Value.number(new BigDecimal(value.n()));
            case B -> new Value.Bytes(base64(value.b()));
            case BOOL -> new Value.Bool(value.bool());
            case NUL -> new Value.Null();
            case SS -> new Value.Members('S', new TreeSet<>(value.ss()));
            case NS -> Value.numbers(value.ns().stream().map(BigDecimal::new).toList());
            case BS ->
                new Value.Members(
                        'B',
                        new TreeSet<>(
                                value.bs().stream().map(Attributes::base64).toList()));
            case L -> new Value.Elements(value.l().stream().map(Attributes::of).toList());
            case M -> new Value.Entries(of(value.m()));
            case UNKNOWN_TO_SDK_VERSION -> new Value.Odd("a value of a type that is not known");
        };
    }

    private static String base64(SdkBytes bytes) {
        return Base64.getEncoder().encodeToString(bytes.asByteArrayUnsafe());
    }

    /** A key to ask for; empty if no item can have it. */
    static Optional<Map<String, AttributeValue>> key(List<ItemTable.KeyAttribute> attributes, List<Value> values) {
        Map<String, AttributeValue> key = new TreeMap<>();
        for (int i = 0; i < attributes.size(); i++) {
            AttributeValue value =
                    i < values.size() ? scalar(values.get(i), i == 0 ? PARTITION_BYTES : SORT_BYTES) : null;
            if (value == null
                    || !value.type().toString().equals(attributes.get(i).type())) {
                return Optional.empty();
            }
            key.put(attributes.get(i).name(), value);
        }
        return Optional.of(key);
    }

    /** Null for what the service would refuse the whole request for. */
    private static @Nullable AttributeValue scalar(Value value, int mostBytes) {
        return switch (value) {
            case Value.Text(String text) ->
                fits(text.getBytes(StandardCharsets.UTF_8), mostBytes) ? AttributeValue.fromS(text) : null;
            case Value.Numeral(BigDecimal number) -> isNumber(number) ? AttributeValue.fromN(number.toString()) : null;
            case Value.Bytes(String base64) -> {
                byte[] bytes = Base64.getDecoder().decode(base64);
                yield fits(bytes, mostBytes) ? AttributeValue.fromB(SdkBytes.fromByteArrayUnsafe(bytes)) : null;
            }
            default -> null;
        };
    }

    private static boolean fits(byte[] bytes, int most) {
        return bytes.length > 0 && bytes.length <= most;
    }

    private static boolean isNumber(BigDecimal number) {
        int exponent = number.precision() - number.scale() - 1;
        return number.signum() == 0
                || number.precision() <= MOST_DIGITS && exponent >= LEAST_EXPONENT && exponent <= MOST_EXPONENT;
    }
}
