package dev.tributary.checkpoint;

import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import dev.tributary.record.StreamId;
import dev.tributary.record.TableId;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints in a table of the target database: a row for each shard's change stream (whose {@code source_table} is empty)
 * and one for each part that is not forgotten. The rows of a shard share one epoch; whoever saves must name it.
 */
public final class MySqlCheckpoints implements CheckpointStore {
    /** The table's name. */
    public static final String TABLE = "tributary_checkpoint";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Gives connections to the target. */
    public interface Connections {
        /** Does some work, with autocommit off, on a connection that nothing else uses meanwhile; ends it if it lasts too long. */
        <T> Future<T> use(Function<SqlConnection, Future<T>> work);

        /**
         * Does some work, with autocommit on, on a connection that is kept for such, one after the other.
         *
         * @param limit how long it may take; then the connection is ended
         */
        <T> Future<T> useKept(Duration limit, Function<SqlConnection, Future<T>> work);
    }

    private final CheckpointSql sql;
    private final CheckpointClaim claim;
    private final Leases leases;
    private final Lease lease;
    private final SchemaLog schemas;
    private final TableStates tables;
    private final Connections connections;
    private final String pipeline;

    /**
     * @param schema the database that holds the table; empty for the connection's own
     * @param pipeline whose checkpoints these are
     * @param lease this process's
     */
    public MySqlCheckpoints(String schema, String pipeline, Lease lease, Connections connections) {
        this(schema, pipeline, lease, connections, PATIENCE);
    }

    /** @param patience how long a claim waits for the last owner's transactions */
    MySqlCheckpoints(String schema, String pipeline, Lease lease, Connections connections, Duration patience) {
        if (pipeline.isBlank() || pipeline.length() > CheckpointSql.MAX_NAME) {
            throw new PipelineException(
                    Kind.SETTING,
                    "TRIBUTARY_PIPELINE: a name of 1 to " + CheckpointSql.MAX_NAME + " characters is expected");
        }
        this.sql = new CheckpointSql(schema);
        this.pipeline = pipeline;
        this.connections = connections;
        this.schemas = new SchemaLog(schema, pipeline);
        this.tables = new TableStates(sql, pipeline, connections);
        this.lease = lease;
        this.leases = new Leases(sql.table, pipeline, lease);
        this.claim = new CheckpointClaim(sql, pipeline, lease.owner(), leases, patience);
    }

    @Override
    public Uni<Void> open() {
        return uni(
                "table " + TABLE,
                connection -> connection
                        .query(sql.create)
                        .execute()
                        .compose(done -> connection.query(schemas.create).execute())
                        .compose(done -> connection.query("COMMIT").execute())
                        .mapEmpty());
    }

    @Override
    public Uni<KnownShards> shards() {
        return uni(
                "shards of table " + TABLE,
                connection -> connection
                        .preparedQuery(sql.shards)
                        .execute(Tuple.of(pipeline))
                        .map(rows -> {
                            Map<String, Set<ShardId>> known = new HashMap<>();
                            Set<ShardId> old = new HashSet<>();
                            for (Row row : rows) {
                                String state = row.getString("state");
                                known.computeIfAbsent(state, any -> new HashSet<>())
                                        .add(shard(row));
                                if (state.equals(CheckpointSql.CLOSED) && row.getInteger("is_old") == 1) {
                                    old.add(shard(row));
                                }
                            }
                            return new KnownShards(
                                    known.getOrDefault(CheckpointSql.CHANGES, Set.of()),
                                    known.getOrDefault(CheckpointSql.ENDED, Set.of()),
                                    known.getOrDefault(CheckpointSql.CLOSED, Set.of()),
                                    old);
                        }));
    }

    @Override
    public Uni<Integer> forget(ShardId holder, long epoch, Set<ShardId> gone) {
        return uni(
                "closed shards of " + holder.keyspace(),
                connection -> CheckpointClaim.transaction(
                        connection,
                        new ClosedRows(sql, schemas, pipeline)
                                .forget(connection, holder.keyspace(), gone)
                                // behind them: whoever locks all rows comes to older shards first
                                .compose(forgotten ->
                                        hold(connection, holder, epoch).map(held -> forgotten))));
    }

    @Override
    public Uni<Void> close(ShardId shard, long epoch, Reshard reshard, Set<String> kept) {
        return uni(
                "end of shard " + shard,
                connection -> new HandOver(sql, schemas, tables, pipeline, shard, epoch, reshard, kept)
                        .make(connection)
                        .compose(made -> tables.learn(connection)));
    }

    @Override
    public Uni<Members> renew(WaitingShards waiting, boolean stopping) {
        return kept("lease of " + lease.owner(), connection -> leases.renew(connection, waiting, stopping));
    }

    @Override
    public Uni<List<ShardOwner>> owners() {
        return kept("owners of the shards", connection -> orNone(leases.owners(connection)));
    }

    @Override
    public Uni<ShardCheckpoint> look(ShardId shard) {
        return kept("checkpoint of shard " + shard, connection -> claim.look(connection, shard));
    }

    @Override
    public Uni<Void> release(Collection<ShardId> shards) {
        // in the order in which others lock several
        List<ShardId> ordered = shards.stream().sorted().toList();
        return uni("owners of the shards", connection -> leases.release(connection, ordered.iterator()));
    }

    @Override
    public Uni<Void> resign(Collection<ShardId> shards) {
        // where leases are renewed, behind what is still under way there: else that takes a lease anew
        return release(shards).chain(() -> kept("lease of " + lease.owner(), leases::resign));
    }

    @Override
    public Uni<List<Replica>> replicas() {
        return uni("processes of table " + TABLE, connection -> orNone(leases.replicas(connection)));
    }

    private static <T> Future<List<T>> orNone(Future<List<T>> found) {
        return found.recover(failure ->
                MySqlErrors.isMissingTable(failure) ? Future.succeededFuture(List.of()) : Future.failedFuture(failure));
    }

    @Override
    public Uni<ShardCheckpoint> claim(ShardId shard) {
        return uni("claim of shard " + shard, connection -> claim.claim(connection, shard));
    }

    @Override
    public Uni<Void> plan(
            ShardCheckpoint claimed, @Nullable Position changes, Set<String> tables, List<PartCheckpoint> added) {
        return uni(
                "plan of shard " + claimed.shard(),
                connection -> claim.plan(connection, claimed, changes, tables, added));
    }

    @Override
    public Uni<CarriedTables> carried() {
        return uni("tables of all shards", claim::carried);
    }

    @Override
    public Uni<Void> planAlone(
            ShardCheckpoint claimed,
            @Nullable Position changes,
            Set<String> planned,
            List<PartCheckpoint> added,
            Set<String> inherited) {
        return uni(
                "plan of shard " + claimed.shard(),
                connection -> claim.planAlone(connection, claimed, changes, planned, added, tables, inherited)
                        .compose(done -> tables.learn(connection)));
    }

    @Override
    public Uni<Void> leave(ShardCheckpoint claimed, Set<String> left, Set<String> swept, Set<String> kept) {
        ShardId shard = claimed.shard();
        return uni(
                "tables of shard " + shard,
                connection -> CheckpointClaim.transaction(
                                connection,
                                hold(connection, shard, claimed.epoch())
                                        .compose(held -> claim.leave(connection, claimed, left))
                                        .compose(done -> tables.sweep(connection, shard.keyspace(), swept))
                                        .compose(done -> claimed.without(left).closed()
                                                ? HandOver.without(
                                                        connection, sql, schemas, tables, pipeline, shard, kept)
                                                : Future.succeededFuture()))
                        .compose(done -> tables.learn(connection)));
    }

    @Override
    public Uni<List<Sweep>> sweeps(Set<ShardId> served) {
        return uni("tables to be swept", connection -> tables.sweeps(connection, served));
    }

    @Override
    public Uni<Void> swept(Sweep sweep) {
        return uni("tables to be swept", connection -> tables.swept(connection, sweep));
    }

    @Override
    public Uni<Map<String, TableColumns>> columns(ShardId shard) {
        return uni("columns of shard " + shard, connection -> schemas.columns(connection, shard));
    }

    @Override
    public Uni<Void> keepColumns(ShardCheckpoint claimed, Map<String, List<ColumnDefinition>> columns) {
        ShardId shard = claimed.shard();
        return uni(
                "columns of shard " + shard,
                connection -> hold(connection, shard, claimed.epoch())
                        .compose(held -> schemas.keep(connection, shard, columns))
                        .compose(kept -> connection.query("COMMIT").execute())
                        .mapEmpty());
    }

    @Override
    public Uni<Void> join(ShardId shard, long epoch, Position at) {
        return uni(
                "tables of shard " + shard,
                connection -> held(connection, shard, epoch)
                        .compose(stands -> at.text().equals(stands.getString("position"))
                                ? connection.preparedQuery(sql.join).execute(shardKey(shard))
                                : Future.failedFuture(new PipelineException(
                                        Kind.TRANSIENT, shard + ": the change stream does not stand at " + at)))
                        .compose(joined -> connection.query("COMMIT").execute())
                        .mapEmpty());
    }

    /** Keeps the shard from being claimed until the connection's transaction ends; fails as {@code FENCED} if it was. */
    public Future<Void> hold(SqlConnection connection, ShardId shard, long epoch) {
        return held(connection, shard, epoch).mapEmpty();
    }

    private Future<Row> held(SqlConnection connection, ShardId shard, long epoch) {
        return connection
                .preparedQuery(sql.hold)
                .execute(Tuple.of(pipeline, shard.keyspace(), shard.shard(), epoch))
                .compose(rows -> rows.size() == 1
                        ? Future.succeededFuture(rows.iterator().next())
                        : Future.failedFuture(fenced(shard, epoch)));
    }

    /** How far the tables are, over all shards. */
    public TableStates tables() {
        return tables;
    }

    /** Names of the columns that any shard's rows of a table have, as far as they are known. */
    public Future<Set<String>> columnsOf(TableId source) {
        // asked by who holds a session already: others may wait for what that has locked, on all there are
        return connections.useKept(lease.duration().dividedBy(3), connection -> schemas.columns(connection, source));
    }

    static ShardId shard(Row row) {
        return new ShardId(row.getString("keyspace"), row.getString("shard"));
    }

    /** What the streams have told of the source's schema. */
    public SchemaLog schemas() {
        return schemas;
    }

    /**
     * What saves a batch's mark, in the transaction of its rows. The first statement locks the stream's row, so that a claim
     * waits for this transaction, or this transaction for the claim and then fails. None for an open batch.
     */
    public List<SavingStatement> saving(ChangeBatch batch) {
        StreamId stream = batch.stream();
        return switch (batch.mark()) {
            case Mark.Boundary(Position position) -> List.of(save(sql.save, stream, batch.epoch(), position));
            case Mark.Chunk(Position position) -> List.of(save(sql.save, stream, batch.epoch(), position));
            case Mark.Copied(Position position) -> List.of(save(sql.saveCopied, stream, batch.epoch(), position));
            case Mark.PastParts(Position position) ->
                List.of(
                        save(sql.save, stream, batch.epoch(), position),
                        new SavingStatement(sql.forgetParts, shardKey(stream.shard()), false));
            case Mark.Open() -> List.of();
        };
    }

    private SavingStatement save(String statement, StreamId stream, long epoch, Position position) {
        ShardId shard = stream.shard();
        Tuple values = Tuple.tuple()
                .addValue(position.text())
                .addValue(pipeline)
                .addValue(shard.keyspace())
                .addValue(shard.shard())
                .addValue(stream.part().table())
                .addValue(stream.part().index())
                .addValue(epoch);
        return new SavingStatement(statement, values, true);
    }

    private Tuple shardKey(ShardId shard) {
        return Tuple.of(pipeline, shard.keyspace(), shard.shard());
    }

    /**
     * Whether a fence held.
     *
     * @param matched how many rows the fence matched: none once another process has claimed the shard
     */
    public static boolean holds(int matched) {
        return matched == 1;
    }

    /** What a stale owner is told. */
    public static PipelineException fenced(ShardId shard, long epoch) {
        return new PipelineException(
                Kind.FENCED,
                "shard " + shard + ": epoch " + epoch
                        + " is over, another process has claimed the shard; nothing was saved");
    }

    /** What never waits for a lock: it is tried again while the lease lasts. */
    private <T> Uni<T> kept(String what, Function<SqlConnection, Future<T>> work) {
        return Uni.createFrom()
                .completionStage(() -> connections
                        .useKept(lease.duration().dividedBy(3), work)
                        .recover(failure -> Future.failedFuture(MySqlErrors.of(what, failure)))
                        .toCompletionStage());
    }

    private <T> Uni<T> uni(String what, Function<SqlConnection, Future<T>> work) {
        return Uni.createFrom()
                .completionStage(() -> connections
                        .use(work)
                        .recover(failure -> Future.failedFuture(MySqlErrors.of(what, failure)))
                        .toCompletionStage());
    }
}
