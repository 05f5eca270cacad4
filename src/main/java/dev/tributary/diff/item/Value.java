package dev.tributary.diff.item;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an attribute holds, with its type. Two are equal exactly where the values are: numbers by what they are and not by their
 * digits, sets and maps in any order. Immutable.
 */
public sealed interface Value {
    /** A text. */
    record Text(String text) implements Value {}

    /** A number; use {@link Value#number}, of equal ones the digits are the same. */
    record Numeral(BigDecimal number) implements Value {}

    /** Bytes, in base64. */
    record Bytes(String base64) implements Value {}

    /** A truth. */
    record Bool(boolean value) implements Value {}

    /** A NULL that is there. */
    record Null() implements Value {}

    /**
     * A set.
     *
     * @param kind what its members are: {@code S}, {@code N} or {@code B}
     * @param members as texts, numbers by {@link Value#digits}
     */
    record Members(char kind, SortedSet<String> members) implements Value {
        public Members {
            members = new TreeSet<>(members);
        }
    }

    /** A list. */
    record Elements(List<Value> elements) implements Value {
        public Elements {
            elements = List.copyOf(elements);
        }
    }

    /** A map. */
    record Entries(SortedMap<String, Value> entries) implements Value {
        public Entries {
            entries = new TreeMap<>(entries);
        }
    }

    /** A text that is a JSON document, in which spaces and the order of members say nothing. */
    record Document(Value json) implements Value {}

    /**
     * What a value is written as in JSON without types: it may be what several values are written as.
     *
     * @param whole whether any value may be written so, or only lists, maps and sets
     */
    record Plain(Value json, boolean whole) implements Value {}

    /** What no attribute can be, in words: equal to no value of an attribute. */
    record Odd(String what) implements Value {}

    /** The number, by its one text. */
    static Numeral number(BigDecimal number) {
        return new Numeral(number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros());
    }

    /** A number's one text. */
    static String digits(BigDecimal number) {
        return number(number).number().toString();
    }

    /** Whether a plain document would be one: it has an order or names. */
    default boolean isDocument() {
        return this instanceof Elements || this instanceof Entries || this instanceof Members;
    }

    /** Appends a text that no other value has, and that is none's beginning. */
    default void write(StringBuilder out) {
        switch (this) {
            case Text(String text) -> sized(out.append('S'), text);
            case Numeral(BigDecimal number) -> out.append('N').append(number).append(';');
            case Bytes(String base64) -> sized(out.append('B'), base64);
            case Bool(boolean value) -> out.append(value ? 'T' : 'F');
            case Null() -> out.append('0');
            case Members(char kind, SortedSet<String> members) -> {
                out.append('{').append(kind);
                members.forEach(member -> sized(out, member));
                out.append('}');
            }
            case Elements(List<Value> elements) -> {
                out.append('[');
                elements.forEach(element -> element.write(out));
                out.append(']');
            }
            case Entries(SortedMap<String, Value> entries) -> {
                out.append('(');
                entries.forEach((name, value) -> value.write(sized(out, name)));
                out.append(')');
            }
            case Document(Value json) -> json.write(out.append('J'));
            case Plain(Value json, boolean whole) -> json.write(out.append('P'));
            case Odd(String what) -> sized(out.append('?'), what);
        }
    }

    private static StringBuilder sized(StringBuilder out, String text) {
        return out.append(text.length()).append(':').append(text);
    }

    /** The beginning of it as people read it. */
    default String shown() {
        return switch (this) {
            case Text(String text) -> "'" + text + "'";
            case Numeral(BigDecimal number) ->
                Math.abs(number.scale()) < 40 ? number.toPlainString() : number.toString();
            case Bytes(String base64) -> "base64 " + base64;
            default -> toString();
        };
    }

    /** A set of numbers. */
    static Members numbers(Collection<BigDecimal> numbers) {
        SortedSet<String> members = new TreeSet<>();
        numbers.forEach(number -> members.add(digits(number)));
        return new Members('N', members);
    }
}
