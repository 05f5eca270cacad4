package dev.tributary.endtoend;

import dev.tributary.servers.Sql;
import dev.tributary.servers.VitessCluster;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Many small tables of a source, made at once. Their rows are written on the shards' own servers, past VTGate, which would
 * write some of the values in another way; rows {@code i} and {@code i + 1} of an even {@code i} are on one shard.
 */
final class EdgeTables {
    private final VitessCluster source;
    private final Map<String, String> definitions = new LinkedHashMap<>();

    EdgeTables(VitessCluster source) {
        this.source = source;
    }

    void add(String table, String definition) {
        definitions.put(table, definition);
    }

    /** Drops what there was, and makes the tables; each has a column {@code id} to be sharded by. */
    void create() throws SQLException {
        source.resetKeyspace();
        JsonObject tables = new JsonObject();
        for (String table : definitions.keySet()) {
            tables.put(
                    table,
                    new JsonObject()
                            .put(
                                    "column_vindexes",
                                    new JsonArray()
                                            .add(new JsonObject()
                                                    .put("column", "id")
                                                    .put("name", "hash"))));
        }
        source.applyVSchema(new JsonObject()
                .put("sharded", true)
                .put("vindexes", new JsonObject().put("hash", new JsonObject().put("type", "hash")))
                .put("tables", tables)
                .encode());
        for (Map.Entry<String, String> table : definitions.entrySet()) {
            try {
                source.execute("CREATE TABLE `" + table.getKey() + "` (" + table.getValue() + ")");
            } catch (SQLException e) {
                throw new SQLException(table.getKey() + " (" + table.getValue() + "): " + e.getMessage(), e);
            }
        }
    }

    /** Statements of each shard, in their order. */
    final class Writing {
        private final List<List<String>> byShard = new ArrayList<>();

        Writing() {
            source.shards().forEach(shard -> byShard.add(new ArrayList<>()));
        }

        Writing add(int row, String sql) {
            byShard.get((row >> 1) % byShard.size()).add(sql);
            return this;
        }

        /** Each statement is a transaction. */
        void run() throws SQLException {
            for (int i = 0; i < byShard.size(); i++) {
                try (Connection connection =
                        source.mysqldOf(source.shards().get(i)).connect("vt_" + source.keyspace())) {
                    Sql.execute(
                            connection,
                            "SET NAMES utf8mb4, time_zone = '+00:00',"
                                    + " sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'");
                    for (String sql : byShard.get(i)) {
                        try {
                            Sql.execute(connection, sql);
                        } catch (SQLException e) {
                            throw new SQLException(sql.substring(0, Math.min(300, sql.length())) + ": " + e, e);
                        }
                    }
                }
            }
        }
    }

    Writing writing() {
        return new Writing();
    }
}
