package dev.tributary.checkpoint;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Closes a shard that has come to its end, in one transaction; the last of those that end together opens their children, at the
 * positions where these have all rows of the parents and nothing more. So the order of a row's changes holds: no child is read
 * before every parent's last change is durable.
 *
 * @param epoch of the claim under which its stream came to the end
 */
record HandOver(CheckpointSql sql, SchemaLog schemas, String pipeline, ShardId shard, long epoch, Reshard reshard) {
    /** A shard's change stream. */
    private record Stream(
            String state,
            String reshard,
            long epoch,
            @Nullable String tables) {
        boolean isOpen() {
            return state.equals(CheckpointSql.CHANGES);
        }

        boolean hasEnded(Reshard by) {
            return state.equals(CheckpointSql.ENDED) && reshard.equals(by.id());
        }
    }

    Future<Void> make(SqlConnection connection) {
        return CheckpointClaim.transaction(
                connection,
                connection
                        .preparedQuery(sql.lockStreams)
                        .execute(Tuple.of(pipeline))
                        .map(HandOver::streams)
                        .compose(streams -> close(connection, streams)));
    }

    private static Map<ShardId, Stream> streams(RowSet<Row> rows) {
        Map<ShardId, Stream> streams = new HashMap<>();
        for (Row row : rows) {
            streams.put(
                    new ShardId(row.getString("keyspace"), row.getString("shard")),
                    new Stream(
                            row.getString("state"),
                            row.getString("key_range"),
                            row.getLong("epoch"),
                            row.getString("tables")));
        }
        return streams;
    }

    private Future<Void> close(SqlConnection connection, Map<ShardId, Stream> streams) {
        Stream own = streams.get(shard);
        if (own == null || own.epoch() != epoch || !own.isOpen()) {
            return Future.failedFuture(MySqlCheckpoints.fenced(shard, epoch));
        }
        Set<ShardId> unknown = reshard.parents().stream()
                .filter(parent -> !mayEnd(streams.get(parent)))
                .collect(Collectors.toSet());
        if (!unknown.isEmpty()) {
            return Future.failedFuture(refused("with " + unknown + ", which this pipeline does not carry"));
        }
        boolean last = reshard.parents().stream()
                .allMatch(parent -> parent.equals(shard)
                        || Objects.requireNonNull(streams.get(parent)).hasEnded(reshard));
        Future<Void> ended = connection
                .preparedQuery(sql.forgetAllParts)
                .execute(key(shard))
                .compose(forgotten -> connection
                        .preparedQuery(sql.end)
                        .execute(Tuple.of(reshard.id(), pipeline, shard.keyspace(), shard.shard())))
                .mapEmpty();
        return last ? ended.compose(done -> open(connection, streams)) : ended;
    }

    /** Whether a stream has come to the same end, or is on its way. */
    private boolean mayEnd(@Nullable Stream parent) {
        return parent != null && (parent.isOpen() && parent.tables() != null || parent.hasEnded(reshard));
    }

    private Future<Void> open(SqlConnection connection, Map<ShardId, Stream> streams) {
        Map<ShardId, Set<String>> tables = new HashMap<>();
        for (ShardId parent : reshard.parents()) {
            String carried = Objects.requireNonNull(streams.get(parent)).tables();
            tables.put(parent, Objects.requireNonNullElse(CheckpointClaim.tables(carried), Set.of()));
        }
        if (new HashSet<>(tables.values()).size() > 1) {
            return Future.failedFuture(refused("with shards that other tables are carried of: " + tables));
        }
        for (ShardId child : reshard.children().keySet()) {
            Stream known = streams.get(child);
            if (known != null && known.isOpen()) {
                return Future.failedFuture(refused("to " + child + ", whose stream has begun already"));
            }
        }
        List<ShardId> children = new ArrayList<>(reshard.children().keySet());
        return connection
                .preparedQuery(sql.close)
                .execute(Tuple.of(pipeline, reshard.id()))
                .compose(closed -> open(
                        connection,
                        children,
                        0,
                        Objects.requireNonNull(streams.get(shard)).tables()));
    }

    private Future<Void> open(SqlConnection connection, List<ShardId> children, int next, @Nullable String tables) {
        if (next == children.size()) {
            return Future.succeededFuture();
        }
        ShardId child = children.get(next);
        String position = Objects.requireNonNull(reshard.children().get(child)).text();
        return connection
                .preparedQuery(sql.forgetAllParts)
                .execute(key(child))
                .compose(forgotten -> connection
                        .preparedQuery(sql.openShard)
                        .execute(Tuple.of(pipeline, child.keyspace(), child.shard(), position, tables)))
                .compose(opened -> schemas.inherit(connection, shard, child))
                .compose(inherited -> open(connection, children, next + 1, tables));
    }

    private Tuple key(ShardId of) {
        return Tuple.of(pipeline, of.keyspace(), of.shard());
    }

    private PipelineException refused(String why) {
        return new PipelineException(
                Kind.FATAL,
                shard + ": the shard was resharded together " + why
                        + "; start a new pipeline (TRIBUTARY_PIPELINE) into an" + " empty target");
    }
}
