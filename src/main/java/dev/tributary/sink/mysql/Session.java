package dev.tributary.sink.mysql;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.ClosedConnectionException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.impl.SqlConnectionInternal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose session is set, used by one at a time, from any thread. It answers on its own context.
 *
 * <p>The client tells only the first of the pipelined commands when the connection is lost (its codec fails one and forgets
 * the others), so what is under way is ended from here; and it has no time limit, so that is here too.
 */
final class Session {
    private static final Duration GOOD_BYE = Duration.ofSeconds(5);

    private final SqlConnection connection;
    private final Context context;
    private final Duration timeout;
    private final Promise<Void> ended = Promise.promise();
    private @Nullable Promise<?> underWay;
    private boolean greeting;
    /** When the server last answered, or was asked something while no answer was due. */
    private long heard;

    /** To be made on the connection's context. */
    Session(SqlConnection connection, Context context, Duration timeout) {
        this.connection = connection;
        this.context = context;
        this.timeout = timeout;
        connection.exceptionHandler(failure -> {}); // told to what is under way by the close that follows
        connection.closeHandler(closed -> end());
    }

    SqlConnection connection() {
        return connection;
    }

    /** Whether the server says that it is a MariaDB. */
    boolean isMariaDb() {
        return connection.databaseMetadata().productName().equals("MariaDB");
    }

    /** Done when the connection is gone, whoever ended it. */
    Future<Void> ended() {
        return ended.future();
    }

    boolean isEnded() {
        return ended.future().isComplete();
    }

    /**
     * Sends all at once, and is done when every one is answered; never fails but by the loss of the connection. The time
     * limit is of each answer: many slow statements are not a silent server.
     */
    Future<Outcome> run(List<Statement> statements) {
        return guarded(timeout, promise -> {
            if (statements.isEmpty()) {
                promise.complete(new Outcome(new int[0], -1, null));
            } else {
                new Pipeline(statements, promise).send();
            }
        });
    }

    Future<RowSet<Row>> query(String sql) {
        return guarded(
                timeout, promise -> connection.query(sql).execute().onComplete(result -> settle(promise, result)));
    }

    Future<RowSet<Row>> query(String sql, Tuple values) {
        return guarded(
                timeout,
                promise -> connection.preparedQuery(sql).execute(values).onComplete(result -> settle(promise, result)));
    }

    /** Does something with the connection itself, one command after the other. */
    <T> Future<T> lend(Duration limit, Function<SqlConnection, Future<T>> work) {
        return guarded(limit, promise -> work.apply(connection).onComplete(result -> settle(promise, result)));
    }

    /** The same, and ends the session. */
    <T> Future<T> spend(Duration limit, Function<SqlConnection, Future<T>> work) {
        return lend(limit, work).onComplete(done -> close());
    }

    /** Says something now and then: the server ends a session that is silent for too long. */
    void keepAlive(Duration period) {
        context.runOnContext(v -> {
            long timer = context.owner().setPeriodic(period.toMillis(), id -> {
                if (!greeting) {
                    greeting = true;
                    // behind what is under way
                    connection.query("SELECT 1").execute().onComplete(answered -> greeting = false);
                }
            });
            ended().onComplete(gone -> context.owner().cancelTimer(timer));
        });
    }

    Future<Void> commit() {
        return query("COMMIT").mapEmpty();
    }

    Future<Void> rollback() {
        return query("ROLLBACK").mapEmpty();
    }

    /** Says good-bye; the server rolls back what is not committed. One that does not answer is left alone soon. */
    void close() {
        connection.close();
        long timer = context.owner().setTimer(GOOD_BYE.toMillis(), id -> context.runOnContext(v -> kill()));
        ended().onComplete(gone -> context.owner().cancelTimer(timer));
    }

    private void giveUp(Promise<?> promise, Duration limit) {
        promise.tryFail(new TimeoutException("no answer within " + limit.toSeconds() + " s"));
        context.runOnContext(v -> kill());
    }

    /** Ends the connection without waiting for the server, which does not answer. */
    private void kill() {
        if (((SqlConnectionInternal) connection).unwrap() instanceof SocketConnectionBase socket) {
            socket.socket().close();
        }
        connection.close();
    }

    private interface Work<T> {
        void start(Promise<T> promise);
    }

    @SuppressWarnings("ReferenceEquality") // the very command
    private <T> Future<T> guarded(Duration limit, Work<T> work) {
        Promise<T> promise = Promise.promise();
        context.runOnContext(v -> {
            if (isEnded()) {
                promise.tryFail(ClosedConnectionException.INSTANCE);
                return;
            }
            underWay = promise;
            heard = System.nanoTime();
            Watch watch = new Watch(promise, limit);
            watch.arm(limit.toMillis());
            promise.future().onComplete(done -> {
                watch.stop();
                if (underWay == promise) {
                    underWay = null;
                }
            });
            work.start(promise);
        });
        return promise.future();
    }

    /** The time limit or the connection's end may have come first. */
    private static <T> void settle(Promise<T> promise, AsyncResult<T> result) {
        if (result.succeeded()) {
            promise.tryComplete(result.result());
        } else {
            promise.tryFail(result.cause());
        }
    }

    private void end() {
        ended.tryComplete();
        connection.close(); // lets the client forget it
        Promise<?> waiting = underWay;
        if (waiting != null) {
            waiting.tryFail(ClosedConnectionException.INSTANCE);
        }
    }

    /** Gives up when nothing was heard for too long; one timer, however many answers. On the connection's context. */
    private final class Watch {
        private final Promise<?> promise;
        private final Duration limit;
        private long timer;

        Watch(Promise<?> promise, Duration limit) {
            this.promise = promise;
            this.limit = limit;
        }

        void arm(long millis) {
            timer = context.owner().setTimer(millis, id -> look());
        }

        private void look() {
            long left = limit.toMillis() - (System.nanoTime() - heard) / 1_000_000;
            if (left > 0) {
                arm(left);
            } else {
                giveUp(promise, limit);
            }
        }

        void stop() {
            context.owner().cancelTimer(timer);
        }
    }

    /** Statements under way; on the connection's context. */
    private final class Pipeline {
        private final List<Statement> statements;
        private final Promise<Outcome> promise;
        private final int[] matched;
        private int answered;
        private int failedAt = -1;
        private @Nullable Throwable failure;

        Pipeline(List<Statement> statements, Promise<Outcome> promise) {
            this.statements = statements;
            this.promise = promise;
            this.matched = new int[statements.size()];
        }

        void send() {
            for (int i = 0; i < statements.size(); i++) {
                int index = i;
                Statement statement = statements.get(i);
                connection
                        .preparedQuery(statement.sql())
                        .execute(statement.values())
                        .onComplete(result -> {
                            heard = System.nanoTime();
                            if (result.succeeded()) {
                                matched[index] = result.result().rowCount();
                            } else if (failure == null || index < failedAt) {
                                failedAt = index;
                                failure = result.cause();
                            }
                            if (++answered == statements.size()) {
                                promise.tryComplete(new Outcome(matched, failedAt, failure));
                            }
                        });
            }
        }
    }
}
