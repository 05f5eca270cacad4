package dev.tributary.diff;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How far the source's shards are and how far the pipeline has come, by the checkpoints that it saves with its rows. Which
 * position is within which is answered by the source's own servers.
 */
final class Positions {
    private static final long LOOK_MILLIS = 100;
    /** Less than a stream waits for a lock. */
    private static final Duration VISIBLE = Duration.ofSeconds(20);

    private static final Pattern GTID_SET = Pattern.compile("[0-9a-fA-F:, \\n-]*");
    private static final String FLAVOUR = "MySQL56/";
    private static final int NO_SUCH_TABLE = 1146;

    private final Vertx vertx;
    private final List<Server> shards;
    private final Supplier<Future<Map<String, Saved>>> saved;
    private final String pipeline;
    private final Duration wait;
    private final boolean followed;
    private final long lookMillis;
    /** Why a wait was in vain; nobody waits as long again. */
    private @Nullable String stalled;

    /**
     * What the pipeline has saved of a shard.
     *
     * @param position of its changes; null before they have begun
     * @param copying tables that are not wholly there yet
     */
    record Saved(@Nullable String position, Set<String> copying) {}

    private Positions(
            Vertx vertx,
            List<Server> shards,
            Supplier<Future<Map<String, Saved>>> saved,
            String pipeline,
            Duration wait,
            boolean followed,
            long lookMillis) {
        this.vertx = vertx;
        this.shards = shards;
        this.saved = saved;
        this.pipeline = pipeline;
        this.wait = wait;
        this.followed = followed;
        this.lookMillis = lookMillis;
    }

    /** Looks whether there is a pipeline to wait for. */
    static Future<Positions> find(
            Vertx vertx, List<Server> shards, Server checkpoints, String pipeline, Duration wait) {
        return find(vertx, shards, () -> saved(checkpoints, pipeline), pipeline, wait, LOOK_MILLIS);
    }

    /**
     * @param saved reads what the pipeline has saved of every shard that goes on, by its name
     * @param lookMillis how often it is read while a position is waited for
     */
    static Future<Positions> find(
            Vertx vertx,
            List<Server> shards,
            Supplier<Future<Map<String, Saved>>> saved,
            String pipeline,
            Duration wait,
            long lookMillis) {
        return saved.get()
                .map(now -> new Positions(
                        vertx, shards, saved, pipeline, wait, !now.isEmpty() && !wait.isZero(), lookMillis));
    }

    /** What a difference means, for the report. */
    String words() {
        return words(followed, pipeline, wait);
    }

    /** @param followed whether there is a pipeline to wait for */
    static String words(boolean followed, String pipeline, Duration wait) {
        if (followed) {
            return "a difference is one that is still there once pipeline '" + pipeline
                    + "' has made durable what the source had committed";
        }
        return wait.isZero()
                ? "both sides are compared as they are: not waited for any pipeline"
                : "both sides are compared as they are: the target has no checkpoint of a pipeline '" + pipeline
                        + "', so that nothing is assumed to be on its way";
    }

    /** By shard, all that is committed there now. */
    Future<Map<String, String>> executed() {
        if (!followed) {
            return Future.succeededFuture(Map.of());
        }
        return Future.all(shards.stream()
                        .map(shard -> shard.query("reading the position", "SELECT @@global.gtid_executed"))
                        .toList())
                .map(all -> {
                    Map<String, String> positions = new HashMap<>();
                    for (int i = 0; i < shards.size(); i++) {
                        RowSet<Row> rows = all.resultAt(i);
                        positions.put(
                                shards.get(i).toString(), rows.iterator().next().getString(0));
                    }
                    return positions;
                });
    }

    /** Done once all of these positions are durable at the target, with the table's copy; fails as {@link Undetermined}. */
    Future<Void> reached(Map<String, String> goal, String table) {
        return followed
                ? look(goal, table, System.nanoTime() + (stalled == null ? wait.toNanos() : 0))
                : Future.succeededFuture();
    }

    private Future<Void> look(Map<String, String> goal, String table, long deadline) {
        return saved.get().compose(saved -> behind(saved, goal, table)).compose(behind -> {
            if (behind.isEmpty()) {
                return Future.succeededFuture();
            }
            if (System.nanoTime() >= deadline) {
                stalled = "pipeline '" + pipeline + "' did not catch up within " + wait.toSeconds() + " s: "
                        + String.join("; ", behind);
                return Future.failedFuture(new Undetermined(stalled));
            }
            Promise<Void> promise = Promise.promise();
            vertx.setTimer(lookMillis, id -> promise.complete());
            return promise.future().compose(v -> look(goal, table, deadline));
        });
    }

    /**
     * Done once the source shows everything that is durable at the target. A stream may be told of a transaction before the server
     * that commits it shows it: where a commit waits for a replica first.
     */
    Future<Void> visible() {
        return visible(System.nanoTime() + VISIBLE.toNanos());
    }

    private Future<Void> visible(long deadline) {
        return saved.get()
                .compose(saved -> Future.all(shards.stream()
                        .map(shard -> isVisible(shard, saved.get(shard.toString())))
                        .toList()))
                .compose(all -> {
                    if (all.<Boolean>list().stream().allMatch(Boolean::booleanValue)) {
                        return Future.succeededFuture();
                    }
                    if (System.nanoTime() >= deadline) {
                        return Future.failedFuture(new Undetermined(
                                "a shard of the source does not show what pipeline '" + pipeline + "' has read of it"));
                    }
                    Promise<Void> promise = Promise.promise();
                    vertx.setTimer(LOOK_MILLIS, id -> promise.complete());
                    return promise.future().compose(v -> visible(deadline));
                });
    }

    private static Future<Boolean> isVisible(Server shard, @Nullable Saved saved) {
        String position = saved == null ? null : saved.position();
        return position == null
                ? Future.succeededFuture(true)
                : shard.query(
                                "comparing positions",
                                "SELECT GTID_SUBSET(" + literal(position) + ", @@global.gtid_executed)")
                        .map(rows -> rows.iterator().next().getInteger(0) == 1);
    }

    /** In words, the shards that the pipeline has not come far enough with. */
    private Future<List<String>> behind(Map<String, Saved> saved, Map<String, String> goal, String table) {
        List<Future<String>> answers = new ArrayList<>();
        for (Server shard : shards) {
            String executed = goal.getOrDefault(shard.toString(), "");
            Saved of = saved.get(shard.toString());
            String position = of == null ? null : of.position();
            if (of == null || position == null) {
                answers.add(Future.succeededFuture("shard " + shard + " is not followed yet"));
            } else if (of.copying().contains(table)) {
                answers.add(Future.succeededFuture("shard " + shard + " is still copying " + table));
            } else {
                answers.add(shard.query(
                                "comparing positions",
                                "SELECT GTID_SUBSET(" + literal(executed) + ", " + literal(position) + ")")
                        .map(rows -> rows.iterator().next().getInteger(0) == 1
                                ? ""
                                : "shard " + shard + " stands at " + position + ", the source was at "
                                        + executed.replace("\n", "")));
            }
        }
        return Future.all(answers)
                .map(all -> all.<String>list().stream()
                        .filter(words -> !words.isEmpty())
                        .toList());
    }

    private static String literal(String gtids) {
        if (!GTID_SET.matcher(gtids).matches()) {
            throw new Undetermined("a position is not a set of GTIDs: " + gtids);
        }
        return "'" + gtids.replace("\n", "") + "'";
    }

    private static Future<Map<String, Saved>> saved(Server checkpoints, String pipeline) {
        String sql = "SELECT `keyspace`, `shard`, `source_table`, `position`, `state` FROM `tributary_checkpoint`"
                + " WHERE `pipeline` = _utf8mb4 X'"
                + HexFormat.of().formatHex(pipeline.getBytes(StandardCharsets.UTF_8))
                + "' AND `shard` <> '' AND `state` NOT IN ('ended', 'closed', 'forgotten')";
        return checkpoints
                .query("reading the checkpoints", sql)
                .map(Positions::saved)
                .recover(failure -> {
                    return isMissing(failure) ? Future.succeededFuture(Map.of()) : Future.failedFuture(failure);
                });
    }

    private static boolean isMissing(Throwable failure) {
        return failure instanceof MySQLException error
                ? error.getErrorCode() == NO_SUCH_TABLE
                : String.valueOf(failure.getMessage()).contains("MySQL error " + NO_SUCH_TABLE);
    }

    private static Map<String, Saved> saved(RowSet<Row> rows) {
        Map<String, String> positions = new HashMap<>();
        Map<String, Set<String>> copying = new HashMap<>();
        for (Row row : rows) {
            String shard = row.getString(0) + "/" + row.getString(1);
            copying.computeIfAbsent(shard, name -> new HashSet<>());
            if (row.getString(2).isEmpty()) {
                String position = row.getString(3);
                if (position != null) {
                    positions.put(shard, gtid(shard, position));
                }
            } else if (!row.getString(4).equals("copied")) {
                copying.get(shard).add(row.getString(2));
            }
        }
        Map<String, Saved> saved = new HashMap<>();
        copying.forEach((shard, tables) -> saved.put(shard, new Saved(positions.get(shard), tables)));
        return saved;
    }

    /** The set of GTIDs that a saved position says. */
    static String gtid(String shard, String position) {
        try {
            String gtid = new JsonObject(position).getString("gtid", "");
            return gtid.startsWith(FLAVOUR) ? gtid.substring(FLAVOUR.length()) : gtid;
        } catch (DecodeException | ClassCastException e) {
            throw new Undetermined("the checkpoint of shard " + shard + " is not understood");
        }
    }
}
