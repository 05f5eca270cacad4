package dev.tributary.seeds;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A table whose rows have numbers: a row's key, where there is one, is made of its number.
 *
 * @param columns in the order of their declaration; less those that the server computes
 * @param key names of the columns that tell rows apart; empty for none
 * @param unique a further column without equal values; null for none
 * @param definitions what {@code CREATE TABLE} has in its brackets; it says nothing of later changes
 */
record RandomTable(
        String name,
        List<Column> columns,
        List<String> key,
        @Nullable String unique,
        List<String> definitions) {
    record Column(String name, ColumnKind kind, boolean nullable) {}

    /** @param plain whether the columns are such as {@link ColumnKind#isPlain} says */
    static RandomTable make(String name, Random random, boolean plain) {
        List<Column> columns = new ArrayList<>();
        List<String> key = new ArrayList<>();
        int keyColumns = random.nextInt(5) == 0 ? 0 : 1 + random.nextInt(2);
        for (int i = 0; i < keyColumns; i++) {
            key.add("k" + i);
            // of two the second tells ten rows of each of the first's apart
            columns.add(new Column("k" + i, ColumnKind.any(random, i == 0 ? 100_000 : 10, plain), false));
        }
        int others = 1 + random.nextInt(8);
        for (int i = 0; i < others; i++) {
            String spelt = ColumnKind.oneOf(random, "c" + i, "C" + i, "`c " + i, "ünï" + i, "order" + i);
            // without a key one is not NULL: Vitess tells nothing of rows that are NULL in every column
            boolean nullable = random.nextInt(3) > 0 && (keyColumns > 0 || i > 0);
            columns.add(new Column(spelt, ColumnKind.any(random, 0, plain), nullable));
        }
        String unique = null;
        if (keyColumns > 0 && random.nextInt(3) == 0) {
            unique = "u";
            columns.add(new Column(unique, new ColumnKind("bigint", some -> "NULL", null), true));
        }
        Collections.shuffle(columns, random);
        List<String> definitions = columns.stream()
                .map(column -> quoted(column.name) + " " + column.kind.type() + (column.nullable ? "" : " NOT NULL"))
                .collect(Collectors.toCollection(ArrayList::new));
        if (!plain && random.nextInt(3) == 0) {
            definitions.add(
                    random.nextInt(definitions.size() + 1),
                    "g varchar(100) AS (CONCAT('g', LENGTH(" + quoted(columns.getFirst().name) + "))) "
                            + ColumnKind.oneOf(random, "VIRTUAL", "STORED"));
        }
        if (random.nextInt(3) == 0) {
            definitions.add("e double DEFAULT (1 / 3)");
        }
        if (keyColumns > 0) {
            definitions.add((random.nextInt(4) == 0 ? "UNIQUE KEY uk" : "PRIMARY KEY") + " ("
                    + columns.stream()
                            .filter(column -> key.contains(column.name))
                            .map(column -> quoted(column.name) + column.kind.prefix())
                            .collect(Collectors.joining(", "))
                    + ")");
        }
        if (unique != null) {
            definitions.add("UNIQUE KEY (u)");
        }
        return new RandomTable(name, List.copyOf(columns), List.copyOf(key), unique, definitions);
    }

    /** Whether its columns can be changed while rows are read. */
    boolean isPlain() {
        return columns.stream().allMatch(column -> column.kind.isPlain())
                && definitions.stream().noneMatch(definition -> definition.contains(" AS ("));
    }

    String create() {
        return "CREATE TABLE " + quoted(name) + " (" + String.join(", ", definitions) + ")";
    }

    /** {@code INSERT} of a row with this number, and another for what is unique besides. */
    String insert(int number, int other, Random random) {
        String names = columns.stream().map(column -> quoted(column.name)).collect(Collectors.joining(", "));
        String values = columns.stream()
                .map(column -> key.contains(column.name)
                        ? keyValue(column, number)
                        : column.name.equals(unique) ? String.valueOf(other) : value(column, random))
                .collect(Collectors.joining(", "));
        return "INSERT INTO " + quoted(name) + " (" + names + ") VALUES (" + values + ")";
    }

    /** New values for some columns that are no part of a key, as {@code SET} takes them; empty if there is none. */
    String changes(Random random) {
        return columns.stream()
                .filter(column -> !key.contains(column.name) && !column.name.equals(unique))
                .filter(column -> random.nextInt(3) > 0)
                .map(column -> quoted(column.name) + " = " + value(column, random))
                .collect(Collectors.joining(", "));
    }

    /** The key of a number, each column with its value. */
    String keyOf(int number, String separator) {
        return columns.stream()
                .filter(column -> key.contains(column.name))
                .map(column -> quoted(column.name) + " = " + keyValue(column, number))
                .collect(Collectors.joining(separator));
    }

    /** Of two columns one alone does not tell rows apart. */
    private String keyValue(Column column, int number) {
        int part = key.size() < 2 ? number : column.name.equals("k0") ? number / 10 : number % 10;
        return Objects.requireNonNull(column.kind.numbered()).apply(part);
    }

    private static String value(Column column, Random random) {
        return column.nullable && random.nextInt(6) == 0
                ? "NULL"
                : column.kind.value().apply(random);
    }

    static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
