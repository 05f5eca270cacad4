package dev.tributary.bench;

import dev.tributary.workload.TenColumns;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A table of ten columns of mixed types, none of which a peer is known to get wrong: what is compared is speed.
 *
 * @param change what an update sets: something else at every time
 * @param columns the columns and their types, the key {@code id} first, then {@code owner}, by whom it is sharded
 * @param values further values of a row, as SQL's text, null for NULL
 */
record BenchTable(
        String name,
        String change,
        List<String> columns,
        BiFunction<Long, SplittableRandom, List<@Nullable String>> values) {
    /** Rows of one owner at the start, which live in one shard: a transaction on them concerns one shard. */
    static final int ROWS_OF_OWNER = 2_000;

    private static final long IDS_OF_OWNER = 1_000_000_000;

    private static final BenchTable ORDERS = new BenchTable(
            "orders", "quantity = quantity + 1, note = 'changed'", TenColumns.DECLARED, BenchTable::order);

    private static final BenchTable ITEMS = new BenchTable(
            "items",
            "stock = stock + 1, kind = 'moved'",
            List.of(
                    "id bigint",
                    "owner bigint",
                    "sku char(12)",
                    "amount int",
                    "tax decimal(10,4)",
                    "paid tinyint",
                    "stock bigint",
                    "size smallint",
                    "kind varchar(16)",
                    "body text"),
            BenchTable::item);

    static final List<BenchTable> ALL = List.of(ORDERS, ITEMS);

    String ddl() {
        return "CREATE TABLE " + name + " ("
                + columns.stream()
                        .map(column ->
                                column.startsWith("id ") || column.startsWith("owner ") ? column + " NOT NULL" : column)
                        .collect(Collectors.joining(", "))
                + ", PRIMARY KEY (id))";
    }

    List<String> columnNames() {
        return columns.stream()
                .map(column -> column.substring(0, column.indexOf(' ')))
                .toList();
    }

    /** The row of an id in its n-th version; the same at every call. */
    List<@Nullable String> row(long id, int version) {
        return values.apply(id, new SplittableRandom(id * 31 + version));
    }

    /** The key of an owner's n-th row. */
    static long id(long owner, long n) {
        return owner * IDS_OF_OWNER + n;
    }

    static long owner(long id) {
        return id / IDS_OF_OWNER;
    }

    /** The number and a sum over all values, which add up over shards. */
    String digestSql() {
        String all = columnNames().stream()
                .map(column -> "COALESCE(" + column + ", 'NULL')")
                .collect(Collectors.joining(", "));
        return "SELECT COUNT(*), COALESCE(SUM(CRC32(CONCAT_WS('|', " + all + "))), 0) FROM " + name;
    }

    private static List<@Nullable String> order(long id, SplittableRandom random) {
        return java.util.Arrays.asList(
                Long.toString(id),
                Long.toString(owner(id)),
                Integer.toString(random.nextInt(1, 1_000)),
                random.nextInt(1, 1_000_000) + "." + random.nextInt(10, 100),
                List.of("new", "paid", "sent", "returned").get(random.nextInt(4)),
                words(random, 6),
                "2026-0" + random.nextInt(1, 10) + "-1" + random.nextInt(10) + " 1" + random.nextInt(10) + ":3"
                        + random.nextInt(10) + ":0" + random.nextInt(10),
                "2027-0" + random.nextInt(1, 10) + "-2" + random.nextInt(9),
                random.nextInt(1, 10_000) + ".5",
                random.nextInt(5) == 0 ? null : words(random, 4));
    }

    private static List<@Nullable String> item(long id, SplittableRandom random) {
        return java.util.Arrays.asList(
                Long.toString(id),
                Long.toString(owner(id)),
                "SKU-" + random.nextInt(10_000_000, 100_000_000),
                Integer.toString(random.nextInt(1, 100_000)),
                random.nextInt(1, 10_000) + "." + random.nextInt(1_000, 10_000),
                Integer.toString(random.nextInt(2)),
                Long.toString(random.nextLong(1L << 40)),
                random.nextInt(10) == 0 ? null : Integer.toString(random.nextInt(1, 30_000)),
                List.of("tool", "toy", "book", "garden").get(random.nextInt(4)),
                words(random, 10));
    }

    private static String words(SplittableRandom random, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : " ").append(Integer.toString(random.nextInt(1 << 24, 1 << 30), 36));
        }
        return text.toString();
    }
}
