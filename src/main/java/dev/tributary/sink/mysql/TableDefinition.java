package dev.tributary.sink.mysql;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.SourceTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A {@code CREATE TABLE} in its parts.
 *
 * @param lines what is between the outer brackets, one column, index or constraint each
 * @param options what follows them
 */
record TableDefinition(List<String> lines, String options) {
    private static final Pattern HEAD = Pattern.compile(
            "^\\s*CREATE\\s+TABLE\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?"
                    + "(?:(?:`(?:[^`]|``)+`|[\\w$]+)\\s*\\.\\s*)?(?:`(?:[^`]|``)+`|[\\w$]+)\\s*\\(",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern CHARSET =
            Pattern.compile("\\b(?:CHARSET|CHARACTER SET)\\s*=?\\s*(\\w+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern COLLATION = Pattern.compile("\\bCOLLATE\\s*=?\\s*(\\w+)", Pattern.CASE_INSENSITIVE);

    TableDefinition {
        lines = List.copyOf(lines);
    }

    static boolean isKnown(SourceTable source) {
        return HEAD.matcher(source.createStatement()).find();
    }

    static TableDefinition read(SourceTable source) {
        String statement = source.createStatement();
        Matcher head = HEAD.matcher(statement);
        if (!head.find()) {
            throw new PipelineException(
                    Kind.FATAL, "table " + source.id() + ": the source's CREATE TABLE is not understood");
        }
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        int depth = 1;
        Words words = new Words(statement.substring(head.end()));
        for (String word = words.next(); word != null; word = words.next()) {
            depth += word.equals("(") ? 1 : word.equals(")") ? -1 : 0;
            if (depth == 0 || (depth == 1 && word.equals(","))) {
                lines.add(line.toString().strip());
                line.setLength(0);
            } else {
                line.append(word);
            }
            if (depth == 0) {
                return new TableDefinition(lines, words.rest());
            }
        }
        throw new PipelineException(Kind.FATAL, "table " + source.id() + ": the source's CREATE TABLE ends too early");
    }

    /** The charset of columns that name none; null if it is not said. */
    @Nullable
    String charset() {
        return first(CHARSET, options);
    }

    /** The collation of columns that name none; null if it is the charset's own. */
    @Nullable
    String collation() {
        return first(COLLATION, options);
    }

    private static @Nullable String first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : null;
    }

    /** Its columns, generated ones and those that are not seen too. */
    List<SourceColumn> columns() {
        return lines.stream()
                .map(line -> SourceColumn.read(line, charset(), collation()))
                .filter(Objects::nonNull)
                .toList();
    }
}
