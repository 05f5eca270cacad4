package dev.tributary.checkpoint;

import dev.tributary.record.ShardId;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Forgets the rows of old shards, in the transaction of a connection that nothing else uses. */
record ClosedRows(CheckpointSql sql, SchemaLog schemas, String pipeline) {
    /** How many are forgotten. Every step holds only for what is still so, and the last owner's fence comes before the commit. */
    Future<Integer> forget(SqlConnection connection, String keyspace, Set<ShardId> gone) {
        return connection.preparedQuery(sql.streams).execute(Tuple.of(pipeline)).compose(rows -> {
            Map<ShardId, String> reshards = reshards(rows, keyspace);
            Map<ShardId, Set<ShardId>> closed = new HashMap<>();
            reshards.forEach((shard, text) ->
                    closed.put(shard, ReshardText.parse(text).children().keySet()));
            List<ShardId> old = OldShards.of(closed, known(rows), gone);
            return forget(connection, old.iterator(), reshards, 0);
        });
    }

    private static Map<ShardId, String> reshards(RowSet<Row> rows, String keyspace) {
        Map<ShardId, String> reshards = new HashMap<>();
        for (Row row : rows) {
            if (row.getString("state").equals(CheckpointSql.CLOSED)
                    && row.getString("keyspace").equals(keyspace)) {
                reshards.put(MySqlCheckpoints.shard(row), row.getString("key_range"));
            }
        }
        return reshards;
    }

    private static Set<ShardId> known(RowSet<Row> rows) {
        Set<ShardId> known = new HashSet<>();
        rows.forEach(row -> known.add(MySqlCheckpoints.shard(row)));
        return known;
    }

    /** By the key of one row after the other: others' streams are locked by nobody who has a batch under way. */
    private Future<Integer> forget(
            SqlConnection connection, Iterator<ShardId> shards, Map<ShardId, String> reshards, int forgotten) {
        if (!shards.hasNext()) {
            return Future.succeededFuture(forgotten);
        }
        ShardId shard = shards.next();
        return connection
                .preparedQuery(sql.forgetClosed)
                .execute(Tuple.of(pipeline, shard.keyspace(), shard.shard(), reshards.get(shard)))
                .compose(rows -> rows.rowCount() == 0
                        ? Future.succeededFuture(forgotten)
                        : schemas.forget(connection, shard).map(forgotten + 1))
                .compose(sum -> forget(connection, shards, reshards, sum));
    }
}
