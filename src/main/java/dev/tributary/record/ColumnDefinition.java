package dev.tributary.record;

import dev.tributary.record.SqlWords.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * A column as DDL defines it.
 *
 * @param name its name
 * @param definition what follows the name: type and attributes, in the source's own words
 */
public record ColumnDefinition(String name, String definition) {
    private static final Set<String> NO_COLUMN = Set.of(
            "primary", "unique", "key", "index", "fulltext", "spatial", "constraint", "foreign", "check", "period");

    private static final Set<String> BYTES = Set.of(
            "binary",
            "varbinary",
            "tinyblob",
            "blob",
            "mediumblob",
            "longblob",
            "bit",
            "geometry",
            "point",
            "linestring",
            "polygon",
            "multipoint",
            "multilinestring",
            "multipolygon",
            "geometrycollection",
            "geomcollection",
            "vector");

    public ColumnDefinition {
        Objects.requireNonNull(name);
        Objects.requireNonNull(definition);
    }

    /** The columns of a {@code CREATE TABLE}, in order; none if the statement is not understood. */
    public static List<ColumnDefinition> of(String createStatement) {
        List<Word> words = SqlWords.of(createStatement);
        int open = 0;
        while (open < words.size() && !words.get(open).is("(")) {
            open++;
        }
        if (open == words.size() || !words.getFirst().is("create")) {
            return List.of();
        }
        List<ColumnDefinition> columns = new ArrayList<>();
        for (List<Word> item : SqlWords.list(words.subList(open + 1, SqlWords.closing(words, open)))) {
            if (isColumn(item)) {
                columns.add(of(createStatement, item));
            }
        }
        return List.copyOf(columns);
    }

    /** Whether words of a list of definitions define a column. */
    public static boolean isColumn(List<Word> item) {
        Word first = item.getFirst();
        return first.quoted() || !NO_COLUMN.contains(first.text().toLowerCase(Locale.ROOT));
    }

    /** A column by its words, the first of which is its name. */
    public static ColumnDefinition of(String sql, List<Word> words) {
        return new ColumnDefinition(words.getFirst().text(), SqlWords.text(sql, words.subList(1, words.size())));
    }

    /** Names of columns, whatever their case. */
    public static Set<String> names(List<ColumnDefinition> columns) {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        columns.forEach(column -> names.add(column.name()));
        return names;
    }

    /** The type as {@code information_schema} would show it, such as {@code decimal(10,2) unsigned}. */
    public String type() {
        List<Word> words = SqlWords.of(definition);
        if (words.isEmpty()) {
            return "";
        }
        int end = typeEnd(words);
        StringBuilder type = new StringBuilder();
        for (Word word : words.subList(0, end + 1)) {
            type.append(word.quoted() ? word.text() : word.text().toLowerCase(Locale.ROOT));
        }
        for (Word word : words.subList(end + 1, words.size())) {
            if (!word.isOneOf("unsigned", "zerofill")) {
                break;
            }
            type.append(' ').append(word.text().toLowerCase(Locale.ROOT));
        }
        return type.toString();
    }

    /** Whether values of a type are bytes, be it by its name alone, as {@code information_schema} shows it. */
    public static boolean isBytes(String name) {
        return BYTES.contains(name);
    }

    /** Where the type's brackets end, or its name. */
    private static int typeEnd(List<Word> words) {
        return words.size() > 1 && words.get(1).is("(") ? SqlWords.closing(words, 1) : 0;
    }

    /** Whether these words follow each other in the definition. */
    public boolean says(String... phrase) {
        return indexOf(phrase) >= 0;
    }

    /** Where these words follow each other, as an index of {@link SqlWords#of}; -1 for nowhere. */
    public int indexOf(String... phrase) {
        List<Word> words = SqlWords.of(definition);
        for (int i = 0; i + phrase.length <= words.size(); i++) {
            int matched = 0;
            while (matched < phrase.length && words.get(i + matched).is(phrase[matched])) {
                matched++;
            }
            if (matched == phrase.length) {
                return i;
            }
        }
        return -1;
    }

    /** The word behind these; empty if they are not said. */
    public String word(String... phrase) {
        int at = indexOf(phrase);
        List<Word> words = SqlWords.of(definition);
        return at < 0 || at + phrase.length >= words.size()
                ? ""
                : words.get(at + phrase.length).text();
    }

    /** Whether its values are computed. */
    public boolean isGenerated() {
        return says("generated", "always") || says("as", "(");
    }

    public boolean isNullable() {
        return !says("not", "null") && !says("primary", "key");
    }

    /** The same column, but it takes NULL. */
    public String nullable() {
        int at = indexOf("not", "null");
        if (at < 0) {
            return definition;
        }
        List<Word> words = SqlWords.of(definition);
        return definition.substring(0, words.get(at).start())
                + definition.substring(words.get(at + 1).start());
    }

    /** Whether it has no default or one that is the same for every row and at any time. */
    public boolean hasConstantDefault() {
        int at = indexOf("default");
        if (at < 0) {
            return true;
        }
        List<Word> words = SqlWords.of(definition);
        Word value = words.get(Math.min(at + 1, words.size() - 1));
        return value.quoted()
                || value.isOneOf("null", "true", "false", "-", "+", ".", "b", "x")
                || value.text().startsWith("_")
                || Character.isDigit(value.text().charAt(0));
    }

    /** The definition with this charset, and collation, instead of what it names. */
    public String withCharset(String charset) {
        List<Word> words = SqlWords.of(definition);
        int end = typeEnd(words);
        List<Word> rest = new ArrayList<>();
        for (int i = end + 1; i < words.size(); i++) {
            if (words.get(i).is("character")) {
                i += 2;
            } else if (words.get(i).isOneOf("charset", "collate")) {
                i++;
            } else {
                rest.add(words.get(i));
            }
        }
        StringBuilder defined = new StringBuilder(SqlWords.text(definition, words.subList(0, end + 1)));
        defined.append(" CHARACTER SET ").append(charset);
        rest.forEach(word -> defined.append(' ').append(SqlWords.text(definition, List.of(word))));
        return defined.toString();
    }

    /** Charset and collation as far as they are named; empty if the table's hold. */
    public String charset() {
        List<Word> words = SqlWords.of(definition);
        StringBuilder named = new StringBuilder();
        for (int i = 0; i + 1 < words.size(); i++) {
            if (words.get(i).isOneOf("set", "charset", "collate")) {
                named.append(words.get(i + 1).text()).append(' ');
            }
        }
        return named.toString();
    }
}
