package dev.tributary.diff;

import dev.tributary.checkpoint.MySqlErrors;
import dev.tributary.record.PipelineException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLBuilder;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.SqlResult;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collector;
import org.jspecify.annotations.Nullable;

/**
 * A server that holds all or some of a side's rows: one shard's primary, or a target. Used on the comparison's context
 * alone. What fails for a moment is asked again.
 */
final class Server {
    /** Well below what a tablet grants a query. */
    static final int QUERY_MILLIS = 20_000;

    private static final int SCAN_HOURS = 4;
    private static final int ATTEMPTS = 4;
    private static final long PAUSE_MILLIS = 500;

    /** What values look like must not depend on the server's defaults; expressions don't rely on it, literals do. */
    private static final String SESSION = "SET sql_mode = '', time_zone = '+00:00'";

    private final String name;
    private final Vertx vertx;
    private final Pool queries;
    private final Pool scans;
    private final BiFunction<String, Throwable, RuntimeException> failures;
    private boolean answered;
    private long nanos;

    /** Why a session could not be set; none is of use then. */
    private @Nullable Throwable unset;

    /** A query that the server or a tablet ended for the time it took. */
    static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooLong(String message) {
            super(message);
        }
    }

    /**
     * @param name for messages
     * @param vitess whether a VTGate is asked, whose scans need a session of their own kind
     * @param failures what a failure means, by what was done
     */
    Server(
            String name,
            Vertx vertx,
            MySQLConnectOptions options,
            boolean vitess,
            int connections,
            BiFunction<String, Throwable, RuntimeException> failures) {
        this.name = name;
        this.vertx = vertx;
        this.failures = failures;
        this.queries = pool(options, connections, SESSION);
        this.scans = pool(options, connections, vitess ? SESSION + ", workload = 'olap'" : SESSION);
    }

    private Pool pool(MySQLConnectOptions options, int connections, String session) {
        return MySQLBuilder.pool()
                .with(new PoolOptions().setMaxSize(connections))
                .connectingTo(options)
                .withConnectHandler(connection -> prepare(connection, session))
                .using(vertx)
                .build();
    }

    private void prepare(SqlConnection connection, String session) {
        connection.query(session).execute().onComplete(done -> {
            unset = done.cause();
            connection.close();
        });
    }

    /** Asks what is answered soon; fails with {@link TooLong} if it is not. */
    Future<RowSet<Row>> query(String what, String sql) {
        return query(what, sql, Function.identity());
    }

    /** @param mapping is called as the rows arrive, so that they need not be kept; must not throw */
    <R> Future<RowSet<R>> query(String what, String sql, Function<Row, R> mapping) {
        return timed(ask(queries, what, pool -> pool.query(sql).mapping(mapping).execute(), QUERY_MILLIS + 15_000L, 1));
    }

    /** Asks what may take as long as a whole table does, and have many rows. */
    Future<RowSet<Row>> scan(String what, String sql) {
        return scan(what, sql, Function.identity());
    }

    /** @param mapping as above */
    <R> Future<RowSet<R>> scan(String what, String sql, Function<Row, R> mapping) {
        return timed(ask(
                scans,
                what,
                pool -> pool.query(sql).mapping(mapping).execute(),
                TimeUnit.HOURS.toMillis(SCAN_HOURS),
                1));
    }

    /**
     * The same of rows of which nothing is kept but what they are added to.
     *
     * @param fresh what they are added to, made anew whenever the server has to be asked again
     */
    <A> Future<A> scan(String what, String sql, Supplier<A> fresh, BiConsumer<A, Row> add) {
        return timed(ask(
                scans,
                what,
                pool -> pool.query(sql)
                        .collecting(Collector.<Row, A>of(fresh, add, (one, other) -> one))
                        .execute()
                        .map(SqlResult::value),
                TimeUnit.HOURS.toMillis(SCAN_HOURS),
                1));
    }

    /** Does some work in a transaction, on a session that is set up first. */
    <T> Future<T> transaction(String what, List<String> session, Function<SqlConnection, Future<T>> work) {
        return queries.getConnection()
                .compose(connection -> set(connection, session.iterator())
                        .compose(set -> connection.begin())
                        .compose(transaction -> work.apply(connection)
                                .compose(
                                        done -> transaction.commit().map(done),
                                        failure -> transaction
                                                .rollback()
                                                .transform(rolledBack -> Future.failedFuture(failure))))
                        .eventually(() -> connection.close()))
                .recover(failure -> Future.failedFuture(failures.apply(what + " at " + name, failure)));
    }

    private static Future<Void> set(SqlConnection connection, Iterator<String> statements) {
        return statements.hasNext()
                ? connection.query(statements.next()).execute().compose(done -> set(connection, statements))
                : Future.succeededFuture();
    }

    private <T> Future<T> timed(Future<T> answer) {
        long start = System.nanoTime();
        return answer.onComplete(done -> nanos += System.nanoTime() - start);
    }

    private <T> Future<T> ask(Pool pool, String what, Function<Pool, Future<T>> question, long millis, int attempt) {
        Promise<T> promise = Promise.promise();
        question.apply(pool).timeout(millis, TimeUnit.MILLISECONDS).onComplete(answer -> {
            Throwable failure = answer.failed() ? answer.cause() : unset;
            if (failure == null) {
                answered = true;
                promise.complete(answer.result());
            } else if (isTooLong(failure)) {
                promise.fail(new TooLong(name + ": " + what + " took too long"));
            } else if (attempt < ATTEMPTS && isPassing(failure)) {
                vertx.setTimer(
                        PAUSE_MILLIS << attempt,
                        id -> ask(pool, what, question, millis, attempt + 1).onComplete(promise));
            } else {
                promise.fail(failures.apply(what + " at " + name, failure));
            }
        });
        return promise.future();
    }

    private static boolean isTooLong(Throwable failure) {
        if (failure instanceof MySQLException error) {
            String said = String.valueOf(error.getMessage());
            return error.getErrorCode() == 3024
                    || error.getErrorCode() == 1969
                    || error.getErrorCode() == 1317
                    || said.contains("DeadlineExceeded")
                    || said.contains("DEADLINE_EXCEEDED")
                    || said.contains("deadline exceeded");
        }
        return failure instanceof TimeoutException;
    }

    /** What fails at the start is not asked again: a wrong address must not look like a server that is slow. */
    private boolean isPassing(Throwable failure) {
        return answered
                && (!(failure instanceof MySQLException)
                        || MySqlErrors.of(name, failure).kind() == Kind.TRANSIENT);
    }

    /** Time that its answers took, all together. */
    long nanos() {
        return nanos;
    }

    Future<Void> close() {
        return Future.join(queries.close(), scans.close()).mapEmpty();
    }

    @Override
    public String toString() {
        return name;
    }
}
