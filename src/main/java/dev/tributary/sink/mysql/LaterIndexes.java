package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.Identifiers.quoted;

import dev.tributary.checkpoint.MySqlCheckpoints;
import dev.tributary.checkpoint.MySqlErrors;
import dev.tributary.checkpoint.NotedIndexes;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Makes the indexes that tables were created without, once they are copied: sorted at once they cost a fraction of what row by
 * row does where they are larger than the server's memory. An index is made while the table is read and written; no row's fate
 * depends on one, so whoever of several processes comes first makes it, and what was made already does no harm. For any thread.
 */
final class LaterIndexes {
    private static final Logger LOG = Logger.getLogger(LaterIndexes.class);
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration SHORT_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofHours(24);
    /** In seconds: while an ALTER waits for who reads the table, everybody else waits behind it. */
    private static final int LONGEST_WAIT = 10;

    private static final Pattern PLAIN =
            Pattern.compile("^(?:KEY|INDEX)\\s+`(?:[^`]|``)+`[^(]*\\((`(?:[^`]|``)+`).*", Pattern.CASE_INSENSITIVE);
    private static final Pattern NAME = Pattern.compile("^(?:KEY|INDEX)\\s+(`(?:[^`]|``)+`)", Pattern.CASE_INSENSITIVE);
    private static final Pattern COUNTER =
            Pattern.compile("^(`(?:[^`]|``)+`).*\\bAUTO_INCREMENT\\b.*", Pattern.CASE_INSENSITIVE);
    private static final Pattern FOREIGN = Pattern.compile("\\bFOREIGN\\s+KEY\\b", Pattern.CASE_INSENSITIVE);

    private final Vertx vertx;
    private final Sessions sessions;
    private final MySqlCheckpoints checkpoints;
    private final String lock;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile boolean closed;

    /** @param scope tells this target and pipeline from others: one process at a time makes indexes */
    LaterIndexes(Vertx vertx, Sessions sessions, MySqlCheckpoints checkpoints, String scope) {
        this.vertx = vertx;
        this.sessions = sessions;
        this.checkpoints = checkpoints;
        this.lock = "tributary indexes " + UUID.nameUUIDFromBytes(scope.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Those of a table's definitions that nothing depends on: neither which rows it takes, nor a counter, nor a foreign key; and
     * that can be made while the table is written.
     */
    static List<String> among(List<String> lines) {
        if (lines.stream().anyMatch(line -> FOREIGN.matcher(line).find())) {
            return List.of();
        }
        List<String> counters = lines.stream()
                .map(COUNTER::matcher)
                .filter(Matcher::matches)
                .map(counter -> counter.group(1))
                .toList();
        return lines.stream()
                .filter(line -> {
                    Matcher plain = PLAIN.matcher(line);
                    return plain.matches() && !counters.contains(plain.group(1));
                })
                .toList();
    }

    /** There may be some to be made, now or later. */
    void wake() {
        if (looking.compareAndSet(false, true)) {
            look();
        }
    }

    private void look() {
        checkpoints
                .tables()
                .notedIndexes()
                .compose(noted -> make(copied(noted).iterator()).map(made -> !noted.isEmpty()))
                .onComplete(result -> {
                    if (result.failed() && !closed) {
                        LOG.warnf(
                                "indexes are not made yet, which is tried again: %s",
                                MySqlErrors.of("indexes of the target", result.cause())
                                        .getMessage());
                    }
                    if (closed || (result.succeeded() && !result.result())) {
                        looking.set(false);
                    } else {
                        vertx.setTimer(PAUSE.toMillis(), id -> look());
                    }
                });
    }

    /** Done once those of every table that is copied are made, by whichever process. */
    Future<Void> finish() {
        return checkpoints.tables().notedIndexes().compose(noted -> {
            List<NotedIndexes> due = copied(noted);
            if (!due.isEmpty()) {
                return make(due.iterator())
                        .recover(failure -> {
                            boolean passes =
                                    failure instanceof PipelineException known && known.kind() == Kind.TRANSIENT;
                            if (!passes) {
                                return Future.failedFuture(failure);
                            }
                            LOG.warnf("%s, which is tried again", failure.getMessage());
                            return Future.succeededFuture();
                        })
                        .compose(made -> pause())
                        .compose(paused -> finish());
            }
            noted.forEach(left -> LOG.warnf(
                    "table %s: is not copied, so it has no %s yet: they are made by the next run that copies it",
                    left.target(), names(left.definitions())));
            return Future.succeededFuture();
        });
    }

    /** Makes no more; what the server has under way it may end by itself. */
    void close() {
        closed = true;
    }

    private Future<Void> pause() {
        Promise<Void> over = Promise.promise();
        vertx.setTimer(SHORT_PAUSE.toMillis(), id -> over.complete());
        return over.future();
    }

    private static List<NotedIndexes> copied(List<NotedIndexes> noted) {
        return noted.stream().filter(NotedIndexes::copied).toList();
    }

    private Future<Void> make(Iterator<NotedIndexes> due) {
        if (!due.hasNext() || closed) {
            return Future.succeededFuture();
        }
        NotedIndexes next = due.next();
        return sessions.schemaChange()
                .compose(session -> session.spend(
                        LONGEST,
                        connection -> connection
                                .preparedQuery("SELECT GET_LOCK(?, 1)")
                                .execute(Tuple.of(lock))
                                .compose(got -> Integer.valueOf(1)
                                                .equals(got.iterator().next().getInteger(0))
                                        ? make(connection, next)
                                        : Future.succeededFuture())))
                .recover(failure -> Future.failedFuture(MySqlErrors.of("indexes of table " + next.target(), failure)))
                .compose(made -> make(due));
    }

    private Future<Void> make(SqlConnection connection, NotedIndexes due) {
        LOG.infof("table %s: is copied; %s are made now", due.target(), names(due.definitions()));
        return connection
                .query("SET SESSION lock_wait_timeout = " + LONGEST_WAIT)
                .execute()
                .compose(set -> add(connection, due.target(), due.definitions()))
                .compose(added -> checkpoints.tables().indexesMade(due))
                .onSuccess(made -> LOG.infof("table %s: has its indexes", due.target()));
    }

    /** All at once, so that the table is read once; by themselves where one is in the way of the others. */
    private static Future<Void> add(SqlConnection connection, String target, List<String> definitions) {
        String sql = "ALTER TABLE " + quoted(target) + " ADD " + String.join(", ADD ", definitions);
        return connection.query(sql).execute().<Void>mapEmpty().recover(failure -> {
            if (MySqlErrors.isMissingTable(failure)) {
                LOG.warnf("table %s: is gone, and needs no %s", target, names(definitions));
                return Future.succeededFuture();
            }
            if (!MySqlErrors.isDuplicateIndex(failure) && !MySqlErrors.isMissingIndexColumn(failure)) {
                return Future.failedFuture(failure);
            }
            if (definitions.size() == 1) {
                if (MySqlErrors.isMissingIndexColumn(failure)) {
                    LOG.warnf(
                            "table %s: %s is not made, a column of it is gone since: create it yourself",
                            target, names(definitions));
                }
                return Future.succeededFuture();
            }
            Future<Void> all = Future.succeededFuture();
            for (String definition : definitions) {
                all = all.compose(done -> add(connection, target, List.of(definition)));
            }
            return all;
        });
    }

    private static String names(List<String> definitions) {
        return definitions.stream()
                .map(NAME::matcher)
                .filter(Matcher::find)
                .map(name -> name.group(1))
                .collect(Collectors.joining(", ", definitions.size() == 1 ? "index " : "indexes ", ""));
    }
}
