package dev.tributary.sink.mysql;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The same for text: how much of it, in which charset, and in which collation where it is a key. */
final class TextFit {
    /** Charsets that have every character of every other. */
    private static final Set<String> UNICODE = Set.of("utf8mb4", "utf16", "utf16le", "utf32", "gb18030");
    /** Bytes of the widest character, where that is more than one. */
    private static final Map<String, Integer> WIDEST = Map.ofEntries(
            Map.entry("utf8mb4", 4),
            Map.entry("utf8mb3", 3),
            Map.entry("utf16", 4),
            Map.entry("utf16le", 4),
            Map.entry("utf32", 4),
            Map.entry("gb18030", 4),
            Map.entry("ucs2", 2),
            Map.entry("gbk", 2),
            Map.entry("gb2312", 2),
            Map.entry("big5", 2),
            Map.entry("sjis", 2),
            Map.entry("cp932", 2),
            Map.entry("euckr", 2),
            Map.entry("ujis", 3),
            Map.entry("eucjpms", 3));

    private TextFit() {}

    static boolean isText(String base) {
        return base.equals("char")
                || base.equals("varchar")
                || base.equals("enum")
                || base.equals("set")
                || ColumnFit.textBytes(base) > 0;
    }

    static boolean isUnicode(ColumnType type) {
        return type.charset() == null || UNICODE.contains(type.charset());
    }

    static boolean holds(ColumnType source, ColumnType target) {
        if (!isText(target.base()) || !holdsCharacters(source.charset(), target.charset())) {
            return false;
        }
        return switch (target.base()) {
            case "enum" -> source.base().equals("enum") && target.members().containsAll(source.members());
            case "set" -> source.base().equals("set") && inOrder(source.members(), target.members());
            // it takes the blanks at the end away
            case "char" -> !isVaried(source.base()) && target.length() >= characters(source);
            case "varchar" -> target.length() >= characters(source);
            default -> ColumnFit.textBytes(target.base()) >= bytes(source, target);
        };
    }

    private static boolean isVaried(String base) {
        return base.equals("varchar") || ColumnFit.textBytes(base) > 0;
    }

    /** A set is shown in the order of its members. */
    private static boolean inOrder(List<String> source, List<String> target) {
        List<String> shared = target.stream().filter(source::contains).toList();
        return shared.equals(source);
    }

    private static boolean holdsCharacters(@Nullable String source, @Nullable String target) {
        if (source == null || target == null || source.equals(target) || UNICODE.contains(target)) {
            return true;
        }
        return switch (source) {
            case "ascii" -> !target.equals("binary");
            case "latin1", "ucs2" -> target.equals("utf8mb3") || (source.equals("latin1") && target.equals("ucs2"));
            case "utf8mb3" -> target.equals("ucs2");
            default -> target.equals("utf8mb3") && !WIDEST.containsKey(source);
        };
    }

    /** The most characters that a value has. */
    private static long characters(ColumnType type) {
        return switch (type.base()) {
            case "enum" ->
                type.members().stream().mapToInt(TextFit::length).max().orElse(0);
            case "set" ->
                type.members().stream().mapToInt(TextFit::length).sum()
                        + Math.max(0, type.members().size() - 1);
            case "char", "varchar" -> type.length();
            default -> ColumnFit.textBytes(type.base()) / narrowest(type.charset());
        };
    }

    private static int length(String member) {
        return member.codePointCount(0, member.length());
    }

    /** The most bytes that a value of the source has at the target. */
    private static long bytes(ColumnType source, ColumnType target) {
        long bytes = ColumnFit.textBytes(source.base());
        boolean sameBytes = source.charset() == null
                || target.charset() == null
                || source.charset().equals(target.charset())
                || (source.charset().equals("ascii") && narrowest(target.charset()) == 1)
                || (source.charset().equals("utf8mb3") && target.charset().equals("utf8mb4"));
        return bytes > 0 && sameBytes ? bytes : characters(source) * widest(source.charset(), target.charset());
    }

    private static int narrowest(@Nullable String charset) {
        return switch (charset) {
            case "ucs2", "utf16", "utf16le" -> 2;
            case "utf32" -> 4;
            case null, default -> 1;
        };
    }

    private static int widest(@Nullable String source, @Nullable String target) {
        int most = target == null ? 1 : WIDEST.getOrDefault(target, 1);
        // what was one byte is none of the characters that take four
        return source != null && !WIDEST.containsKey(source) && target != null && target.startsWith("utf8mb")
                ? source.equals("ascii") ? 1 : 3
                : most;
    }

    /**
     * Whether no two values that the source's collation tells apart are equal in the target's: of two such keys one would
     * take the other's row.
     *
     * @param mariaDb whether the target is one: its collations of Unicode 9 follow Unicode 14, where more is equal
     */
    static boolean tellsApart(@Nullable String source, @Nullable String target, boolean mariaDb) {
        if (source == null || target == null) {
            return true;
        }
        if (isBinary(target) || isBinary(source)) {
            return isBinary(target) && (noPad(target) || !noPad(source));
        }
        if (source.contains("_0900_")) {
            return !mariaDb && finer(source, target);
        }
        // in Unicode's smaller and its larger charset they order alike
        return source.equals(target)
                || source.replaceFirst("^utf8mb3_", "utf8mb4_").equals(target);
    }

    /** A collation of the same charset in which nothing is equal that this one tells apart. */
    static String exact(@Nullable String collation, boolean mariaDb) {
        if (collation == null) {
            return "binary";
        }
        String charset = collation.substring(0, (collation + "_").indexOf('_'));
        return noPad(collation) ? charset + (mariaDb ? "_nopad_bin" : "_0900_bin") : charset + "_bin";
    }

    private static boolean isBinary(String collation) {
        return collation.equals("binary") || collation.endsWith("_bin");
    }

    private static boolean noPad(String collation) {
        return collation.equals("binary") || collation.contains("_0900_") || collation.contains("_nopad_");
    }

    /** Of one language, those that tell accents or cases apart do so with all that the others tell apart. */
    private static boolean finer(String source, String target) {
        String language = source.substring(0, source.indexOf("_0900_") + 6);
        return target.startsWith(language)
                && (source.equals(target)
                        || target.endsWith("_as_cs")
                        || (source.endsWith("_ai_ci") && target.endsWith("_as_ci")));
    }
}
