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
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Closes a shard that has come to its end, in one transaction; the last of those that end together opens their children, at the
 * positions where these have all rows of the parents and nothing more. So the order of a row's changes holds: no child is read
 * before every parent's last change is durable.
 *
 * @param epoch of the claim under which its stream came to the end
 * @param kept tables that are not to be copied over rows that are there
 */
record HandOver(
        CheckpointSql sql,
        SchemaLog schemas,
        TableStates tables,
        String pipeline,
        ShardId shard,
        long epoch,
        Reshard reshard,
        Set<String> kept) {
    /** A shard's change stream. */
    private record Stream(
            String state,
            String reshard,
            long epoch,
            @Nullable String tables) {
        boolean isOpen() {
            return state.equals(CheckpointSql.CHANGES);
        }

        Set<String> carried() {
            return new HashSet<>(Objects.requireNonNullElse(CheckpointClaim.tables(tables), Set.of()));
        }

        boolean hasEnded(Reshard by) {
            return state.equals(CheckpointSql.ENDED) && ReshardText.isSame(reshard, by);
        }
    }

    Future<Void> make(SqlConnection connection) {
        // no other shard's stream: its batch may be waiting for the target, and would hold this up; and in the
        // order in which whoever ends together with this one locks them
        return CheckpointClaim.transaction(
                connection,
                locked(connection, reshard.parents().iterator(), new HashMap<>())
                        .compose(streams -> close(connection, streams)));
    }

    private Future<Map<ShardId, Stream>> locked(
            SqlConnection connection, Iterator<ShardId> shards, Map<ShardId, Stream> streams) {
        if (!shards.hasNext()) {
            return Future.succeededFuture(streams);
        }
        return connection
                .preparedQuery(sql.lockStream)
                .execute(key(shards.next()))
                .compose(rows -> {
                    streams.putAll(streams(rows));
                    return locked(connection, shards, streams);
                });
    }

    /**
     * Of a shard that is forgotten, since nothing of it is carried: others may have ended together with it, and wait for it.
     *
     * @param connection has forgotten it in the transaction that is open
     */
    static Future<Void> without(
            SqlConnection connection,
            CheckpointSql sql,
            SchemaLog schemas,
            TableStates tables,
            String pipeline,
            ShardId shard,
            Set<String> kept) {
        return connection
                .preparedQuery(sql.lockStreams)
                .execute(Tuple.of(pipeline, shard.keyspace()))
                .map(HandOver::streams)
                .compose(streams -> {
                    for (Stream stream : streams.values()) {
                        if (stream.state().equals(CheckpointSql.ENDED)) {
                            Reshard waiting = ReshardText.parse(stream.reshard());
                            HandOver handOver = new HandOver(sql, schemas, tables, pipeline, shard, 0, waiting, kept);
                            if (waiting.parents().contains(shard) && handOver.isLast(streams)) {
                                return handOver.open(connection, streams, Set.of());
                            }
                        }
                    }
                    return Future.succeededFuture();
                });
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
        Set<ShardId> strange = reshard.parents().stream()
                .filter(parent -> !mayEnd(streams.get(parent)))
                .collect(Collectors.toSet());
        if (!strange.isEmpty()) {
            return Future.failedFuture(refused("with " + strange + ", whose rows other shards have already"));
        }
        boolean last = isLast(streams);
        Set<String> finished = own.carried();
        finished.removeAll(reshard.unfinished());
        Set<String> unwritten = new HashSet<>(reshard.unfinished());
        unwritten.retainAll(kept);
        if (!unwritten.isEmpty()) {
            return Future.failedFuture(kept(unwritten));
        }
        Future<Void> ended = connection
                .preparedQuery(sql.forgetAllParts)
                .execute(key(shard))
                .compose(forgotten -> connection
                        .preparedQuery(sql.end)
                        .execute(Tuple.of(
                                ReshardText.of(reshard),
                                CheckpointClaim.json(finished),
                                pipeline,
                                shard.keyspace(),
                                shard.shard())))
                .compose(done -> tables.sweep(connection, shard.keyspace(), reshard.unfinished()));
        return last ? ended.compose(done -> open(connection, streams, finished)) : ended;
    }

    private boolean isLast(Map<ShardId, Stream> streams) {
        return reshard.parents().stream().allMatch(parent -> parent.equals(shard) || hasEnded(streams.get(parent)));
    }

    /** Whether a stream has come to the same end, or is on its way, or there is nothing of it. */
    private boolean mayEnd(@Nullable Stream parent) {
        return isNothing(parent) || Objects.requireNonNull(parent).isOpen() || parent.hasEnded(reshard);
    }

    private boolean hasEnded(@Nullable Stream parent) {
        return isNothing(parent) || Objects.requireNonNull(parent).hasEnded(reshard);
    }

    private static boolean isNothing(@Nullable Stream parent) {
        return parent == null || parent.tables() == null;
    }

    /** With the children's rows, which are made here if nobody has claimed them yet. */
    private Future<Void> open(SqlConnection connection, Map<ShardId, Stream> parents, Set<String> finished) {
        Set<ShardId> children = reshard.children().keySet();
        return added(connection, children.iterator())
                .compose(added -> locked(connection, children.iterator(), new HashMap<>(parents)))
                .compose(streams -> opened(connection, streams, finished));
    }

    /** A row that is not there can't be locked but with what is beside it. */
    private Future<Void> added(SqlConnection connection, Iterator<ShardId> children) {
        if (!children.hasNext()) {
            return Future.succeededFuture();
        }
        ShardId child = children.next();
        return connection
                .preparedQuery(sql.addShard)
                .execute(Tuple.of(pipeline, child.keyspace(), child.shard(), ""))
                .compose(added -> added(connection, children));
    }

    /** Tables that not every parent has carried to its end are copied again, with the children's: over the rows of some. */
    private Future<Void> opened(SqlConnection connection, Map<ShardId, Stream> streams, Set<String> finished) {
        boolean empty = reshard.parents().stream().anyMatch(parent -> isNothing(streams.get(parent)));
        List<ShardId> children = new ArrayList<>();
        for (ShardId child : reshard.children().keySet()) {
            Stream known = streams.get(child);
            if (known == null || !known.isOpen() || known.tables() == null) {
                children.add(child);
            } else if (!empty) {
                return Future.failedFuture(refused("to " + child + ", whose stream has begun already"));
            } // else it has none of the others' rows, and was copied at once
        }
        List<Set<String>> parents = new ArrayList<>(List.of(finished));
        for (ShardId parent : reshard.parents()) {
            if (!parent.equals(shard)) {
                Stream stream = streams.get(parent);
                parents.add(stream == null ? Set.of() : stream.carried());
            }
        }
        Inherited inherited = Inherited.of(parents);
        Set<String> unwritten = new HashSet<>(inherited.again());
        unwritten.retainAll(kept);
        if (!unwritten.isEmpty()) {
            return Future.failedFuture(kept(unwritten));
        }
        return closed(connection, reshard.parents().iterator())
                .compose(closed -> tables.sweep(connection, shard.keyspace(), inherited.again()))
                .compose(marked -> open(connection, children, 0, CheckpointClaim.json(inherited.carried())));
    }

    /** A parent that somebody has claimed and not planned is not to be copied any more. */
    private Future<Void> closed(SqlConnection connection, Iterator<ShardId> parents) {
        if (!parents.hasNext()) {
            return Future.succeededFuture();
        }
        Tuple parent = key(parents.next());
        return connection
                .preparedQuery(sql.preventPlan)
                .execute(parent)
                .compose(prevented -> connection.preparedQuery(sql.close).execute(parent))
                .compose(closed -> closed(connection, parents));
    }

    private Future<Void> open(SqlConnection connection, List<ShardId> children, int next, String carried) {
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
                        .execute(Tuple.of(pipeline, child.keyspace(), child.shard(), position, carried)))
                .compose(opened -> schemas.inherit(connection, shard, child))
                .compose(inherited -> open(connection, children, next + 1, carried));
    }

    private Tuple key(ShardId of) {
        return Tuple.of(pipeline, of.keyspace(), of.shard());
    }

    private PipelineException kept(Set<String> tables) {
        return new PipelineException(
                Kind.FATAL,
                shard + ": the shard was resharded while tables " + new TreeSet<>(tables)
                        + " were copied, or together with"
                        + " shards that they are not carried of. Of one with a key TRIBUTARY_LOST_POSITION=resnapshot has"
                        + " rows copied again over what is at the target, and deleted there that the source has no more (it"
                        + " must be this pipeline's alone); or start a new pipeline (TRIBUTARY_PIPELINE) into an empty target");
    }

    private PipelineException refused(String why) {
        return new PipelineException(
                Kind.FATAL,
                shard + ": the shard was resharded together " + why
                        + "; start a new pipeline (TRIBUTARY_PIPELINE) into an" + " empty target");
    }
}
