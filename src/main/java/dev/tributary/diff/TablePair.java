package dev.tributary.diff;

import dev.tributary.diff.TableInfo.Column;
import dev.tributary.diff.TableInfo.Index;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A source table and the target table that should hold the same.
 *
 * @param problems how their definitions differ, in words
 * @param columns names of the columns that both have, in the source's order
 * @param key the columns that tell rows apart at the target; empty if none do
 * @param documents places of the columns that hold a document on one side and its text on the other
 * @param ranged whether both sides have an index in the key's order, of the same types and collations
 * @param rowBytes how large a row is, by estimate; 0 if unknown
 */
record TablePair(
        String source,
        String target,
        List<String> problems,
        List<String> columns,
        List<KeyColumn> key,
        List<Integer> documents,
        boolean ranged,
        long rowBytes,
        TableSql sourceSql,
        TableSql targetSql) {

    /** @param keyColumns those that replace the source's key; null for the source's */
    static TablePair of(TableInfo source, TableInfo target, @Nullable List<String> keyColumns, boolean shortFloats) {
        List<String> problems = new ArrayList<>();
        List<Column> left = new ArrayList<>();
        List<Column> right = new ArrayList<>();
        for (Column column : source.columns()) {
            Column other = target.column(column.name());
            if (other == null) {
                problems.add("column " + column.name() + " is missing at the target");
            } else {
                left.add(column);
                right.add(other);
            }
        }
        for (Column column : target.columns()) {
            if (source.column(column.name()) == null) {
                problems.add("column " + column.name() + " is only at the target");
            }
        }
        List<String> names = keyColumns == null ? source.key() : keyColumns;
        List<Integer> places = places(names, left);
        if (places.size() < names.size()) {
            problems.add("not both sides have the key " + String.join(", ", names));
            places = List.of();
            names = List.of();
        }
        List<KeyColumn> key = places.stream()
                .map(i -> KeyColumn.of(left.get(i), right.get(i)))
                .toList();
        Index leftIndex = source.ordering(names);
        Index rightIndex = target.ordering(names);
        boolean ranged = !key.isEmpty()
                && leftIndex != null
                && rightIndex != null
                && key.stream().allMatch(column -> column.form() != null);
        return new TablePair(
                source.name(),
                target.name(),
                List.copyOf(problems),
                left.stream().map(Column::name).toList(),
                key,
                IntStream.range(0, left.size())
                        .filter(i -> ValueSql.isDocument(left.get(i), right.get(i)))
                        .boxed()
                        .toList(),
                ranged,
                Math.max(source.rowBytes(), target.rowBytes()),
                sql(source, left, right, ranged ? leftIndex : null, key, places, shortFloats),
                sql(target, right, left, ranged ? rightIndex : null, key, places, shortFloats));
    }

    private static List<Integer> places(List<String> names, List<Column> columns) {
        List<Integer> places = new ArrayList<>();
        for (String name : names) {
            for (int i = 0; i < columns.size(); i++) {
                if (columns.get(i).name().equalsIgnoreCase(name)) {
                    places.add(i);
                }
            }
        }
        return places;
    }

    private static TableSql sql(
            TableInfo table,
            List<Column> own,
            List<Column> others,
            @Nullable Index index,
            List<KeyColumn> key,
            List<Integer> places,
            boolean shortFloats) {
        String name = index == null ? null : Objects.requireNonNull(index.name());
        return new TableSql(table.name(), own, others, name, key, places, shortFloats);
    }

    boolean keyed() {
        return !key.isEmpty();
    }

    TableSql sql(boolean ofSource) {
        return ofSource ? sourceSql : targetSql;
    }
}
