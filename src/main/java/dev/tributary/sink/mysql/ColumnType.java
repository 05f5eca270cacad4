package dev.tributary.sink.mysql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A type as it matters for which values it holds: display widths are gone, and what has several names has one.
 *
 * @param base the type's name, such as {@code varchar}
 * @param numbers what is in its brackets, where that is numbers that change which values it holds
 * @param members those of ENUM and SET, as they are written
 * @param charset null where it holds no text, or where that is not known
 * @param collation the same
 */
record ColumnType(
        String base,
        List<Integer> numbers,
        List<String> members,
        boolean unsigned,
        @Nullable String charset,
        @Nullable String collation) {
    private static final Pattern TYPE = Pattern.compile("^(\\w+)\\s*(?:\\((.*)\\))?(.*)$", Pattern.DOTALL);
    private static final Pattern MEMBER = Pattern.compile("'((?:[^'\\\\]++|''|\\\\.)*+)'", Pattern.DOTALL);
    private static final Map<String, String> NAMES = Map.of(
            "integer", "int",
            "bool", "tinyint",
            "boolean", "tinyint",
            "numeric", "decimal",
            "dec", "decimal",
            "real", "double",
            "geomcollection", "geometrycollection");

    ColumnType {
        numbers = List.copyOf(numbers);
        members = List.copyOf(members);
    }

    /** @param declared as {@code SHOW CREATE TABLE} or {@code COLUMN_TYPE} has it */
    static ColumnType of(String declared, @Nullable String charset, @Nullable String collation) {
        Matcher type = TYPE.matcher(declared.strip());
        if (!type.find()) {
            return new ColumnType(declared, List.of(), List.of(), false, charset, collation);
        }
        String name = type.group(1).toLowerCase(Locale.ROOT);
        String base = NAMES.getOrDefault(name, name);
        String inside = type.group(2);
        String rest = type.group(3).toLowerCase(Locale.ROOT);
        boolean enumerated = base.equals("enum") || base.equals("set");
        return new ColumnType(
                base,
                numbers(base, enumerated ? null : inside),
                enumerated && inside != null ? members(inside) : List.of(),
                // a column that is filled with zeros is unsigned, said or not
                rest.contains("unsigned") || rest.contains("zerofill"),
                charset == null ? null : charset.replaceFirst("^utf8$", "utf8mb3"),
                collation == null ? null : collation.replaceFirst("^utf8_", "utf8mb3_"));
    }

    private static List<Integer> numbers(String base, @Nullable String inside) {
        List<Integer> numbers = new ArrayList<>();
        if (inside != null) {
            for (String number : inside.split(",", -1)) {
                numbers.add(Integer.parseInt(number.strip()));
            }
        }
        return switch (base) {
            case "tinyint", "smallint", "mediumint", "int", "bigint", "year" -> List.of();
            case "decimal" ->
                List.of(numbers.isEmpty() ? 10 : numbers.getFirst(), numbers.size() < 2 ? 0 : numbers.get(1));
            case "datetime", "timestamp", "time" -> numbers.isEmpty() ? List.of(0) : numbers;
            case "bit", "char", "binary" -> numbers.isEmpty() ? List.of(1) : numbers;
            default -> numbers;
        };
    }

    private static List<String> members(String inside) {
        List<String> members = new ArrayList<>();
        for (Matcher member = MEMBER.matcher(inside); member.find(); ) {
            members.add(member.group(1).replace("''", "'").replaceAll("\\\\(.)", "$1"));
        }
        return members;
    }

    /** As MySQL writes it, less what does not matter here. */
    @Override
    public String toString() {
        String inside = members.isEmpty()
                ? numbers.stream().map(String::valueOf).collect(Collectors.joining(","))
                : members.stream().map(member -> "'" + member + "'").collect(Collectors.joining(","));
        return base
                + (inside.isEmpty() || inside.equals("0") ? "" : "(" + inside + ")")
                + (unsigned ? " unsigned" : "");
    }

    /** The first of its numbers: a length, a precision. */
    int length() {
        return numbers.isEmpty() ? 0 : numbers.getFirst();
    }
}
