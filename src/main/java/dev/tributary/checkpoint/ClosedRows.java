package dev.tributary.checkpoint;

import dev.tributary.record.ShardId;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** Forgets the rows of old shards, in the transaction of a connection that nothing else uses. */
record ClosedRows(CheckpointSql sql, SchemaLog schemas, String pipeline) {
    /** How many are forgotten. Every step holds only for what is still so, and the last owner's fence comes before the commit. */
    Future<Integer> forget(SqlConnection connection, String keyspace, Set<ShardId> gone) {
        return connection.preparedQuery(sql.streams).execute(Tuple.of(pipeline)).compose(rows -> {
            Set<ShardId> known = new HashSet<>();
            List<OldShards.Over> over = new ArrayList<>();
            for (Row row : rows) {
                ShardId shard = MySqlCheckpoints.shard(row);
                known.add(shard);
                boolean closed = row.getString("state").equals(CheckpointSql.CLOSED);
                if (shard.keyspace().equals(keyspace)
                        && (closed || row.getString("state").equals(CheckpointSql.ENDED))) {
                    boolean old = closed && row.getInteger("is_old") == 1;
                    over.add(new OldShards.Over(shard, old, row.getString("key_range")));
                }
            }
            return forget(connection, OldShards.of(over, known, gone).iterator(), 0);
        });
    }

    /** By the key of one row after the other: others' streams are locked by nobody who has a batch under way. */
    private Future<Integer> forget(SqlConnection connection, Iterator<OldShards.Over> old, int forgotten) {
        if (!old.hasNext()) {
            return Future.succeededFuture(forgotten);
        }
        OldShards.Over next = old.next();
        ShardId shard = next.shard();
        return connection
                .preparedQuery(sql.forgetClosed)
                .execute(Tuple.of(pipeline, shard.keyspace(), shard.shard(), next.reshard()))
                .compose(rows -> rows.rowCount() == 0
                        ? Future.succeededFuture(forgotten)
                        : schemas.forget(connection, shard).map(forgotten + 1))
                .compose(sum -> forget(connection, old, sum));
    }
}
