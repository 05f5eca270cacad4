package dev.tributary.diff.item;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * JSON without the types of its values: bytes are base64, sets are arrays, and numbers that are no 64-bit integers are texts. Several
 * values may be written alike, and one set in several orders: so a document is not compared with another one, but with the value.
 */
public final class PlainDocument {
    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MOST = BigInteger.ONE.shiftLeft(Long.SIZE).subtract(BigInteger.ONE);
    private static final int MOST_DIGITS = 20;
    private static final int PLAIN_DIGITS = 38;

    private PlainDocument() {}

    /** Whether a document is one that a value is written as. */
    public static boolean isOf(Value json, Value value) {
        return switch (value) {
            case Value.Numeral(BigDecimal number) ->
                isInteger(number) ? json.equals(value) : value.equals(numberIn(json));
            case Value.Bytes(String base64) -> json.equals(new Value.Text(base64));
            case Value.Members(char kind, SortedSet<String> members) ->
                json instanceof Value.Elements(List<Value> elements) && isSet(elements, kind, members);
            case Value.Elements(List<Value> wanted) ->
                json instanceof Value.Elements(List<Value> found) && areOf(found, wanted);
            case Value.Entries(SortedMap<String, Value> wanted) ->
                json instanceof Value.Entries(SortedMap<String, Value> found)
                        && found.keySet().equals(wanted.keySet())
                        && areOf(List.copyOf(found.values()), List.copyOf(wanted.values()));
            default -> json.equals(value);
        };
    }

    private static boolean areOf(List<Value> found, List<Value> wanted) {
        if (found.size() != wanted.size()) {
            return false;
        }
        for (int i = 0; i < found.size(); i++) {
            if (!isOf(found.get(i), wanted.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSet(List<Value> elements, char kind, SortedSet<String> members) {
        SortedSet<String> found = new TreeSet<>();
        for (Value element : elements) {
            switch (element) {
                case Value.Numeral(BigDecimal number)
                when kind == 'N' && isInteger(number) -> found.add(Value.digits(number));
                case Value.Text(String text) when kind != 'N' -> found.add(text);
                case Value.Text text
                when kind == 'N' ->
                    found.add(
                            numberIn(text) instanceof Value.Numeral(BigDecimal number) && !isInteger(number)
                                    ? Value.digits(number)
                                    : "no number");
                default -> {
                    return false;
                }
            }
        }
        return found.size() == elements.size() && found.equals(members);
    }

    private static Value numberIn(Value json) {
        try {
            return json instanceof Value.Text(String text) ? Value.number(new BigDecimal(text)) : new Value.Null();
        } catch (NumberFormatException e) {
            return new Value.Null();
        }
    }

    /** What a value is most likely written as: sets in order. A document that is not this one may still be one of it. */
    public static Value likely(Value value) {
        return switch (value) {
            case Value.Numeral(BigDecimal number) -> isInteger(number) ? value : new Value.Text(text(number));
            case Value.Bytes(String base64) -> new Value.Text(base64);
            case Value.Members(char kind, SortedSet<String> members) -> new Value.Elements(likely(kind, members));
            case Value.Elements(List<Value> elements) ->
                new Value.Elements(elements.stream().map(PlainDocument::likely).toList());
            case Value.Entries(SortedMap<String, Value> entries) -> {
                SortedMap<String, Value> likely = new TreeMap<>();
                entries.forEach((name, entry) -> likely.put(name, likely(entry)));
                yield new Value.Entries(likely);
            }
            default -> value;
        };
    }

    private static List<Value> likely(char kind, SortedSet<String> members) {
        List<Value> elements = new ArrayList<>();
        if (kind == 'N') {
            members.stream()
                    .map(BigDecimal::new)
                    .sorted(Comparator.naturalOrder())
                    .forEach(number -> elements.add(likely(Value.number(number))));
        } else {
            members.forEach(member -> elements.add(new Value.Text(member)));
        }
        return elements;
    }

    private static String text(BigDecimal number) {
        return Math.abs(number.scale()) <= PLAIN_DIGITS ? number.toPlainString() : number.toString();
    }

    private static boolean isInteger(BigDecimal number) {
        if (number.scale() > 0 || number.precision() - number.scale() > MOST_DIGITS) {
            return false;
        }
        BigInteger whole = number.toBigIntegerExact();
        return whole.compareTo(LEAST) >= 0 && whole.compareTo(MOST) <= 0;
    }
}
