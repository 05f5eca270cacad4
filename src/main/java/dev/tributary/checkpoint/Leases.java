package dev.tributary.checkpoint;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The leases of a pipeline's processes, a row each in the checkpoint table, and which of them has which shard. One row is
 * renewed however many shards a process has. Only the target's clock counts. A lease decides who may claim a shard, never who
 * may write it: that is the epoch's matter.
 */
final class Leases {
    /** What has not been renewed for as many times its lease is forgotten. */
    private static final int FORGOTTEN = 1000;

    private static final String ROW =
            " WHERE `pipeline` = ? AND `keyspace` = '' AND `shard` = '' AND `source_table` = ? AND `part` = 0"
                    + " AND `state` = 'replica'";
    private static final String AGE = "TIMESTAMPDIFF(MICROSECOND, `updated_at`, CURRENT_TIMESTAMP(6))";

    private final String pipeline;
    private final Lease own;
    private final ProcessName here = new ProcessName();
    private final String renew;
    private final String all;
    private final String one;
    private final String end;
    private final String owners;
    private final String release;

    Leases(String table, String pipeline, Lease own) {
        this.pipeline = pipeline;
        this.own = own;
        renew = "INSERT INTO " + table
                + " (`pipeline`, `keyspace`, `shard`, `source_table`, `part`, `key_range`, `state`,"
                + " `epoch`, `owner`, `tables`, `updated_at`)"
                + " VALUES (?, '', '', ?, 0, ?, 'replica', ?, '', ?, CURRENT_TIMESTAMP(6))"
                + " ON DUPLICATE KEY UPDATE `key_range` = VALUES(`key_range`), `epoch` = VALUES(`epoch`),"
                + " `tables` = VALUES(`tables`), `updated_at` = CURRENT_TIMESTAMP(6)";
        String columns = "SELECT `source_table`, `key_range`, `epoch`, `tables`, " + AGE + " AS `age` FROM " + table;
        all = columns + " WHERE `pipeline` = ? AND `keyspace` = '' AND `shard` = '' AND `state` = 'replica'";
        one = columns + ROW;
        end = "DELETE FROM " + table + ROW;
        owners =
                "SELECT `keyspace`, `shard`, `owner`, `epoch`, `position`, `state`, `tables` IS NOT NULL AND NOT EXISTS"
                        + " (SELECT 1 FROM " + table + " AS `p` WHERE `p`.`pipeline` = `s`.`pipeline`"
                        + " AND `p`.`keyspace` = `s`.`keyspace` AND `p`.`shard` = `s`.`shard` AND `p`.`source_table` <> ''"
                        + " AND `p`.`state` <> 'copied') AS `is_copied` FROM " + table + " AS `s`"
                        + " WHERE `pipeline` = ? AND `shard` <> '' AND `source_table` = ''";
        // since when a shard is closed is when its row was changed last
        release = "UPDATE " + table + " SET `owner` = '' WHERE `pipeline` = ? AND `keyspace` = ? AND `shard` = ?"
                + " AND `source_table` = '' AND `part` = 0 AND `owner` = ? AND `state` <> '" + CheckpointSql.CLOSED
                + "'";
    }

    /** Renews this process's lease, or takes one; tells who has or had one. Each statement is a transaction. */
    Future<Members> renew(SqlConnection connection, WaitingShards waiting, boolean stopping) {
        Lease told = stopping ? own.stopping() : own;
        return connection
                .preparedQuery(renew)
                .execute(Tuple.of(
                        pipeline,
                        told.owner(),
                        told.selection(),
                        told.duration().toMillis(),
                        waiting.text()))
                .compose(renewed -> replicas(connection))
                .compose(replicas -> forget(connection, replicas).map(new Members(own, replicas)));
    }

    Future<List<Replica>> replicas(SqlConnection connection) {
        return connection.preparedQuery(all).execute(Tuple.of(pipeline)).map(rows -> {
            List<Replica> replicas = new ArrayList<>();
            rows.forEach(row -> replicas.add(replica(row)));
            return replicas;
        });
    }

    private Replica replica(Row row) {
        String owner = row.getString("source_table");
        Duration duration = Duration.ofMillis(row.getLong("epoch"));
        Duration age = Duration.ofNanos(row.getLong("age") * 1000);
        boolean over = here.isOver(owner);
        // a server that took over may be behind the one at which a process renewed its lease, which is long gone
        boolean live = !over && age.abs().compareTo(duration) < 0;
        return new Replica(
                new Lease(owner, row.getString("key_range"), duration),
                age,
                over,
                live,
                WaitingShards.parse(row.getString("tables")));
    }

    private Future<Void> forget(SqlConnection connection, List<Replica> replicas) {
        List<String> old = replicas.stream()
                .filter(replica ->
                        replica.age().compareTo(replica.lease().duration().multipliedBy(FORGOTTEN)) > 0)
                .map(replica -> replica.lease().owner())
                .toList();
        return old.isEmpty() ? Future.succeededFuture() : end(connection, old.iterator());
    }

    private Future<Void> end(SqlConnection connection, Iterator<String> names) {
        return names.hasNext()
                ? connection
                        .preparedQuery(end)
                        .execute(Tuple.of(pipeline, names.next()))
                        .compose(ended -> end(connection, names))
                : connection.query("COMMIT").execute().mapEmpty();
    }

    /** Fails as {@code FENCED} if another process has a shard and still has a lease; the shard's row is locked. */
    Future<Void> mayTake(SqlConnection connection, ShardId shard, String owner) {
        if (owner.isEmpty() || owner.equals(own.owner())) {
            return Future.succeededFuture();
        }
        return connection
                .preparedQuery(one)
                .execute(Tuple.of(pipeline, owner))
                .compose(rows -> rows.size() > 0
                                && replica(rows.iterator().next()).live()
                        ? Future.failedFuture(new PipelineException(
                                Kind.FENCED, "shard " + shard + ": another process has claimed the shard: " + owner))
                        : Future.succeededFuture());
    }

    private static ShardOwner.Stage stage(String state) {
        return switch (state) {
            case CheckpointSql.ENDED -> ShardOwner.Stage.ENDED;
            case CheckpointSql.CLOSED -> ShardOwner.Stage.CLOSED;
            case CheckpointSql.FORGOTTEN -> ShardOwner.Stage.FORGOTTEN;
            default -> ShardOwner.Stage.OPEN;
        };
    }

    Future<List<ShardOwner>> owners(SqlConnection connection) {
        return connection.preparedQuery(owners).execute(Tuple.of(pipeline)).map(rows -> {
            List<ShardOwner> all = new ArrayList<>();
            for (Row row : rows) {
                String position = row.getString("position");
                String state = row.getString("state");
                all.add(new ShardOwner(
                        MySqlCheckpoints.shard(row),
                        row.getString("owner"),
                        row.getLong("epoch"),
                        position == null ? null : new Position(position),
                        row.getInteger("is_copied") == 1,
                        stage(state)));
            }
            return all;
        });
    }

    /** Gives shards back that this process has: another need not wait for the end of its lease. */
    Future<Void> release(SqlConnection connection, Iterator<ShardId> shards) {
        if (!shards.hasNext()) {
            return connection.query("COMMIT").execute().mapEmpty();
        }
        ShardId shard = shards.next();
        return connection
                .preparedQuery(release)
                .execute(Tuple.of(pipeline, shard.keyspace(), shard.shard(), own.owner()))
                .compose(released -> release(connection, shards));
    }

    /** Ends this process's lease. */
    Future<Void> resign(SqlConnection connection) {
        return end(connection, List.of(own.owner()).iterator());
    }
}
