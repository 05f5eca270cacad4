package dev.tributary.seeds;

import dev.tributary.seeds.RandomTable.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A change of a schema.
 *
 * @param table the index of the table, which is one behind the last if it is new
 * @param sql the DDL
 * @param after the table behind it; null if there is none
 * @param empties whether the table's rows are gone
 */
public record RandomChange(int table, String sql, @Nullable RandomTable after, boolean empties) {
    private static final String WIDENS = "varchar\\(\\d+\\)|smallint|int";

    /** Some changes, one after the other, to be made in every shard. */
    public static List<RandomChange> some(RandomSchema schema, long seed, int count) {
        Random random = new Random(seed * 17 + 5);
        List<@Nullable RandomTable> tables = new ArrayList<>(schema.tables());
        int first = tables.size();
        List<RandomChange> changes = new ArrayList<>();
        while (changes.size() < count) {
            RandomChange change = any(tables, first, changes.size(), random);
            if (change == null) {
                continue;
            }
            changes.add(change);
            if (change.table == tables.size()) {
                tables.add(change.after);
            } else {
                tables.set(change.table, change.after);
            }
        }
        return changes;
    }

    /** One that this table allows, or null. */
    private static @Nullable RandomChange any(
            List<@Nullable RandomTable> tables, int first, int number, Random random) {
        if (random.nextInt(8) == 0) {
            RandomTable made = RandomTable.make("n" + number, random, false);
            return new RandomChange(tables.size(), made.create(), made, false);
        }
        // a new table is not changed again: a shard that copies it later would never come to that change
        int index = random.nextInt(first);
        RandomTable table = tables.get(index);
        if (table == null) {
            return null;
        }
        return switch (table.isPlain() ? random.nextInt(8) : 7) {
            case 0, 1 -> add(index, table, number, random);
            case 2 -> widen(index, table, random);
            case 3, 4 -> rename(index, table, "r" + number, random);
            case 5 -> drop(index, table, random);
            case 6 -> new RandomChange(index, "DROP TABLE " + RandomTable.quoted(table.name()), null, true);
            default -> new RandomChange(index, "TRUNCATE TABLE " + RandomTable.quoted(table.name()), table, true);
        };
    }

    private static RandomChange add(int index, RandomTable table, int number, Random random) {
        boolean nullable = random.nextInt(3) > 0;
        ColumnKind kind = nullable
                ? ColumnKind.any(random, 0, true)
                : ColumnKind.oneOf(
                        random,
                        new ColumnKind("int", some -> String.valueOf(some.nextInt()), null),
                        new ColumnKind("varchar(10)", some -> "'v" + some.nextInt(1000) + "'", null));
        Column column = new Column("x" + number, kind, nullable);
        String place = switch (random.nextInt(3)) {
            case 0 -> " FIRST";
            case 1 -> " AFTER " + RandomTable.quoted(table.columns().getLast().name());
            default -> "";
        };
        String sql = "ADD COLUMN " + RandomTable.quoted(column.name()) + " " + kind.type()
                + (nullable ? " NULL" : " NOT NULL DEFAULT '7'") + place;
        List<Column> columns = new ArrayList<>(table.columns());
        columns.add(column);
        return alter(index, table, sql, columns);
    }

    private static @Nullable RandomChange widen(int index, RandomTable table, Random random) {
        int at = find(table, random, column -> column.kind().type().matches(WIDENS));
        if (at < 0) {
            return null;
        }
        Column old = table.columns().get(at);
        String type = old.kind().type().startsWith("varchar") ? "varchar(3000)" : "bigint";
        Column wide = new Column(old.name(), old.kind().as(type), old.nullable());
        List<Column> columns = new ArrayList<>(table.columns());
        columns.set(at, wide);
        String sql =
                "MODIFY COLUMN " + RandomTable.quoted(old.name()) + " " + type + (old.nullable() ? "" : " NOT NULL");
        return alter(index, table, sql, columns);
    }

    private static @Nullable RandomChange rename(int index, RandomTable table, String name, Random random) {
        int at = find(table, random, column -> true);
        if (at < 0) {
            return null;
        }
        Column old = table.columns().get(at);
        List<Column> columns = new ArrayList<>(table.columns());
        columns.set(at, new Column(name, old.kind(), old.nullable()));
        return alter(
                index,
                table,
                "RENAME COLUMN " + RandomTable.quoted(old.name()) + " TO " + RandomTable.quoted(name),
                columns);
    }

    private static @Nullable RandomChange drop(int index, RandomTable table, Random random) {
        int at = find(table, random, Column::nullable);
        if (at < 0) {
            return null;
        }
        List<Column> columns = new ArrayList<>(table.columns());
        Column old = columns.remove(at);
        return alter(index, table, "DROP COLUMN " + RandomTable.quoted(old.name()), columns);
    }

    /** A column that is in no key; -1 where there is none. */
    private static int find(RandomTable table, Random random, Predicate<Column> fits) {
        int[] found = IntStream.range(0, table.columns().size())
                .filter(i -> {
                    Column column = table.columns().get(i);
                    return !table.key().contains(column.name())
                            && !column.name().equals(table.unique())
                            && fits.test(column);
                })
                .toArray();
        return found.length == 0 ? -1 : found[random.nextInt(found.length)];
    }

    /** Whether it is one of a table that there is. */
    public boolean isTold() {
        return !sql.startsWith("CREATE");
    }

    @Override
    public String toString() {
        return sql;
    }

    private static RandomChange alter(int index, RandomTable table, String sql, List<Column> columns) {
        return new RandomChange(
                index,
                "ALTER TABLE " + RandomTable.quoted(table.name()) + " " + sql,
                new RandomTable(table.name(), columns, table.key(), table.unique(), table.definitions()),
                false);
    }
}
