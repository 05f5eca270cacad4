package dev.tributary.source.vitess;

import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.SchemaChange.Altered;
import dev.tributary.record.SourceTable;
import dev.tributary.record.SqlWords;
import dev.tributary.record.SqlWords.Word;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of an {@code ALTER TABLE} do to a table's columns. A part that the columns show already is taken for done:
 * a stream may tell a statement again.
 */
final class AlterTable {
    private final String sql;
    private final SourceTable table;
    private final List<ColumnDefinition> columns;
    private final Map<String, String> renamed = new HashMap<>();
    private final Set<String> droppedIndexes = new HashSet<>();
    private final Set<String> dropped = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    private final Set<String> added = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    private @Nullable String refused;
    /** Whether it does something to columns that is not followed here. */
    private boolean unreadable;

    private AlterTable(String sql, SourceTable table) {
        this.sql = sql;
        this.table = table;
        this.columns = new ArrayList<>(table.columns());
    }

    /** @param specs the words behind the table's name */
    static Altered read(String sql, SourceTable table, List<Word> specs) {
        AlterTable alter = new AlterTable(sql, table);
        SqlWords.list(specs).stream().filter(spec -> !spec.isEmpty()).forEach(alter::apply);
        return alter.result();
    }

    /** {@code DROP INDEX … ON table}. */
    static Altered withoutIndex(SourceTable table, String index) {
        AlterTable alter = new AlterTable("", table);
        alter.dropIndex(index);
        return alter.result();
    }

    private Altered result() {
        dropped.retainAll(added);
        if (!dropped.isEmpty()) {
            // by its columns the table looks as before, or as if the column were gone
            refused = "it drops column " + dropped.iterator().next() + " and adds another one of that name";
        }
        // what is not known can't be changed step by step: then the table of now tells
        boolean told = !unreadable && !table.columns().isEmpty();
        List<ColumnDefinition> after = told ? columns : List.of();
        return new Altered(
                table.id().name(), table.columns(), after, renamed, droppedIndexes, Optional.ofNullable(refused));
    }

    private void apply(List<Word> spec) {
        Word first = spec.getFirst();
        List<Word> rest = spec.subList(1, spec.size());
        if (rest.isEmpty()) {
            return;
        }
        if (first.is("add")) {
            add(rest);
        } else if (first.is("drop")) {
            drop(rest);
        } else if (first.is("modify")) {
            List<Word> column = withoutWord(rest, "column");
            change(column.getFirst().text(), column);
        } else if (first.is("change")) {
            List<Word> column = withoutWord(rest, "column");
            change(column.getFirst().text(), column.subList(1, column.size()));
        } else if (first.is("rename") && rest.size() == 4 && rest.getFirst().is("column")) {
            rename(rest.get(1).text(), rest.get(3).text());
        } else if (first.is("convert")) {
            refused = "it changes the charset of columns";
            unreadable = true;
        } else if (first.isOneOf("truncate", "exchange", "discard", "import")) {
            refused = "it takes away rows, or brings some, that the stream does not tell";
        }
    }

    private void add(List<Word> rest) {
        if (rest.getFirst().is("primary") || rest.getFirst().is("constraint") && contains(rest, "primary")) {
            refused = "it changes the primary key";
        } else if (rest.getFirst().isOneOf("column") || ColumnDefinition.isColumn(rest)) {
            List<Word> column = withoutWord(rest, "column");
            if (column.getFirst().is("partition")) {
                return;
            }
            if (column.getFirst().is("(")) {
                SqlWords.list(column.subList(1, SqlWords.closing(column, 0))).stream()
                        .filter(ColumnDefinition::isColumn)
                        .forEach(this::addColumn);
            } else {
                addColumn(column);
            }
        }
    }

    private void addColumn(List<Word> words) {
        Place place = Place.of(words);
        ColumnDefinition column = ColumnDefinition.of(sql, place.definition);
        if (column.says("primary", "key")) {
            refused = "it changes the primary key";
        }
        added.add(column.name());
        if (indexOf(column.name()) < 0) {
            columns.add(place.in(this, columns.size()), column);
        }
    }

    private void drop(List<Word> rest) {
        if (rest.getFirst().is("primary")) {
            refused = "it changes the primary key";
        } else if (rest.getFirst().is("partition")) {
            refused = "it takes away rows that the stream does not tell";
        } else if (rest.getFirst().isOneOf("index", "key", "constraint")) {
            dropIndex(withoutWords(rest.subList(1, rest.size()), "if", "exists")
                    .getFirst()
                    .text());
        } else if (!rest.getFirst().isOneOf("foreign", "check")) {
            Word column =
                    withoutWords(withoutWord(rest, "column"), "if", "exists").getFirst();
            int at = indexOf(column.text());
            if (at >= 0) {
                keepKey(column.text());
                columns.remove(at);
            }
            dropped.add(column.text());
        }
    }

    private void dropIndex(String name) {
        droppedIndexes.add(name);
    }

    /** @param words the new name and what follows */
    private void change(String old, List<Word> words) {
        Place place = Place.of(words);
        ColumnDefinition changed = ColumnDefinition.of(sql, place.definition);
        if (!changed.name().equals(old)) {
            rename(old, changed.name());
        }
        int at = indexOf(changed.name());
        if (at >= 0) {
            columns.remove(at);
            columns.add(place.in(this, at), changed);
        }
    }

    private void rename(String old, String name) {
        int at = indexOf(old);
        if (at >= 0 && indexOf(name) >= 0 && !old.equalsIgnoreCase(name)) {
            refused = "it gives a column the name of another one";
            unreadable = true;
        } else if (at >= 0) {
            if (!old.equalsIgnoreCase(name)) {
                keepKey(old);
                renamed.put(old, name);
            }
            columns.set(at, new ColumnDefinition(name, columns.get(at).definition()));
        }
    }

    private void keepKey(String column) {
        if (table.key().stream().anyMatch(column::equalsIgnoreCase)) {
            refused = "it changes the key";
        }
    }

    private int indexOf(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equalsIgnoreCase(column)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean contains(List<Word> words, String word) {
        return words.stream().anyMatch(one -> one.is(word));
    }

    private static List<Word> withoutWord(List<Word> words, String word) {
        return words.size() > 1 && words.getFirst().is(word) ? words.subList(1, words.size()) : words;
    }

    static List<Word> withoutWords(List<Word> words, String... phrase) {
        List<Word> left = words;
        for (String word : phrase) {
            left = withoutWord(left, word);
        }
        return left;
    }

    /**
     * Where a column goes.
     *
     * @param after the column that it follows; empty for the first place, null for where it is
     */
    private record Place(List<Word> definition, @Nullable String after) {
        static Place of(List<Word> words) {
            int size = words.size();
            if (size > 2 && words.getLast().is("first")) {
                return new Place(words.subList(0, size - 1), "");
            }
            if (size > 3 && words.get(size - 2).is("after")) {
                return new Place(words.subList(0, size - 2), words.getLast().text());
            }
            return new Place(words, null);
        }

        int in(AlterTable alter, int otherwise) {
            return after == null ? otherwise : after.isEmpty() ? 0 : alter.indexOf(after) + 1;
        }
    }
}
