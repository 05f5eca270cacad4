package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.Identifiers.quoted;

import dev.tributary.record.Column;
import dev.tributary.record.Row;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How values of one column of the rows become parameters of statements about one column of the target.
 *
 * @param from the column of the rows
 * @param index its place in them
 * @param into the column of the target
 * @param match how that is compared
 * @param raw whether a text goes as its own bytes, since the target's column has the same charset: there is more than one
 *     way to write some characters, and some have no place in Unicode
 */
record Binding(Column from, int index, TargetColumn into, Match match, boolean raw) {
    /** Between members there is a comma; a quote in one is doubled. */
    private static final Pattern EMPTY_MEMBER = Pattern.compile("^enum\\((?:'(?:[^']++|'')++',)*+''[,)]");

    static Binding of(Column from, int index, TargetColumn into) {
        Match match = Match.of(into);
        boolean raw = match == Match.TEXT
                && into.takesBytes()
                && !into.encoding().isEmpty()
                && into.encoding().equals(from.encoding());
        return new Binding(from, index, into, match, raw);
    }

    String name() {
        return into.name();
    }

    /** The value as it is written. */
    @Nullable
    Object value(Row row) {
        if (raw) {
            return Values.bytes(row, index);
        }
        boolean number = match == Match.FLOAT && from.type().startsWith("float");
        return number ? match.parameter(from, row, index) : Values.of(from, row, index);
    }

    /**
     * What stands for a value that the column is compared with, in the order of its collation. In the column's charset: among
     * the values of a row MySQL converts none.
     */
    String placeholder() {
        boolean converted =
                raw || !(into.encoding().isEmpty() || into.encoding().equals("utf8mb4"));
        return converted
                ? "CONVERT(? USING " + into.encoding() + ") COLLATE " + into.collation()
                : Match.placeholder(into);
    }

    /** The parameter for {@link #placeholder}. */
    @Nullable
    Object comparable(Row row) {
        return raw ? Values.bytes(row, index) : match.parameter(from, row, index);
    }

    /** That a text is the same byte by byte, where in most collations those are equal that are not. */
    String sameBytes() {
        String column = quoted(name());
        return "CAST(" + (raw ? column : "CONVERT(" + column + " USING utf8mb4)") + " AS BINARY) <=> ?";
    }

    /** The parameter for {@link #sameBytes}. */
    @Nullable
    Object bytes(Row row) {
        return raw ? Values.bytes(row, index) : Values.utf8(Values.of(from, row, index));
    }

    /** Whether it is an ENUM none of whose members is the empty text. */
    boolean isChoice() {
        return into.dataType().equals("enum")
                && !EMPTY_MEMBER.matcher(into.columnType()).find();
    }

    /** Whether the value of such a column is none of its members. */
    boolean choosesNothing(Row row) {
        return !row.isNull(index) && row.length(index) == 0;
    }
}
