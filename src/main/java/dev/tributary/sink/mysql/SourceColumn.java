package dev.tributary.sink.mysql;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A column as the source's {@code CREATE TABLE} defines it.
 *
 * @param type its type as far as values go
 * @param nullable whether it takes NULL
 * @param written whether rows of the source have a value for it: not what is generated or not seen by {@code SELECT *}
 */
record SourceColumn(String name, ColumnType type, boolean nullable, boolean written) {
    /** What it repeats is never given back: a thousand members of an ENUM would else be as many calls on the stack. */
    private static final Pattern COLUMN = Pattern.compile(
            "^`((?:[^`]|``)+)`\\s+(\\w+(?:\\s*\\((?:'(?:[^'\\\\]++|''|\\\\.)*+'|[^()']++)*+\\))?)", Pattern.DOTALL);

    private static final Pattern NUMBER = Pattern.compile("(?i)\\b(unsigned|zerofill)\\b");
    private static final Pattern CHARSET = Pattern.compile("(?i)\\b(?:CHARACTER\\s+SET|CHARSET)\\s+(\\w+)");
    private static final Pattern COLLATION = Pattern.compile("(?i)\\bCOLLATE\\s+(\\w+)");
    private static final Pattern NOT_NULL = Pattern.compile("(?i)\\bNOT\\s+NULL\\b");
    private static final Pattern NOT_IN_ROWS = Pattern.compile("(?i)\\b(GENERATED\\s+ALWAYS|INVISIBLE)\\b");
    /** What charsets are sorted by where nothing is said; others by {@code …_general_ci}. */
    private static final Map<String, String> COLLATIONS = Map.of(
            "utf8mb4", "utf8mb4_0900_ai_ci",
            "latin1", "latin1_swedish_ci",
            "gb18030", "gb18030_chinese_ci",
            "gbk", "gbk_chinese_ci",
            "gb2312", "gb2312_chinese_ci",
            "big5", "big5_chinese_ci",
            "sjis", "sjis_japanese_ci",
            "ujis", "ujis_japanese_ci",
            "cp932", "cp932_japanese_ci",
            "euckr", "euckr_korean_ci");

    /**
     * Null where the line defines no column.
     *
     * @param charset the table's
     * @param collation the table's; null where it is the charset's own
     */
    static @Nullable SourceColumn read(String line, @Nullable String charset, @Nullable String collation) {
        Matcher column = COLUMN.matcher(line);
        if (!column.find()) {
            return null;
        }
        String said = outsideBrackets(line.substring(column.end()));
        String type = column.group(2);
        for (Matcher number = NUMBER.matcher(said); number.find(); ) {
            type += " " + number.group(1);
        }
        String ownCharset = first(CHARSET, said);
        String ownCollation = first(COLLATION, said);
        String itsCharset = ownCharset != null
                ? ownCharset
                : ownCollation != null ? ownCollation.substring(0, (ownCollation + "_").indexOf('_')) : charset;
        String itsCollation = ownCollation != null
                ? ownCollation
                : ownCharset == null && collation != null
                        ? collation
                        : itsCharset == null ? null : COLLATIONS.getOrDefault(itsCharset, itsCharset + "_general_ci");
        return new SourceColumn(
                column.group(1).replace("``", "`"),
                ColumnType.of(type, itsCharset, itsCollation),
                !NOT_NULL.matcher(said).find(),
                !NOT_IN_ROWS.matcher(said).find());
    }

    private static @Nullable String first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1).toLowerCase(Locale.ROOT) : null;
    }

    /** What is neither quoted nor in brackets: a comment or a default may say anything. */
    private static String outsideBrackets(String text) {
        StringBuilder outside = new StringBuilder();
        Words words = new Words(text);
        int depth = 0;
        for (String word = words.next(); word != null; word = words.next()) {
            depth += word.equals("(") ? 1 : word.equals(")") ? -1 : 0;
            if (depth == 0 && !word.startsWith("'")) {
                outside.append(word);
            }
        }
        return outside.toString();
    }
}
