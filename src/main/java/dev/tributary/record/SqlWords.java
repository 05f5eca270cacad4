package dev.tributary.record;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a DDL statement, without blanks and comments. A comment that a server executes ({@code /*!80023 … }) is
 * read as what is in it.
 */
public final class SqlWords {
    private static final Pattern WORD = Pattern.compile(
            "(?<string>'[^'\\\\]*+(?:(?:''|\\\\.)[^'\\\\]*+)*+'|\"[^\"\\\\]*+(?:(?:\"\"|\\\\.)[^\"\\\\]*+)*+\")"
                    + "|(?<name>`[^`]*+(?:``[^`]*+)*+`)|(?<open>/\\*!\\d*)|(?<comment>/\\*.*?\\*/|(?:--\\s|#)[^\\n]*+)"
                    + "|(?<close>\\*/)|(?<plain>[\\w$\\u0080-\\uFFFF]++)|(?<blank>\\s++)|(?<sign>.)",
            Pattern.DOTALL);

    /**
     * @param text the word; a name without its back-ticks
     * @param quoted whether it is a name in back-ticks, or a string with its quotes
     * @param start where it begins in the statement
     * @param end where it ends
     */
    public record Word(String text, boolean quoted, int start, int end) {
        /** Whether it is this word of the grammar. */
        public boolean is(String word) {
            return !quoted && text.equalsIgnoreCase(word);
        }

        /** Whether it is one of these. */
        public boolean isOneOf(String... words) {
            for (String word : words) {
                if (is(word)) {
                    return true;
                }
            }
            return false;
        }
    }

    private SqlWords() {}

    /** All words of a statement, in order. */
    public static List<Word> of(String sql) {
        List<Word> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(sql);
        while (matcher.find()) {
            String text = matcher.group();
            if (matcher.group("name") != null) {
                String name = text.substring(1, text.length() - 1).replace("``", "`");
                words.add(new Word(name, true, matcher.start(), matcher.end()));
            } else if (matcher.group("string") != null) {
                words.add(new Word(text, true, matcher.start(), matcher.end()));
            } else if (matcher.group("plain") != null || matcher.group("sign") != null) {
                words.add(new Word(text, false, matcher.start(), matcher.end()));
            }
        }
        return words;
    }

    /** Cuts words at the commas that are in no brackets. */
    public static List<List<Word>> list(List<Word> words) {
        List<List<Word>> items = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < words.size(); i++) {
            Word word = words.get(i);
            depth += word.is("(") ? 1 : word.is(")") ? -1 : 0;
            if (depth == 0 && word.is(",")) {
                items.add(words.subList(from, i));
                from = i + 1;
            }
        }
        if (from < words.size()) {
            items.add(words.subList(from, words.size()));
        }
        return items;
    }

    /** The bracket that closes the one at this index; the last word if none does. */
    public static int closing(List<Word> words, int open) {
        int depth = 0;
        for (int i = open; i < words.size(); i++) {
            depth += words.get(i).is("(") ? 1 : words.get(i).is(")") ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        return words.size() - 1;
    }

    /** What stands in the statement from the first of these words to the last; empty for none. */
    public static String text(String sql, List<Word> words) {
        if (words.isEmpty()) {
            return "";
        }
        String text = sql.substring(words.getFirst().start(), words.getLast().end());
        // the last word may be one of a comment that is executed
        return text.lastIndexOf("/*!") > text.lastIndexOf("*/") ? text + " */" : text;
    }
}
