package dev.tributary.sink.dynamodb;

import dev.tributary.record.SqlWords;
import dev.tributary.record.SqlWords.Word;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A column's type, apart: which types show every value of which others as it was.
 *
 * @param base its name alone
 * @param arguments what is in its brackets, where that matters
 */
record DeclaredType(String base, List<String> arguments, boolean unsigned) {
    private static final Map<String, Integer> INTEGERS =
            Map.of("tinyint", 1, "smallint", 2, "mediumint", 3, "int", 4, "bigint", 5);
    /** By the rank of an integer. */
    private static final int[] DIGITS = {0, 3, 5, 8, 10, 20};
    /** By name, how many bytes they take. */
    private static final Map<String, Long> TEXTS =
            Map.of("tinytext", 255L, "text", 65_535L, "mediumtext", 16_777_215L, "longtext", 4_294_967_295L);

    private static final Map<String, Long> BLOBS =
            Map.of("tinyblob", 255L, "blob", 65_535L, "mediumblob", 16_777_215L, "longblob", 4_294_967_295L);
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
            "character",
            "char",
            "nchar",
            "char",
            "nvarchar",
            "varchar",
            "national",
            "varchar");
    private static final int BYTES_OF_A_CHARACTER = 4;

    /** @param type as {@code information_schema} shows it, or as a statement has it */
    static DeclaredType of(String type) {
        List<Word> words = SqlWords.of(type);
        String name = words.isEmpty() ? "" : words.getFirst().text().toLowerCase(Locale.ROOT);
        String base = OTHER_NAMES.getOrDefault(name, name);
        boolean unsigned = words.stream().anyMatch(word -> word.isOneOf("unsigned", "zerofill"));
        // those of an integer say how it is shown, and a number is a number
        boolean bare = INTEGERS.containsKey(base) || base.equals("year");
        if (bare || words.size() < 2 || !words.get(1).is("(")) {
            return new DeclaredType(base, List.of(), unsigned);
        }
        List<String> arguments = SqlWords.list(words.subList(2, SqlWords.closing(words, 1))).stream()
                .map(item -> item.getFirst().text())
                .toList();
        return new DeclaredType(base, arguments, unsigned);
    }

    private long number(int index, long otherwise) {
        return index < arguments.size() ? Long.parseLong(arguments.get(index)) : otherwise;
    }

    /** Whether each value of this type is the same one, and is shown in the same way, once it is of that. */
    boolean isKeptBy(DeclaredType to) {
        if (equals(to)) {
            return true;
        }
        if (INTEGERS.containsKey(base)) {
            return isIntegerKeptBy(to);
        }
        if (base.equals("char") && to.base.equals("char")) {
            return to.characters() >= characters();
        }
        if (isText()) {
            // a CHAR loses the blanks at the end
            return to.base.equals("varchar")
                    ? to.characters() >= characters()
                    : TEXTS.getOrDefault(to.base, 0L)
                            >= (TEXTS.containsKey(base) ? 1 : BYTES_OF_A_CHARACTER) * characters();
        }
        if (base.equals("varbinary") || BLOBS.containsKey(base)) {
            return (to.base.equals("varbinary") || BLOBS.containsKey(to.base)) && to.bytes() >= bytes();
        }
        return to.base.equals(base)
                && switch (base) {
                    case "decimal" -> isDecimalKeptBy(to);
                    case "enum" -> to.arguments.containsAll(arguments);
                    // its words are shown in the order of the list
                    case "set" ->
                        to.arguments.stream()
                                .filter(arguments::contains)
                                .toList()
                                .equals(arguments);
                    default -> false;
                };
    }

    private boolean isIntegerKeptBy(DeclaredType to) {
        int rank = INTEGERS.getOrDefault(base, 0);
        if (to.base.equals("decimal")) {
            return (unsigned || !to.unsigned) && to.number(0, 10) - to.number(1, 0) >= DIGITS[rank];
        }
        int more = INTEGERS.getOrDefault(to.base, 0) - rank;
        return unsigned == to.unsigned ? more >= 0 : unsigned && more > 0;
    }

    private boolean isDecimalKeptBy(DeclaredType to) {
        return (unsigned || !to.unsigned)
                && to.number(1, 0) >= number(1, 0)
                && to.number(0, 10) - to.number(1, 0) >= number(0, 10) - number(1, 0);
    }

    boolean isText() {
        return base.equals("char") || base.equals("varchar") || TEXTS.containsKey(base);
    }

    private long characters() {
        return TEXTS.getOrDefault(base, number(0, 1));
    }

    private long bytes() {
        return BLOBS.getOrDefault(base, number(0, 1));
    }
}
