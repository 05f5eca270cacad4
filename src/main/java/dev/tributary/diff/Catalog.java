package dev.tributary.diff;

import dev.tributary.diff.TableInfo.Column;
import dev.tributary.diff.TableInfo.Index;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What tables a server has, in its own words. */
final class Catalog {
    private static final String TABLES = "SELECT table_name, avg_row_length, table_rows FROM information_schema.tables"
            + " WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY table_name";
    private static final String COLUMNS = "SELECT table_name, column_name, data_type, column_type, is_nullable,"
            + " character_set_name, collation_name, extra FROM information_schema.columns WHERE table_schema = DATABASE()"
            + " ORDER BY table_name, ordinal_position";
    /** The primary key comes first, then the others by name. */
    private static final String INDEXES = "SELECT table_name, index_name, non_unique, column_name, sub_part"
            + " FROM information_schema.statistics WHERE table_schema = DATABASE() AND index_type = 'BTREE'"
            + " ORDER BY table_name, index_name = 'PRIMARY' DESC, index_name, seq_in_index";

    /** Not DEFAULT_GENERATED, which is said of a default that is an expression. */
    private static final Pattern GENERATED =
            Pattern.compile("\\b(VIRTUAL|STORED|PERSISTENT) GENERATED\\b", Pattern.CASE_INSENSITIVE);

    private Catalog() {}

    /** By name, as the server spells it. */
    static Future<Map<String, TableInfo>> read(Server server) {
        return server.scan("listing tables", TABLES)
                .compose(tables -> server.scan("listing columns", COLUMNS)
                        .compose(columns -> server.scan("listing indexes", INDEXES)
                                .map(indexes -> tables(tables, columns(columns), indexes(indexes)))));
    }

    private static Map<String, TableInfo> tables(
            RowSet<Row> rows, Map<String, List<Column>> columns, Map<String, List<Index>> indexes) {
        Map<String, TableInfo> tables = new TreeMap<>();
        for (Row row : rows) {
            String name = row.getString(0);
            Long bytes = row.getLong(1);
            Long estimate = row.getLong(2);
            tables.put(
                    name,
                    new TableInfo(
                            name,
                            columns.getOrDefault(name, List.of()),
                            indexes.getOrDefault(name, List.of()),
                            bytes == null ? 0 : bytes,
                            estimate == null ? 0 : estimate));
        }
        return tables;
    }

    private static Map<String, List<Column>> columns(RowSet<Row> rows) {
        Map<String, List<Column>> columns = new HashMap<>();
        for (Row row : rows) {
            columns.computeIfAbsent(row.getString(0), table -> new ArrayList<>())
                    .add(new Column(
                            row.getString(1),
                            row.getString(2).toLowerCase(Locale.ROOT),
                            row.getString(3).toLowerCase(Locale.ROOT),
                            row.getString(4).equals("YES"),
                            row.getString(5),
                            row.getString(6),
                            GENERATED.matcher(row.getString(7)).find()));
        }
        return columns;
    }

    private static Map<String, List<Index>> indexes(RowSet<Row> rows) {
        Map<String, Map<String, Index>> indexes = new HashMap<>();
        for (Row row : rows) {
            Map<String, Index> ofTable = indexes.computeIfAbsent(row.getString(0), table -> new LinkedHashMap<>());
            String name = row.getString(1);
            Index before = ofTable.get(name);
            List<@Nullable String> columns = new ArrayList<>(before == null ? List.of() : before.columns());
            columns.add(row.getValue(4) == null ? row.getString(3) : null);
            ofTable.put(name, new Index(name, row.getInteger(2) == 0, columns));
        }
        Map<String, List<Index>> lists = new HashMap<>();
        indexes.forEach((table, found) -> lists.put(table, List.copyOf(found.values())));
        return lists;
    }
}
