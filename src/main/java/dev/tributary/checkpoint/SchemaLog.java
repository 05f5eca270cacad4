package dev.tributary.checkpoint;

import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.record.TableId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What each shard's stream has told of the source's schema, in a table of the target database: the columns of its rows, and
 * the last schema change that it has come to. DDL commits at once and a stream tells it again after a crash, so that what is
 * done has to be known. To be used on a connection that nothing else uses; the caller commits.
 */
public final class SchemaLog {
    /** The table's name. */
    public static final String TABLE = "tributary_schema";

    private static final String OF_TABLE = " WHERE `pipeline` = ? AND `source_table` = ? AND `keyspace` = ?";
    private static final String OF_SHARD = " WHERE `pipeline` = ? AND `keyspace` = ? AND `shard` = ?";

    private final String pipeline;
    private final String table;

    /** Makes the table. */
    final String create;

    /**
     * A stream that has come to a schema change of a table.
     *
     * @param at the position behind the change
     * @param change what other shards' streams have to come to as well before it is made; empty if nothing
     * @param then the table's columns behind it
     * @param alters whether it is of columns: a shard that has those behind it has come to it, for a table that was copied later
     *     than it was altered never tells of it
     * @param gentle whether only those shards have to come that rows are known of, and none that stands elsewhere is an error:
     *     nothing of the target is taken away
     */
    public record Arrival(
            ShardId shard,
            String sourceTable,
            Position at,
            String change,
            List<ColumnDefinition> then,
            boolean alters,
            boolean gentle) {}

    /** How far the shards are that have to come to a change. */
    public enum Meeting {
        /** Some have not come. */
        WAITING,
        /** All have come, and it is to be made. */
        COMPLETE,
        /** It is made. */
        OVER
    }

    /** @param schema the database that holds the table; empty for the connection's own */
    SchemaLog(String schema, String pipeline) {
        this.pipeline = pipeline;
        this.table = (schema.isEmpty() ? "" : CheckpointSql.quoted(schema) + ".") + CheckpointSql.quoted(TABLE);
        String name = " VARCHAR(" + CheckpointSql.MAX_NAME + ") NOT NULL, ";
        this.create = "CREATE TABLE IF NOT EXISTS " + table + " (`pipeline`" + name + "`keyspace`" + name + "`shard`"
                + name + "`source_table`" + name + "`columns` LONGTEXT NOT NULL, `told_at` LONGTEXT NULL,"
                + " `change_told` LONGTEXT NULL, `columns_then` LONGTEXT NULL, `applied` TINYINT NOT NULL DEFAULT 1,"
                + " PRIMARY KEY (`pipeline`, `keyspace`, `shard`, `source_table`))"
                + " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";
    }

    Future<Map<String, TableColumns>> columns(SqlConnection connection, ShardId shard) {
        return connection
                .preparedQuery("SELECT `source_table`, `columns`, `told_at`, `columns_then` FROM " + table + OF_SHARD)
                .execute(Tuple.of(pipeline, shard.keyspace(), shard.shard()))
                .map(rows -> {
                    Map<String, TableColumns> columns = new HashMap<>();
                    for (Row row : rows) {
                        String at = row.getString(2);
                        columns.put(
                                row.getString(0),
                                new TableColumns(
                                        decode(row.getString(1)),
                                        at == null ? null : new Position(at),
                                        decode(row.getString(3))));
                    }
                    return columns;
                });
    }

    /** Names of the columns that any shard's rows of a table have. */
    Future<Set<String>> columns(SqlConnection connection, TableId source) {
        return connection
                .preparedQuery("SELECT `columns`, `columns_then` FROM " + table + OF_TABLE)
                .execute(Tuple.of(pipeline, source.name(), source.keyspace()))
                .map(rows -> {
                    List<ColumnDefinition> all = new ArrayList<>();
                    rows.forEach(row -> {
                        all.addAll(decode(row.getString(0)));
                        all.addAll(decode(row.getString(1)));
                    });
                    return ColumnDefinition.names(all);
                });
    }

    /** Stores the columns of tables, and that nothing is told of them. */
    Future<Void> keep(SqlConnection connection, ShardId shard, Map<String, List<ColumnDefinition>> columns) {
        return keep(connection, shard, columns.entrySet().iterator());
    }

    private Future<Void> keep(
            SqlConnection connection, ShardId shard, Iterator<Entry<String, List<ColumnDefinition>>> columns) {
        if (!columns.hasNext()) {
            return Future.succeededFuture();
        }
        Entry<String, List<ColumnDefinition>> next = columns.next();
        return connection
                .preparedQuery("INSERT INTO " + table
                        + " (`pipeline`, `keyspace`, `shard`, `source_table`, `columns`) VALUES (?, ?, ?, ?, ?)"
                        + " ON DUPLICATE KEY UPDATE `columns` = VALUES(`columns`), `columns_then` = NULL")
                .execute(Tuple.of(pipeline, shard.keyspace(), shard.shard(), next.getKey(), encode(next.getValue())))
                .compose(done -> keep(connection, shard, columns));
    }

    /** Forgets all that is known of a shard. */
    Future<Void> forget(SqlConnection connection, ShardId shard) {
        return connection
                .preparedQuery("DELETE FROM " + table + OF_SHARD)
                .execute(Tuple.of(pipeline, shard.keyspace(), shard.shard()))
                .mapEmpty();
    }

    /** Stores for a shard what is known of one whose rows it has taken over, behind every change that was told there. */
    Future<Void> inherit(SqlConnection connection, ShardId from, ShardId to) {
        return forget(connection, to)
                .compose(forgotten -> connection
                        .preparedQuery("INSERT INTO " + table
                                + " (`pipeline`, `keyspace`, `shard`, `source_table`, `columns`) SELECT `pipeline`, ?, ?,"
                                + " `source_table`, CASE WHEN COALESCE(`columns_then`, '[]') = '[]' THEN `columns`"
                                + " ELSE `columns_then` END FROM " + table + OF_SHARD)
                        .execute(Tuple.of(to.keyspace(), to.shard(), pipeline, from.keyspace(), from.shard())))
                .mapEmpty();
    }

    /**
     * Notes that a stream has come to a change, unless that is noted already. What it waited for under other settings is
     * forgotten: it may be let pass now.
     *
     * @param shards those that the tables are made of
     * @return whether all of them have come to the same change. It fails where one stands in front of another change: they would
     *     wait for each other for ever
     */
    public Future<Meeting> arrive(SqlConnection connection, Arrival arrival, Set<ShardId> shards) {
        ShardId shard = arrival.shard();
        Tuple key = Tuple.of(pipeline, shard.keyspace(), shard.shard(), arrival.sourceTable());
        return connection
                .preparedQuery("SELECT `told_at`, `change_told` FROM " + table + OF_SHARD
                        + " AND `source_table` = ? FOR UPDATE")
                .execute(key)
                .compose(rows -> isKnown(rows, arrival)
                        ? Future.succeededFuture()
                        : connection
                                .preparedQuery("INSERT INTO " + table + " (`pipeline`, `keyspace`, `shard`,"
                                        + " `source_table`, `columns`, `told_at`, `change_told`, `columns_then`,"
                                        + " `applied`) VALUES (?, ?, ?, ?, '[]', ?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
                                        + " `told_at` = VALUES(`told_at`), `change_told` = VALUES(`change_told`),"
                                        + " `columns_then` = VALUES(`columns_then`), `applied` = VALUES(`applied`)")
                                .execute(key.addValue(arrival.at().text())
                                        .addValue(arrival.change())
                                        .addValue(encode(arrival.then()))
                                        .addValue(arrival.change().isEmpty() ? 1 : 0)))
                .compose(noted -> arrival.change().isEmpty()
                        ? Future.succeededFuture(Meeting.OVER)
                        : standing(connection, arrival, shards));
    }

    private Future<Meeting> standing(SqlConnection connection, Arrival arrival, Set<ShardId> shards) {
        return connection
                .preparedQuery("SELECT `shard`, `applied`, `change_told`, `columns`, `columns_then` FROM " + table
                        + OF_TABLE + " FOR UPDATE")
                .execute(ofTable(arrival))
                .map(rows -> come(rows, arrival, shards));
    }

    private static Meeting come(RowSet<Row> rows, Arrival arrival, Set<ShardId> shards) {
        Set<String> names = ColumnDefinition.names(arrival.then());
        int come = 0;
        int known = 0;
        boolean isMade = true;
        for (Row row : rows) {
            ShardId shard = new ShardId(arrival.shard().keyspace(), row.getString(0));
            boolean stands = row.getInteger(1) == 0;
            String change = row.getString(2);
            if (!shards.contains(shard)) {
                continue;
            }
            known++;
            if (stands && arrival.change().equals(change)) {
                come++;
                isMade &= !shard.equals(arrival.shard());
            } else if (arrival.alters() && names.equals(ColumnDefinition.names(columns(row, stands)))) {
                come++;
            } else if (stands && arrival.gentle()) {
                come++;
            } else if (stands) {
                throw crossed(arrival, shard, change);
            }
        }
        int needed = arrival.gentle() ? known : shards.size();
        if (!shards.contains(arrival.shard())) {
            return Meeting.WAITING;
        }
        return isMade ? Meeting.OVER : come < needed ? Meeting.WAITING : Meeting.COMPLETE;
    }

    /** What the shard's rows have in front of the change that it stands at, or behind the last that it came through. */
    private static List<ColumnDefinition> columns(Row row, boolean stands) {
        List<ColumnDefinition> then = stands ? List.of() : decode(row.getString(4));
        return then.isEmpty() ? decode(row.getString(3)) : then;
    }

    private static PipelineException crossed(Arrival arrival, ShardId other, String change) {
        return new PipelineException(
                Kind.FATAL,
                arrival.shard() + ": table " + arrival.sourceTable() + ": its stream stands in front of '"
                        + arrival.change() + "' and that of " + other + " in front of '" + change
                        + "': the shards made these changes in different orders, so that neither can be made when all have"
                        + " come to it; make both at the target yourself and start again");
    }

    private static boolean isKnown(RowSet<Row> rows, Arrival arrival) {
        for (Row row : rows) {
            return arrival.at().text().equals(row.getString(0))
                    && arrival.change().equals(row.getString(1));
        }
        return false;
    }

    /** Notes that a change which streams wait at is made. */
    public Future<Void> applied(SqlConnection connection, Arrival arrival) {
        return connection
                .preparedQuery("UPDATE " + table + " SET `applied` = 1" + OF_TABLE + " AND `change_told` = ?")
                .execute(ofTable(arrival).addValue(arrival.change()))
                .mapEmpty();
    }

    private Tuple ofTable(Arrival arrival) {
        return Tuple.of(pipeline, arrival.sourceTable(), arrival.shard().keyspace());
    }

    private static String encode(List<ColumnDefinition> columns) {
        JsonArray json = new JsonArray();
        columns.forEach(column -> json.add(new JsonArray().add(column.name()).add(column.definition())));
        return json.encode();
    }

    private static List<ColumnDefinition> decode(@Nullable String text) {
        List<ColumnDefinition> columns = new ArrayList<>();
        if (text != null) {
            new JsonArray(text).forEach(item -> {
                JsonArray column = (JsonArray) item;
                columns.add(new ColumnDefinition(column.getString(0), column.getString(1)));
            });
        }
        return columns;
    }
}
