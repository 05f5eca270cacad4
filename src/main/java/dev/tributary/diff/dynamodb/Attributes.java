package dev.tributary.diff.dynamodb;

import dev.tributary.diff.item.Value;
import java.math.BigDecimal;
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
            AttributeValue value = i < values.size() ? scalar(values.get(i)) : null;
            if (value == null
                    || !value.type().toString().equals(attributes.get(i).type())) {
                return Optional.empty();
            }
            key.put(attributes.get(i).name(), value);
        }
        return Optional.of(key);
    }

    private static @Nullable AttributeValue scalar(Value value) {
        return switch (value) {
            case Value.Text(String text) -> AttributeValue.fromS(text);
            case Value.Numeral(BigDecimal number) -> AttributeValue.fromN(number.toString());
            case Value.Bytes(String base64) ->
                AttributeValue.fromB(
                        SdkBytes.fromByteArrayUnsafe(Base64.getDecoder().decode(base64)));
            default -> null;
        };
    }
}
