package dev.tributary.sink.dynamodb;

import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.SqlWords;
import dev.tributary.record.SqlWords.Word;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * MySQL's charsets in which different texts stay different in Unicode. In others two do not, such as 81E0 and 8790 of cp932: two rows
 * would be one item.
 */
final class KeyCharsets {
    private static final Set<String> EXACT = Set.of(
            "utf8mb4",
            "utf8mb3",
            "utf8",
            "ascii",
            "ucs2",
            "utf16",
            "utf16le",
            "utf32",
            "latin1",
            "latin2",
            "latin5",
            "latin7",
            "dec8",
            "cp850",
            "cp852",
            "cp866",
            "cp1250",
            "cp1251",
            "cp1256",
            "cp1257",
            "greek",
            "hebrew",
            "koi8r",
            "koi8u",
            "macce",
            "macroman",
            "tis620",
            "binary");

    private KeyCharsets() {}

    /** @param charset MySQL's name of it; empty of what is no text, or not known */
    static boolean areExact(String charset) {
        return charset.isEmpty() || EXACT.contains(charset);
    }

    /** That of a column, as far as the statement tells. */
    static String of(ColumnDefinition column, String createStatement) {
        String named = column.word("character", "set");
        if (named.isEmpty()) {
            named = column.word("charset");
        }
        if (named.isEmpty()) {
            named = column.word("collate").replaceAll("_.*", "");
        }
        return (named.isEmpty() ? ofTable(createStatement) : named).toLowerCase(Locale.ROOT);
    }

    private static String ofTable(String createStatement) {
        List<Word> words = SqlWords.of(createStatement);
        int open = 0;
        while (open < words.size() && !words.get(open).is("(")) {
            open++;
        }
        int from = open < words.size() ? SqlWords.closing(words, open) : words.size();
        for (int i = from; i + 2 < words.size(); i++) {
            if (words.get(i).is("charset") && words.get(i + 1).is("=")) {
                return words.get(i + 2).text();
            }
        }
        return "";
    }
}
