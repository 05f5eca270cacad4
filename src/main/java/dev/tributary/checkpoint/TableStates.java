package dev.tributary.checkpoint;

import dev.tributary.record.ShardId;
import dev.tributary.record.TableId;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/** How far a pipeline's tables are, over all of its shards; and which of them are to be swept. */
public final class TableStates {
    private final CheckpointSql sql;
    private final String pipeline;
    private final MySqlCheckpoints.Connections connections;
    private volatile Set<String> toBeSwept = Set.of();

    TableStates(CheckpointSql sql, String pipeline, MySqlCheckpoints.Connections connections) {
        this.sql = sql;
        this.pipeline = pipeline;
        this.connections = connections;
    }

    /** Source tables whose copy is over in some shard, so that a stream tells their changes. */
    public Future<Set<String>> followed() {
        return connections.use(connection ->
                connection.preparedQuery(sql.states).execute(Tuple.of(pipeline)).map(TableStates::followed));
    }

    private static Set<String> followed(RowSet<Row> rows) {
        Set<String> all = new HashSet<>();
        byShard(rows).values().forEach(all::addAll);
        return all;
    }

    /** The tables that each shard's stream follows, unless it has come to its end. */
    private static Map<ShardId, Set<String>> byShard(RowSet<Row> rows) {
        Map<ShardId, Set<String>> followed = new HashMap<>();
        for (Row row : rows) {
            String tables = row.getString("tables");
            if (tables != null && row.getString("state").equals(CheckpointSql.CHANGES)) {
                followed.put(MySqlCheckpoints.shard(row), Objects.requireNonNull(CheckpointClaim.tables(tables)));
            }
        }
        for (Row row : rows) {
            String table = row.getString("source_table");
            Set<String> of = followed.get(MySqlCheckpoints.shard(row));
            if (of != null && !table.isEmpty() && !PartState.of(row).isFollowed()) {
                of.remove(table);
            }
        }
        return followed;
    }

    /**
     * Does some work while no stream of the pipeline can write.
     *
     * @param work takes the source tables that a stream may have written already
     */
    public Future<Void> whileNobodyWrites(Function<Set<String>, Future<Void>> work) {
        return connections.use(connection -> connection
                // what a stream's transaction begins with waits for these rows
                .preparedQuery(sql.states + " FOR UPDATE")
                .execute(Tuple.of(pipeline))
                .compose(rows -> {
                    Set<String> written = followed(rows);
                    rows.forEach(row -> {
                        if (row.getString("position") != null) {
                            written.add(row.getString("source_table"));
                        }
                    });
                    return work.apply(written);
                })
                .compose(done -> connection.query("ROLLBACK").execute().mapEmpty()));
    }

    /** Looks up the source tables that are to be swept. */
    public Future<Void> learn() {
        return connections.use(connection -> learn(connection));
    }

    Future<Void> learn(SqlConnection connection) {
        return connection.preparedQuery(sql.sweeps).execute(Tuple.of(pipeline)).map(rows -> {
            Set<String> names = new HashSet<>();
            rows.forEach(row -> names.add(row.getString("source_table")));
            toBeSwept = Set.copyOf(names);
            return null;
        });
    }

    /** Whether rows of a source table may be in the way of others, as it was learnt last; for any thread. */
    public boolean isToBeSwept(String table) {
        return toBeSwept.contains(table);
    }

    /** @param served shards that the source serves: all have to follow a table */
    Future<List<Sweep>> sweeps(SqlConnection connection, Collection<ShardId> served) {
        return connection
                .preparedQuery(sql.sweeps)
                .execute(Tuple.of(pipeline))
                .compose(marks -> marks.size() == 0
                        ? Future.succeededFuture(List.of())
                        : connection
                                .preparedQuery(sql.states)
                                .execute(Tuple.of(pipeline))
                                .map(states -> sweeps(marks, states, served)));
    }

    private List<Sweep> sweeps(RowSet<Row> marks, RowSet<Row> states, Collection<ShardId> served) {
        Map<ShardId, Set<String>> followed = byShard(states);
        Set<ShardId> needed = new HashSet<>(served);
        for (Row row : states) {
            // nobody reads the rows of one that has ended until others have ended with it
            boolean stream = row.getString("source_table").isEmpty() && row.getString("tables") != null;
            if (stream && !row.getString("state").equals(CheckpointSql.CLOSED)) {
                needed.add(MySqlCheckpoints.shard(row));
            }
        }
        Set<String> names = new HashSet<>();
        List<Sweep> sweeps = new ArrayList<>();
        for (Row mark : marks) {
            TableId table = new TableId(mark.getString("keyspace"), mark.getString("source_table"));
            names.add(table.name());
            List<ShardId> shards = needed.stream()
                    .filter(shard -> shard.keyspace().equals(table.keyspace()))
                    .toList();
            boolean ready = !shards.isEmpty()
                    && shards.stream()
                            .allMatch(shard ->
                                    followed.getOrDefault(shard, Set.of()).contains(table.name()));
            sweeps.add(new Sweep(table, mark.getLong("epoch"), ready));
        }
        toBeSwept = Set.copyOf(names);
        return sweeps;
    }

    Future<Void> sweep(SqlConnection connection, String keyspace, Collection<String> tables) {
        // as others do that mark some of them at the same time
        return sweep(connection, keyspace, tables.stream().sorted().iterator());
    }

    private Future<Void> sweep(SqlConnection connection, String keyspace, Iterator<String> tables) {
        return tables.hasNext()
                ? connection
                        .preparedQuery(sql.sweep)
                        .execute(Tuple.of(pipeline, keyspace, tables.next(), mark()))
                        .compose(marked -> sweep(connection, keyspace, tables))
                : Future.succeededFuture();
    }

    /** One that was not there before: another process may still be at work for a mark that is gone. */
    private static long mark() {
        return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE / 2);
    }

    Future<Void> swept(SqlConnection connection, Sweep sweep) {
        TableId table = sweep.table();
        return connection
                .preparedQuery(sql.swept)
                .execute(Tuple.of(pipeline, table.keyspace(), table.name(), sweep.mark()))
                .compose(done -> connection.query("COMMIT").execute())
                .compose(done -> learn(connection));
    }
}
