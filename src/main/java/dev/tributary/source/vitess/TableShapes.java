package dev.tributary.source.vitess;

import io.vertx.core.Future;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What the shards' tables have in common that decides how they are copied. */
record TableShapes(Map<String, Shape> byTable) {
    static final TableShapes NONE = new TableShapes(Map.of());

    private static final Set<String> INTEGERS = Set.of("tinyint", "smallint", "mediumint", "int", "bigint");
    /** What is not in the order of its texts, or does not come as such. */
    private static final Set<String> OUT_OF_ORDER = Set.of("enum", "set", "float");

    /**
     * How one table is copied.
     *
     * @param key the primary key, else the first unique one that has no NULLs; empty where there is none
     * @param integerKey whether that begins with an integer
     * @param resumable whether a broken copy can be gone on with behind a row of its. Tablets compare the key with the last
     *     one as text: that is not the order of an ENUM's or SET's numbers, and FLOATs don't come as themselves; and where a
     *     key holds the beginnings of values, two whole values may be equal in their collation
     * @param otherUnique whether there is another unique index
     * @param copied what the copy selects
     */
    record Shape(List<String> key, boolean integerKey, boolean resumable, boolean otherUnique, String copied) {
        private static final Shape PLAIN = new Shape(List.of(), false, false, false, "*");

        private Shape copying(String selected) {
            return new Shape(key, integerKey, resumable, otherUnique, selected);
        }
    }

    Shape of(String table) {
        return byTable.getOrDefault(table, Shape.PLAIN);
    }

    /** Of all tables of the connection's database. */
    static Future<TableShapes> ask(MySQLConnection connection) {
        return keys(connection)
                .compose(shapes -> floats(connection).map(copied -> {
                    copied.forEach((table, selected) -> shapes.put(
                            table, shapes.getOrDefault(table, Shape.PLAIN).copying(selected)));
                    return new TableShapes(Map.copyOf(shapes));
                }));
    }

    private static Future<Map<String, Shape>> keys(MySQLConnection connection) {
        return connection
                .query("select s.table_name, s.index_name, s.column_name, s.nullable, s.sub_part, c.data_type"
                        + " from information_schema.statistics s left join information_schema.columns c"
                        + " on c.table_schema = s.table_schema and c.table_name = s.table_name"
                        + " and c.column_name = s.column_name"
                        + " where s.table_schema = database() and s.non_unique = 0"
                        + " order by s.table_name, s.index_name = 'PRIMARY' desc, s.index_name, s.seq_in_index")
                .execute()
                .map(rows -> {
                    Map<String, Map<String, List<Row>>> indexes = new HashMap<>();
                    rows.forEach(row -> indexes.computeIfAbsent(row.getString(0), table -> new TreeMap<>())
                            .computeIfAbsent(row.getString(1), index -> new ArrayList<>())
                            .add(row));
                    Map<String, Shape> found = new HashMap<>();
                    indexes.forEach((table, unique) -> found.put(table, shape(unique)));
                    return found;
                });
    }

    private static Shape shape(Map<String, List<Row>> unique) {
        List<Row> primary = unique.get("PRIMARY");
        List<Row> key = primary;
        if (key == null) {
            key = unique.values().stream()
                    .filter(columns -> columns.stream().allMatch(TableShapes::tellsRowsApart))
                    .findFirst()
                    .orElse(List.of());
        }
        boolean integer = !key.isEmpty()
                && INTEGERS.contains(String.valueOf(key.getFirst().getString(5)));
        int others = key.isEmpty() ? unique.size() : unique.size() - 1;
        // without a primary key the tablet chooses among the others by itself
        boolean resumable = primary != null
                ? primary.stream().allMatch(TableShapes::isInOrder)
                : !key.isEmpty()
                        && unique.values().stream()
                                .filter(columns ->
                                        columns.stream().noneMatch(column -> "YES".equals(column.getString(3))))
                                .allMatch(columns -> columns.stream().allMatch(TableShapes::isInOrder));
        return new Shape(key.stream().map(column -> column.getString(2)).toList(), integer, resumable, others > 0, "*");
    }

    private static boolean tellsRowsApart(Row column) {
        return column.getString(2) != null && !"YES".equals(column.getString(3)) && column.getValue(4) == null;
    }

    private static boolean isInOrder(Row column) {
        return column.getString(2) != null
                && column.getValue(4) == null
                && !OUT_OF_ORDER.contains(String.valueOf(column.getString(5)));
    }

    /** What the copies of the tables that have a FLOAT select. */
    private static Future<Map<String, String>> floats(MySQLConnection connection) {
        return connection
                .query("select table_name, column_name, data_type from information_schema.columns"
                        + " where table_schema = database() and extra not like '%INVISIBLE%'"
                        + " order by table_name, ordinal_position")
                .execute()
                .map(rows -> {
                    Map<String, List<String>> columns = new HashMap<>();
                    Set<String> withFloats = new HashSet<>();
                    for (Row row : rows) {
                        columns.computeIfAbsent(row.getString(0), table -> new ArrayList<>())
                                .add(ExactFloats.column(row.getString(1), row.getString(2)));
                        if (row.getString(2).equals("float")) {
                            withFloats.add(row.getString(0));
                        }
                    }
                    columns.keySet().retainAll(withFloats);
                    Map<String, String> selected = new HashMap<>();
                    columns.forEach((table, all) -> selected.put(table, String.join(", ", all)));
                    return selected;
                });
    }
}
