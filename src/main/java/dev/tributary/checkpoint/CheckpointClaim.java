package dev.tributary.checkpoint;

import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Takes shards over and plans them, each in one transaction on a connection that nothing else uses. */
final class CheckpointClaim {
    /** How long the server lets one attempt wait; a claim can be told to end in between. */
    private static final int LOCK_WAIT_SECONDS = 5;

    private final CheckpointSql sql;
    private final String pipeline;
    private final String owner;
    private final Leases leases;
    private final Duration patience;

    /** @param patience how long a claim waits for the last owner's transactions */
    CheckpointClaim(CheckpointSql sql, String pipeline, String owner, Leases leases, Duration patience) {
        this.patience = patience;
        this.sql = sql;
        this.pipeline = pipeline;
        this.owner = owner;
        this.leases = leases;
    }

    /** Takes the shard from whoever has it, unless that one still has a lease. */
    Future<ShardCheckpoint> claim(SqlConnection connection, ShardId shard) {
        return connection
                .query("SET SESSION innodb_lock_wait_timeout = "
                        + Math.clamp(patience.toSeconds(), 1, LOCK_WAIT_SECONDS))
                .execute()
                .compose(set -> attempt(connection, shard, System.nanoTime() + patience.toNanos()));
    }

    /** What a claim would find. */
    Future<ShardCheckpoint> look(SqlConnection connection, ShardId shard) {
        return connection
                .preparedQuery(sql.shard)
                .execute(Tuple.of(pipeline, shard.keyspace(), shard.shard()))
                .map(rows -> read(shard, rows));
    }

    private Future<ShardCheckpoint> attempt(SqlConnection connection, ShardId shard, long deadline) {
        return transaction(connection, take(connection, shard)).recover(failure -> {
            if (!MySqlErrors.isConflict(failure)) {
                return Future.failedFuture(failure);
            }
            return System.nanoTime() < deadline
                    ? attempt(connection, shard, deadline)
                    : Future.failedFuture(held(shard));
        });
    }

    private PipelineException held(ShardId shard) {
        return new PipelineException(
                Kind.TRANSIENT,
                "shard " + shard + ": another process holds it: a transaction of its last owner did not end within "
                        + patience.toSeconds() + " s");
    }

    private Future<ShardCheckpoint> take(SqlConnection connection, ShardId shard) {
        Tuple key = Tuple.of(pipeline, shard.keyspace(), shard.shard());
        return connection
                .preparedQuery(sql.addShard)
                .execute(Tuple.of(pipeline, shard.keyspace(), shard.shard(), owner))
                .compose(added -> connection.preparedQuery(sql.lockShard).execute(key))
                .compose(rows -> leases.mayTake(connection, shard, owner(rows)).map(rows))
                .compose(rows -> {
                    ShardCheckpoint claimed;
                    try {
                        claimed = read(shard, rows);
                    } catch (PipelineException refused) {
                        return Future.failedFuture(refused);
                    }
                    return connection
                            .preparedQuery(sql.raiseEpoch)
                            .execute(Tuple.of(claimed.epoch(), owner, pipeline, shard.keyspace(), shard.shard()))
                            .map(raised -> claimed);
                });
    }

    /** Who has the shard, which its change stream's row tells; nobody if it has come to its end. */
    private static String owner(RowSet<Row> rows) {
        for (Row row : rows) {
            if (row.getString("source_table").isEmpty()) {
                return row.getString("state").equals(CheckpointSql.CHANGES) ? row.getString("owner") : "";
            }
        }
        return "";
    }

    /** What the rows say, the change stream's first, under the next epoch. */
    private static ShardCheckpoint read(ShardId shard, RowSet<Row> rows) {
        long epoch = 0;
        Position changes = null;
        Set<String> tables = null;
        boolean closed = false;
        List<PartCheckpoint> parts = new ArrayList<>();
        for (Row row : rows) {
            epoch = Math.max(epoch, row.getLong("epoch"));
            String text = row.getString("position");
            Position position = text == null ? null : new Position(text);
            PartId part = new PartId(row.getString("source_table"), row.getInteger("part"));
            if (part.isChanges()) {
                changes = position;
                tables = tables(row.getString("tables"));
                closed = Set.of(CheckpointSql.ENDED, CheckpointSql.CLOSED).contains(row.getString("state"));
            } else {
                PartState state = PartState.of(row);
                if (state == PartState.COPYING && changes != null) {
                    throw ofAnEarlierVersion(shard, part);
                }
                parts.add(new PartCheckpoint(
                        part, row.getString("key_range"), position, state.isCopied(), state.isLate()));
            }
        }
        return new ShardCheckpoint(shard, epoch + 1, changes, tables, parts, closed);
    }

    private static PipelineException ofAnEarlierVersion(ShardId shard, PartId part) {
        return new PipelineException(
                Kind.FATAL,
                "shard " + shard + ": an earlier version of Tributary was copying table " + part.table()
                        + ", which had come later, while the changes waited: start that version until the table is copied,"
                        + " then this one");
    }

    static @Nullable Set<String> tables(@Nullable String json) {
        if (json == null) {
            return null;
        }
        Set<String> tables = new LinkedHashSet<>();
        new JsonArray(json).forEach(table -> tables.add((String) table));
        return tables;
    }

    Future<Void> plan(
            SqlConnection connection,
            ShardCheckpoint claimed,
            @Nullable Position changes,
            Set<String> tables,
            List<PartCheckpoint> added) {
        return transaction(connection, planned(connection, claimed, changes, tables, added));
    }

    /** As {@link CheckpointStore#planAlone} says: of those that plan a table of one name at once, each sees the one before. */
    Future<Void> planAlone(
            SqlConnection connection,
            ShardCheckpoint claimed,
            @Nullable Position changes,
            Set<String> tables,
            List<PartCheckpoint> added,
            TableStates states,
            Set<String> inherited) {
        Set<String> names = new TreeSet<>();
        added.forEach(part -> names.add(part.id().table()));
        Future<Void> work = lock(connection, names.iterator())
                .compose(locked -> planned(connection, claimed, changes, tables, added))
                .compose(planned -> carried(connection))
                .compose(carried -> {
                    for (String name : names) {
                        Set<String> keyspaces = carried.carried().getOrDefault(name, Set.of());
                        if (keyspaces.size() > 1) {
                            return Future.failedFuture(new PipelineException(
                                    Kind.TRANSIENT,
                                    claimed.shard() + ": table " + name + " is carried of another keyspace already, of "
                                            + keyspaces));
                        }
                    }
                    return states.sweep(connection, claimed.shard().keyspace(), inherited);
                });
        return transaction(connection, work);
    }

    private Future<Void> lock(SqlConnection connection, Iterator<String> names) {
        return names.hasNext()
                ? connection
                        .preparedQuery(sql.lockName)
                        .execute(Tuple.of(pipeline, names.next()))
                        .compose(locked -> lock(connection, names))
                : Future.succeededFuture();
    }

    Future<CarriedTables> carried(SqlConnection connection) {
        return connection
                .preparedQuery(sql.streams)
                .execute(Tuple.of(pipeline))
                .compose(streams -> connection
                        .preparedQuery(sql.sweeps)
                        .execute(Tuple.of(pipeline))
                        .map(marks -> CarriedTables.of(streams, marks)));
    }

    private Future<Void> planned(
            SqlConnection connection,
            ShardCheckpoint claimed,
            @Nullable Position changes,
            Set<String> tables,
            List<PartCheckpoint> added) {
        ShardId shard = claimed.shard();
        return connection
                .preparedQuery(sql.planTables)
                .execute(planned(claimed, tables, changes))
                .compose(updated -> {
                    if (!MySqlCheckpoints.holds(updated.rowCount())) {
                        return Future.failedFuture(MySqlCheckpoints.fenced(shard, claimed.epoch()));
                    }
                    return add(connection, claimed, added, 0);
                });
    }

    Future<Void> leave(SqlConnection connection, ShardCheckpoint claimed, Set<String> left) {
        ShardCheckpoint rest = claimed.without(left);
        ShardId shard = claimed.shard();
        Tuple key = Tuple.of(pipeline, shard.keyspace(), shard.shard());
        if (rest.closed()) {
            return connection
                    .preparedQuery(sql.forgetAllParts)
                    .execute(key)
                    .compose(forgotten ->
                            connection.preparedQuery(sql.forgetShard).execute(key))
                    .mapEmpty();
        }
        return forget(connection, shard, left.iterator())
                .compose(forgotten -> connection
                        .preparedQuery(sql.planTables)
                        .execute(planned(claimed, Objects.requireNonNull(rest.tables()), null)))
                .mapEmpty();
    }

    private Tuple planned(ShardCheckpoint claimed, Set<String> tables, @Nullable Position changes) {
        return Tuple.tuple()
                .addValue(json(tables))
                .addValue(changes == null ? null : changes.text())
                .addValue(pipeline)
                .addValue(claimed.shard().keyspace())
                .addValue(claimed.shard().shard())
                .addValue("")
                .addValue(0)
                .addValue(claimed.epoch());
    }

    private Future<Void> forget(SqlConnection connection, ShardId shard, Iterator<String> tables) {
        return tables.hasNext()
                ? connection
                        .preparedQuery(sql.forgetTable)
                        .execute(Tuple.of(pipeline, shard.keyspace(), shard.shard(), tables.next()))
                        .compose(forgotten -> forget(connection, shard, tables))
                : Future.succeededFuture();
    }

    static String json(Set<String> tables) {
        return new JsonArray(List.copyOf(new TreeSet<>(tables))).encode();
    }

    private Future<Void> add(SqlConnection connection, ShardCheckpoint claimed, List<PartCheckpoint> added, int next) {
        if (next == added.size()) {
            return Future.succeededFuture();
        }
        return connection
                .preparedQuery(sql.addPart)
                .execute(values(claimed, added.get(next)))
                .compose(done -> add(connection, claimed, added, next + 1));
    }

    private Tuple values(ShardCheckpoint claimed, PartCheckpoint part) {
        Position position = part.position();
        return Tuple.tuple()
                .addValue(pipeline)
                .addValue(claimed.shard().keyspace())
                .addValue(claimed.shard().shard())
                .addValue(part.id().table())
                .addValue(part.id().index())
                .addValue(part.range())
                .addValue(position == null ? null : position.text())
                .addValue(PartState.uncopied(claimed.changes()).word())
                .addValue(claimed.epoch())
                .addValue(owner);
    }

    static <T> Future<T> transaction(SqlConnection connection, Future<T> work) {
        return work.compose(
                result -> connection.query("COMMIT").execute().map(committed -> result),
                failure ->
                        connection.query("ROLLBACK").execute().transform(rolledBack -> Future.failedFuture(failure)));
    }
}
