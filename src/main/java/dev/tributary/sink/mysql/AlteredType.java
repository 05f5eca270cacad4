package dev.tributary.sink.mysql;

import dev.tributary.record.SqlWords;
import dev.tributary.record.SqlWords.Word;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A column's type, apart: which types hold every value of which others, and turn none into another one.
 *
 * @param base its name alone
 * @param arguments what is in its brackets
 */
record AlteredType(String base, List<String> arguments, boolean unsigned, boolean zerofill) {
    private static final Map<String, Integer> INTEGERS =
            Map.of("tinyint", 1, "smallint", 2, "mediumint", 3, "int", 4, "bigint", 5);
    private static final Map<String, Integer> TEXTS = Map.of("tinytext", 1, "text", 2, "mediumtext", 3, "longtext", 4);
    private static final Map<String, Integer> BLOBS = Map.of("tinyblob", 1, "blob", 2, "mediumblob", 3, "longblob", 4);
    private static final Map<String, String> OTHER_NAMES = Map.of(
            "integer",
            "int",
            "bool",
            "tinyint",
            "boolean",
            "tinyint",
            "dec",
            "decimal",
            "numeric",
            "decimal",
            "real",
            "double",
            "geomcollection",
            "geometrycollection");
    /** Characters that fit a TEXT, whatever the charset. */
    private static final long IN_TEXT = 16_383;

    /** @param type as {@code information_schema} shows it */
    static AlteredType of(String type) {
        List<Word> words = SqlWords.of(type);
        String name = words.isEmpty() ? "" : words.getFirst().text().toLowerCase(Locale.ROOT);
        String base = OTHER_NAMES.getOrDefault(name, name);
        boolean zerofill = words.stream().anyMatch(word -> word.is("zerofill"));
        List<String> arguments = List.of();
        if (words.size() > 1 && words.get(1).is("(")) {
            arguments = SqlWords.list(words.subList(2, SqlWords.closing(words, 1))).stream()
                    .map(item -> item.getFirst().text())
                    .toList();
        }
        // an integer's brackets say how it is shown, which matters with ZEROFILL alone
        boolean shownOnly = (INTEGERS.containsKey(base) && !zerofill) || base.equals("year");
        boolean unsigned = zerofill || words.stream().anyMatch(word -> word.is("unsigned"));
        return new AlteredType(base, shownOnly ? List.of() : arguments, unsigned, zerofill);
    }

    private long number(int index, long otherwise) {
        return index < arguments.size() ? Long.parseLong(arguments.get(index)) : otherwise;
    }

    /** Whether a column of this type can become one of that, and every value stays what it is. */
    boolean widensTo(AlteredType to) {
        if (equals(to)) {
            return true;
        }
        if (zerofill || to.zerofill) {
            return false;
        }
        if (INTEGERS.containsKey(base) && INTEGERS.containsKey(to.base)) {
            int more = INTEGERS.get(to.base) - INTEGERS.get(base);
            return unsigned == to.unsigned ? more >= 0 : unsigned && more > 0;
        }
        if (TEXTS.containsKey(base) && TEXTS.containsKey(to.base)) {
            return TEXTS.get(to.base) >= TEXTS.get(base);
        }
        if (BLOBS.containsKey(base) && BLOBS.containsKey(to.base)) {
            return BLOBS.get(to.base) >= BLOBS.get(base);
        }
        return switch (base) {
            case "decimal" ->
                to.base.equals(base)
                        && unsigned == to.unsigned
                        && to.number(1, 0) >= number(1, 0)
                        && to.number(0, 10) - to.number(1, 0) >= number(0, 10) - number(1, 0);
            case "char" -> isOneOf(to, "char", "varchar") && to.number(0, 1) >= number(0, 1);
            case "varchar" ->
                isOneOf(to, "varchar")
                        ? to.number(0, 0) >= number(0, 0)
                        : isOneOf(to, "mediumtext", "longtext") || (isOneOf(to, "text") && number(0, 0) <= IN_TEXT);
            case "varbinary" ->
                isOneOf(to, "varbinary")
                        ? to.number(0, 0) >= number(0, 0)
                        : isOneOf(to, "blob", "mediumblob", "longblob");
            case "datetime", "timestamp", "time" -> to.base.equals(base) && to.number(0, 0) >= number(0, 0);
            case "bit" -> to.base.equals(base) && to.number(0, 1) >= number(0, 1);
            case "enum", "set" ->
                to.base.equals(base)
                        && to.arguments.size() >= arguments.size()
                        && to.arguments.subList(0, arguments.size()).equals(arguments);
            default -> false;
        };
    }

    private static boolean isOneOf(AlteredType type, String... bases) {
        return List.of(bases).contains(type.base);
    }

    boolean isDocument() {
        return base.equals("json");
    }

    /** What a column that is added without a default gives to rows that are there, in SQL; empty where DDL can't say it. */
    String implicitDefault() {
        if (INTEGERS.containsKey(base)) {
            return "0";
        }
        if (TEXTS.containsKey(base) || BLOBS.containsKey(base)) {
            return "('')";
        }
        return switch (base) {
            case "decimal", "float", "double", "year" -> "0";
            case "bit" -> "b'0'";
            case "char", "varchar", "binary", "varbinary", "set" -> "''";
            case "enum" -> arguments.getFirst();
            case "date" -> "'0000-00-00'";
            case "datetime", "timestamp" -> "'0000-00-00 00:00:00'";
            case "time" -> "'00:00:00'";
            default -> "";
        };
    }
}
