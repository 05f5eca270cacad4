package dev.tributary.source.vitess;

import io.vertx.core.Future;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the shards' tables have in common that decides how they are copied.
 *
 * @param byTable those that are not plain
 * @param flaws by table, what Vitess does wrong with it
 */
record TableShapes(Map<String, Shape> byTable, Map<String, String> flaws) {
    static final TableShapes NONE = new TableShapes(Map.of(), Map.of());

    /** Of Vitess 24.0.3: {@code vstreamer.go} takes the image of such a row, which is empty, for none. */
    private static final String HOLLOW = "it has no key, and every column may be NULL: Vitess tells no change of a row"
            + " that is NULL in every column; give the table a key or a column that is NOT NULL";

    /** Of Vitess 24.0.3: its schema has a column for the expression, which the table's rows do not have. */
    private static final String EXPRESSION =
            "it has an index on an expression: Vitess breaks the stream of its shards at"
                    + " the table's first change; make the expression a generated column, and index that";

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
        Map<String, String> flaws = new HashMap<>();
        return keys(connection)
                .compose(shapes -> columns(connection).map(columns -> {
                    columns.forEach((table, of) -> {
                        Shape shape = shapes.getOrDefault(table, Shape.PLAIN);
                        if (of.stream().anyMatch(TableShapes::isFloat)) {
                            shapes.put(table, shape.copying(selected(of)));
                        }
                        if (shape.key().isEmpty() && of.stream().allMatch(TableShapes::isNullable)) {
                            flaws.put(table, HOLLOW);
                        }
                    });
                    return shapes;
                }))
                .compose(shapes -> indexedExpressions(connection).map(tables -> {
                    tables.forEach(table -> flaws.put(table, EXPRESSION));
                    return new TableShapes(Map.copyOf(shapes), Map.copyOf(flaws));
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

    private static Future<Map<String, List<Row>>> columns(MySQLConnection connection) {
        return connection
                .query("select table_name, column_name, data_type, is_nullable, extra"
                        + " from information_schema.columns where table_schema = database()"
                        + " order by table_name, ordinal_position")
                .execute()
                .map(rows -> {
                    Map<String, List<Row>> columns = new HashMap<>();
                    rows.forEach(row -> columns.computeIfAbsent(row.getString(0), table -> new ArrayList<>())
                            .add(row));
                    return columns;
                });
    }

    /** What the copy of a table that has a FLOAT selects. */
    private static String selected(List<Row> columns) {
        return columns.stream()
                .filter(column -> !column.getString(4).contains("INVISIBLE"))
                .map(column -> ExactFloats.column(column.getString(1), column.getString(2)))
                .collect(Collectors.joining(", "));
    }

    private static boolean isFloat(Row column) {
        return column.getString(2).equals("float");
    }

    private static boolean isNullable(Row column) {
        return column.getString(3).equals("YES");
    }

    private static Future<List<String>> indexedExpressions(MySQLConnection connection) {
        return connection
                .query("select distinct table_name from information_schema.statistics"
                        + " where table_schema = database() and column_name is null")
                .execute()
                .map(rows -> {
                    List<String> tables = new ArrayList<>();
                    rows.forEach(row -> tables.add(row.getString(0)));
                    return tables;
                });
    }
}
