package dev.tributary.sink.mysql;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.sqlclient.ClosedConnectionException;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The sessions with the target: a number that batches share, and for each other purpose a number that have it to themselves. So
 * there are no more for many shards than for few. May be called on any thread; its state is touched on one context alone.
 */
final class Sessions {
    /** Beyond those that may wait for as many transactions of a shard's last owner: other shards are claimed meanwhile. */
    private static final int CLAIMS = 4;
    /** They are made one after the other, but for what the target needs no change for. */
    private static final int SCHEMA_CHANGES = 2;
    /** Each may last as long as a table's copy, and waits for nobody but its source. */
    private static final int OPEN_TRANSACTIONS = 16;

    private final Vertx vertx;
    private final Target target;
    private final Context context;
    /**
     * A transaction is never silent for long, unless this process is held still or cut off from the server: then its locks have to
     * go with its lease, for another process waits for them.
     */
    private final Duration silence;

    private final Turns checkpoints;
    private final Turns schemaChanges = new Turns(SCHEMA_CHANGES);
    private final Turns openTransactions = new Turns(OPEN_TRANSACTIONS);
    /** Of the shared ones, so at most {@link Target#connections}. */
    private final ArrayDeque<Idle> idle = new ArrayDeque<>();
    /** Of those for checkpoints, so no more than have a turn at a time. */
    private final ArrayDeque<Idle> resting = new ArrayDeque<>();
    /** One of each lane, which asks for one batch at a time, one of each that looks tables up, and one that creates them. */
    private final ArrayDeque<Promise<Session>> waiting = new ArrayDeque<>();
    /** The shared ones and those of {@link Turns}. */
    private final Set<Session> all = new HashSet<>();

    private int shared;
    private boolean closed;

    private record Idle(Session session, long since) {
        /** If not, the session may be about to be closed by the server. */
        boolean isFresh(Duration silence) {
            return !session.isEnded() && System.nanoTime() - since < silence.toNanos() / 2;
        }
    }

    /** @param silence how long the server keeps a session that nothing is heard of; whole seconds */
    Sessions(Vertx vertx, Target target, Duration silence) {
        this.silence = silence;
        this.vertx = vertx;
        this.target = target;
        this.context = ((VertxInternal) vertx).createEventLoopContext();
        this.checkpoints = new Turns(target.connections() + CLAIMS);
    }

    /** One of the shared sessions, as soon as one is free; to be given back with {@link #release}. */
    Future<Session> acquire() {
        Promise<Session> promise = Promise.promise();
        context.runOnContext(v -> {
            waiting.add(promise);
            serve();
        });
        return promise.future();
    }

    /** Gives a shared session back, whose transaction is over. */
    void release(Session session) {
        context.runOnContext(v -> {
            if (all.contains(session)) {
                idle.add(new Idle(session, System.nanoTime()));
            }
            serve();
        });
    }

    /** One that holds a transaction open for a copy; it ends when its user closes it. */
    Future<Session> open() {
        return dedicated(openTransactions);
    }

    /** One for a schema change. */
    Future<Session> schemaChange() {
        return dedicated(schemaChanges);
    }

    /**
     * Reads or writes checkpoints on a session that nothing else uses meanwhile; such work may wait for locks on top. What it
     * has not committed is rolled back.
     */
    <T> Future<T> use(Function<SqlConnection, Future<T>> work) {
        Promise<T> promise = Promise.promise();
        context.runOnContext(v -> checkpoints.take(() -> rested().onComplete(found -> {
            if (found.failed()) {
                context.runOnContext(w -> checkpoints.give());
                promise.fail(found.cause());
                return;
            }
            Session session = found.result();
            session.lend(target.timeout().plusMinutes(1), work).onComplete(result -> {
                rest(session, result.succeeded());
                promise.handle(result);
            });
        })));
        return promise.future();
    }

    /** One that is kept, as it was when it was opened, if it answers as soon as a new one would; else a new one. */
    private Future<Session> rested() {
        Idle last = resting.pollLast();
        if (last == null) {
            return lasting();
        }
        Promise<Session> promise = Promise.promise();
        Duration limit = Duration.ofMillis(target.options().getConnectTimeout());
        last.session()
                .lend(
                        limit,
                        connection -> connection
                                .query("SET SESSION innodb_lock_wait_timeout = DEFAULT")
                                .execute())
                .onComplete(answered -> context.runOnContext(v -> {
                    if (answered.succeeded()) {
                        promise.complete(last.session());
                    } else {
                        last.session().close();
                        lasting().onComplete(promise);
                    }
                }));
        return promise.future();
    }

    /** Keeps a session for what comes soon; of one at a VTGate nobody knows how to make it as it was. */
    private void rest(Session session, boolean clean) {
        Future<Void> restored = clean && !target.vitess()
                ? session.rollback()
                : Future.failedFuture(ClosedConnectionException.INSTANCE);
        restored.onComplete(result -> context.runOnContext(v -> {
            if (result.failed() || closed) {
                session.ended().onComplete(end -> context.runOnContext(w -> checkpoints.give()));
                session.close();
                return;
            }
            Idle idle = new Idle(session, System.nanoTime());
            resting.add(idle);
            vertx.setTimer(
                    silence.toMillis(),
                    id -> context.runOnContext(w -> {
                        if (resting.remove(idle)) {
                            session.close();
                        }
                    }));
            checkpoints.give();
        }));
    }

    /** One that is used now and then, or waits for something else than the server: as long as this process runs it is heard of. */
    private Future<Session> lasting() {
        return connect().onSuccess(session -> session.keepAlive(silence.dividedBy(3)));
    }

    /** One beyond all bounds, which its user keeps. */
    Future<Session> kept() {
        Promise<Session> promise = Promise.promise();
        context.runOnContext(v -> lasting().onComplete(promise));
        return promise.future();
    }

    private Future<Session> dedicated(Turns turns) {
        Promise<Session> promise = Promise.promise();
        context.runOnContext(v -> turns.take(() -> lasting().onComplete(result -> {
            Future<Void> over = result.succeeded() ? result.result().ended() : Future.succeededFuture();
            over.onComplete(end -> context.runOnContext(w -> turns.give()));
            promise.handle(result);
        })));
        return promise.future();
    }

    /** Runs where nothing else of the sessions' does at the same time. */
    <T> Future<T> onContext(Supplier<Future<T>> work) {
        Promise<T> promise = Promise.promise();
        context.runOnContext(v -> work.get().onComplete(promise));
        return promise.future();
    }

    Future<Void> close() {
        Promise<Void> promise = Promise.promise();
        context.runOnContext(v -> {
            closed = true;
            waiting.forEach(waiter -> waiter.fail(ClosedConnectionException.INSTANCE));
            waiting.clear();
            List<Future<Void>> ends = all.stream().map(Session::ended).toList();
            List.copyOf(all).forEach(Session::close);
            Future.join(ends).<Void>mapEmpty().onComplete(promise);
        });
        return promise.future();
    }

    private void serve() {
        while (!waiting.isEmpty()) {
            Idle last = idle.pollLast();
            if (last != null && last.isFresh(silence)) {
                waiting.remove().complete(last.session());
            } else if (last != null) {
                last.session().close(); // its end makes room for another
            } else if (shared < target.connections()) {
                share(waiting.remove());
            } else {
                return;
            }
        }
    }

    private void share(Promise<Session> waiter) {
        shared++;
        connect().onComplete(result -> {
            if (result.succeeded()) {
                result.result().ended().onComplete(end -> context.runOnContext(v -> lost(result.result())));
            } else {
                shared--;
                serve();
            }
            waiter.handle(result);
        });
    }

    private void lost(Session session) {
        idle.removeIf(one -> one.session().equals(session));
        shared--;
        serve();
    }

    /** Connects on an event loop of its own choice and answers on this context. */
    private Future<Session> connect() {
        Promise<Session> promise = Promise.promise();
        if (closed) {
            return Future.failedFuture(ClosedConnectionException.INSTANCE);
        }
        Context own = ((VertxInternal) vertx).createEventLoopContext();
        own.runOnContext(v -> MySQLConnection.connect(vertx, target.options())
                .map(connection -> new Session(connection, own, target.timeout()))
                .compose(session -> prepared(session))
                .onComplete(result -> context.runOnContext(back -> {
                    if (result.failed()) {
                        promise.tryFail(result.cause());
                    } else if (closed || !promise.tryComplete(known(result.result()))) {
                        result.result().close();
                    }
                })));
        // a server that takes the connection and says nothing more is not seen by the client's own time limit
        long timer = vertx.setTimer(
                target.options().getConnectTimeout() * 2L,
                id -> context.runOnContext(
                        v -> promise.tryFail(new TimeoutException("no answer from " + target.name()))));
        return promise.future().onComplete(done -> vertx.cancelTimer(timer));
    }

    private Future<Session> prepared(Session session) {
        return session.query(target.sessionSettings(session.isMariaDb(), silence))
                .map(session)
                .onFailure(failure -> session.close());
    }

    private Session known(Session session) {
        all.add(session);
        session.ended().onComplete(end -> context.runOnContext(v -> all.remove(session)));
        return session;
    }
}
