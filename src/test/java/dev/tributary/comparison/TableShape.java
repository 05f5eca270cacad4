package dev.tributary.comparison;

import dev.tributary.servers.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How a table is read so that two servers' rows can be compared: every column as text that tells any two values apart, in
 * an order that both servers and this JVM agree on.
 *
 * @param key the primary key's columns; empty where there is none, and then the whole row is the key
 * @param parsesJson whether documents are compared, and not their texts
 */
record TableShape(String table, List<Column> columns, List<Column> key, boolean parsesJson) {
    private static final Set<String> INTEGERS = Set.of("tinyint", "smallint", "mediumint", "int", "bigint");
    /** Bytes from which a value is compared by its digest. */
    private static final int LONG_VALUE = 2000;

    record Column(String name, String type) {
        boolean isInteger() {
            return INTEGERS.contains(type);
        }

        /** The value as ASCII text, exactly. */
        String text() {
            String name = quoted(this.name);
            return switch (type) {
                // in the column's own charset: several of its characters can be one in another
                case "char", "varchar", "tinytext", "text", "mediumtext", "longtext" -> bytes(name);
                case "json" -> "CAST(" + name + " AS CHAR)";
                case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> bytes(name);
                case "enum" -> "CONCAT(" + name + " + 0, ' ', HEX(" + name + "))";
                case "set" -> "CONCAT(CAST(" + name + " AS UNSIGNED), ' ', HEX(" + name + "))";
                case "bit" -> "HEX(" + name + ")";
                // by their bits: each server writes numbers in its own way, and a FLOAT's own text has six digits only
                case "float", "double" -> bytes("ST_AsBinary(POINT(" + name + ", 0))");
                case "decimal", "date", "datetime", "timestamp", "time", "year" -> "CAST(" + name + " AS CHAR)";
                case "tinyint", "smallint", "mediumint", "int", "bigint" -> "CAST(" + name + " AS CHAR)";
                // reference system and shape, as they are stored
                default -> bytes(name);
            };
        }

        boolean isJson() {
            return type.equals("json");
        }

        /** Whether the other is the same column, in the words of another server. */
        boolean isLike(Column other) {
            return name.equals(other.name)
                    && (type.equals(other.type)
                            || (isJson() && other.type.equals("longtext"))
                            || (type.equals("geomcollection") && other.type.equals("geometrycollection")));
        }

        private static String bytes(String value) {
            return "IF(LENGTH(" + value + ") > " + LONG_VALUE + ", CONCAT(LENGTH(" + value + "), ' bytes ', SHA2("
                    + value + ", 256)), HEX(" + value + "))";
        }
    }

    static TableShape read(Connection connection, String database, String table) throws SQLException {
        String of = " WHERE table_schema = " + literal(database) + " AND table_name = " + literal(table);
        List<Column> columns = new ArrayList<>();
        for (List<String> row : texts(
                connection,
                "SELECT column_name, data_type FROM information_schema.columns" + of + " ORDER BY ordinal_position")) {
            columns.add(new Column(row.get(0), row.get(1)));
        }
        List<Column> key = new ArrayList<>();
        for (List<String> row : texts(
                connection,
                "SELECT column_name FROM information_schema.statistics" + of
                        + " AND index_name = 'PRIMARY' ORDER BY seq_in_index")) {
            columns.stream().filter(column -> column.name.equals(row.get(0))).forEach(key::add);
        }
        return new TableShape(table, List.copyOf(columns), List.copyOf(key), false);
    }

    TableShape withParsedJson() {
        return new TableShape(table, columns, key, true);
    }

    /** Whether the other has the same columns in the same order. */
    boolean isLike(TableShape other) {
        return columns.size() == other.columns.size()
                && IntStream.range(0, columns.size())
                        .allMatch(i -> columns.get(i).isLike(other.columns.get(i)));
    }

    static List<String> tables(Connection connection, String database) throws SQLException {
        return texts(
                        connection,
                        "SELECT table_name FROM information_schema.tables WHERE table_schema = " + literal(database)
                                + " AND table_type = 'BASE TABLE' ORDER BY table_name")
                .stream()
                .map(List::getFirst)
                .toList();
    }

    /** Whether rows are ordered by their key's own numbers, and not by a digest. */
    boolean ordersByNumbers() {
        return !key.isEmpty() && key.stream().allMatch(Column::isInteger);
    }

    /** Columns that the query has before those of the table. */
    int orderColumns() {
        return ordersByNumbers() ? key.size() : 1;
    }

    String query() {
        String order = ordersByNumbers()
                ? key.stream().map(column -> quoted(column.name)).collect(Collectors.joining(", "))
                : digest(key.isEmpty() ? comparable() : key);
        String values = columns.stream().map(Column::text).collect(Collectors.joining(", "));
        String by = ordersByNumbers() ? order : "1";
        return "SELECT " + order + ", " + values + " FROM " + quoted(table) + " ORDER BY " + by;
    }

    /** Whether the server can't tell rows apart that differ in their documents alone. */
    boolean ordersBesides() {
        return parsesJson && key.isEmpty();
    }

    /** Without documents where one may have two texts: rows that differ in nothing else are in any order. */
    private List<Column> comparable() {
        return columns.stream()
                .filter(column -> !parsesJson || !column.isJson())
                .toList();
    }

    private static String digest(List<Column> columns) {
        return columns.stream()
                .map(column -> ", IFNULL(" + column.text() + ", 'NULL')")
                .collect(Collectors.joining("", "SHA2(CONCAT_WS('|', ''", "), 256)"));
    }

    private static List<List<String>> texts(Connection connection, String sql) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        for (List<?> row : Sql.query(connection, sql)) {
            rows.add(row.stream()
                    .map(value -> (String) Objects.requireNonNull(value))
                    .toList());
        }
        return rows;
    }

    private static String literal(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
