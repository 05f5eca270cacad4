package dev.tributary.sink.mysql;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Cuts SQL into words: quoted text and names stay whole, whatever is in them. */
final class Words {
    private static final Pattern WORD = Pattern.compile(
            "'[^'\\\\]*+(?:(?:''|\\\\.)[^'\\\\]*+)*+'|\"[^\"\\\\]*+(?:(?:\"\"|\\\\.)[^\"\\\\]*+)*+\"|`[^`]*+(?:``[^`]*+)*+`"
                    + "|\\s*+[\\w$]++|\\s++|.",
            Pattern.DOTALL);

    private final String sql;
    private final Matcher matcher;
    private int end;

    Words(String sql) {
        this.sql = sql;
        this.matcher = WORD.matcher(sql);
    }

    /** The next word, with the blanks before it if it is a plain one; null at the end. */
    @Nullable
    String next() {
        if (!matcher.find()) {
            return null;
        }
        end = matcher.end();
        return matcher.group();
    }

    /** What was not yet cut. */
    String rest() {
        return sql.substring(end);
    }
}
