package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.Identifiers.quoted;

import dev.tributary.record.Column;
import dev.tributary.record.Row;
import java.util.HexFormat;
import java.util.Set;
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
 * @param form as what a value goes that is written
 */
record Binding(Column from, int index, TargetColumn into, Match match, boolean raw, Form form) {
    /** As what a value goes. */
    enum Form {
        /** As the bytes that came. */
        BYTES,
        /** As a number, if it is none of the greatest. */
        INTEGER,
        /** As what has to be made of it, which may be impossible. */
        MADE
    }

    private static final Pattern INTEGERS = Pattern.compile("(?:tiny|small|medium|big)?int\\b.*");

    /** Types of which a value comes as ASCII; FLOAT is not among them, for its digits alone say less than it is. */
    private static final Pattern ASCII =
            Pattern.compile(INTEGERS.pattern() + "|(?:decimal|double|date|datetime|timestamp|time|year)\\b.*");

    /** What a server reads from ASCII, whatever the session's charset. */
    private static final Set<Match> FROM_ASCII =
            Set.of(Match.SIGNED, Match.UNSIGNED, Match.DECIMAL, Match.DOUBLE, Match.DATE, Match.DATETIME, Match.TIME);

    /** Between members there is a comma; a quote in one is doubled. */
    private static final Pattern EMPTY_MEMBER = Pattern.compile("^enum\\((?:'(?:[^']++|'')++',)*+''[,)]");

    /** Charsets whose texts are the same after a way through Unicode. */
    private static final Set<String> LOSSLESS = Set.of("utf8mb4", "utf8", "latin1");

    static Binding of(Column from, int index, TargetColumn into) {
        Match match = Match.of(into);
        boolean raw = match == Match.TEXT
                && !into.encoding().isEmpty()
                && into.encoding().equals(from.encoding())
                && (into.texts() == Texts.BYTES
                        || (into.texts() == Texts.DIGITS && !LOSSLESS.contains(into.encoding())));
        return new Binding(from, index, into, match, raw, form(from, into, match, raw));
    }

    private static Form form(Column from, TargetColumn into, Match match, boolean raw) {
        if ((match == Match.SIGNED || match == Match.UNSIGNED)
                && INTEGERS.matcher(from.type()).matches()) {
            return Form.INTEGER;
        }
        boolean ascii = FROM_ASCII.contains(match)
                && into.texts() == Texts.BYTES
                && ASCII.matcher(from.type()).matches();
        boolean bytes = ascii || (from.isBinary() && match != Match.BIT) || (raw && into.texts() == Texts.BYTES);
        return bytes ? Form.BYTES : Form.MADE;
    }

    String name() {
        return into.name();
    }

    private boolean digits() {
        return raw && into.texts() == Texts.DIGITS;
    }

    private String rawTerm() {
        return digits() ? "UNHEX(?)" : "?";
    }

    private @Nullable Object rawValue(Row row) {
        return !digits() || row.isNull(index)
                ? Values.bytes(row, index)
                : HexFormat.of().formatHex(row.bytes(), row.start(index), row.start(index) + row.length(index));
    }

    /** What stands for the value that is written. */
    String parameter() {
        return digits() ? "CONVERT(UNHEX(?) USING " + into.encoding() + ")" : "?";
    }

    /** The value as it is written. */
    @Nullable
    Object value(Row row) {
        if (raw) {
            return rawValue(row);
        }
        if (row.isNull(index) || form == Form.BYTES) {
            return Values.bytes(row, index);
        }
        if (match == Match.BIT && from.isBinary()) {
            return Values.bits(row, index);
        }
        Long integer = form == Form.INTEGER ? Values.integer(row, index) : null;
        if (integer != null) {
            return integer;
        }
        if (match != Match.FLOAT || !from.type().startsWith("float")) {
            return Values.of(from, row, index);
        }
        Object number = match.parameter(from, row, index);
        // SQL knows no integer below zero that is zero
        return into.texts() == Texts.BYTES ? number : String.valueOf(number);
    }

    /**
     * What stands for a value that the column is compared with, in the order of its collation. In the column's charset: among
     * the values of a row MySQL converts none.
     */
    String placeholder() {
        boolean converted =
                raw || !(into.encoding().isEmpty() || into.encoding().equals("utf8mb4"));
        return converted
                ? "CONVERT(" + rawTerm() + " USING " + into.encoding() + ") COLLATE " + into.collation()
                : Match.placeholder(into);
    }

    /** The parameter for {@link #placeholder}. */
    @Nullable
    Object comparable(Row row) {
        return raw ? rawValue(row) : match.parameter(from, row, index);
    }

    /** That a text is the same byte by byte, where in most collations those are equal that are not. */
    String sameBytes() {
        String column = quoted(name());
        return "CAST(" + (raw ? column : "CONVERT(" + column + " USING utf8mb4)") + " AS BINARY) <=> " + rawTerm();
    }

    /** The parameter for {@link #sameBytes}. */
    @Nullable
    Object bytes(Row row) {
        return raw ? rawValue(row) : Values.utf8(Values.of(from, row, index));
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
