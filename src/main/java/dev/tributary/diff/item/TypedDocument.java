package dev.tributary.diff.item;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** Reads JSON that names the type of each value, as DynamoDB itself writes it: {@code {"N": "1.5"}}. */
public final class TypedDocument {
    private TypedDocument() {}

    /** One value; odd where it is none. */
    public static Value value(Value json) {
        try {
            return typed(json);
        } catch (IllegalArgumentException e) {
            return new Value.Odd("no typed document: " + json);
        }
    }

    /** Names and values; a single odd one, without a name, where it is none. */
    public static SortedMap<String, Value> attributes(Value json) {
        SortedMap<String, Value> attributes = new TreeMap<>();
        if (json instanceof Value.Entries(SortedMap<String, Value> entries)) {
            entries.forEach((name, value) -> attributes.put(name, value(value)));
        } else {
            attributes.put("", new Value.Odd("no typed document: " + json));
        }
        return attributes;
    }

    private static Value typed(Value json) {
        if (!(json instanceof Value.Entries(SortedMap<String, Value> entries)) || entries.size() != 1) {
            throw new IllegalArgumentException();
        }
        Value of = Objects.requireNonNull(entries.get(entries.firstKey()));
        return switch (entries.firstKey()) {
            case "S" -> new Value.Text(text(of));
            case "N" -> Value.number(new BigDecimal(text(of)));
            case "B" -> new Value.Bytes(bytes(text(of)));
            case "BOOL" -> of instanceof Value.Bool ? of : refuse();
            case "NULL" -> of.equals(new Value.Bool(true)) ? new Value.Null() : refuse();
            case "SS" -> members('S', of, member -> member);
            case "NS" -> members('N', of, member -> Value.digits(new BigDecimal(member)));
            case "BS" -> members('B', of, TypedDocument::bytes);
            case "L" ->
                new Value.Elements(
                        elements(of).stream().map(TypedDocument::typed).toList());
            case "M" -> {
                if (!(of instanceof Value.Entries(SortedMap<String, Value> members))) {
                    throw new IllegalArgumentException();
                }
                SortedMap<String, Value> values = new TreeMap<>();
                members.forEach((name, value) -> values.put(name, typed(value)));
                yield new Value.Entries(values);
            }
            default -> refuse();
        };
    }

    private static Value refuse() {
        throw new IllegalArgumentException();
    }

    private static String text(Value json) {
        if (json instanceof Value.Text(String text)) {
            return text;
        }
        throw new IllegalArgumentException();
    }

    private static String bytes(String base64) {
        return Base64.getEncoder().encodeToString(Base64.getDecoder().decode(base64));
    }

    private static List<Value> elements(Value json) {
        if (json instanceof Value.Elements(List<Value> elements)) {
            return elements;
        }
        throw new IllegalArgumentException();
    }

    /** Twice the same is no set. */
    private static Value members(char kind, Value json, UnaryOperator<String> form) {
        List<String> members = new ArrayList<>();
        elements(json).forEach(member -> members.add(form.apply(text(member))));
        TreeSet<String> set = new TreeSet<>(members);
        return set.size() == members.size() ? new Value.Members(kind, set) : refuse();
    }
}
