package dev.tributary.sink.mysql;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.sqlclient.ClosedConnectionException;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * The sessions with the target: a bounded number that batches share, and some that are kept for a purpose of their own.
 * May be called on any thread; its state is touched on one context alone.
 */
final class Sessions {
    private final Vertx vertx;
    private final Target target;
    private final Context context;
    private final ArrayDeque<Session> idle = new ArrayDeque<>();
    private final ArrayDeque<Promise<Session>> waiting = new ArrayDeque<>();
    private final Set<Session> all = new HashSet<>();
    private int shared;
    private boolean closed;

    Sessions(Vertx vertx, Target target) {
        this.vertx = vertx;
        this.target = target;
        this.context = ((VertxInternal) vertx).createEventLoopContext();
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
                idle.add(session);
            }
            serve();
        });
    }

    /** A session beyond the shared ones; it ends when its user closes it. */
    Future<Session> dedicated() {
        Promise<Session> promise = Promise.promise();
        context.runOnContext(v -> connect().onComplete(promise));
        return promise.future();
    }

    /** Does something on a session of its own, which is over afterwards; such work may wait for locks on top. */
    <T> Future<T> use(Function<SqlConnection, Future<T>> work) {
        return dedicated().compose(session -> session.spend(target.timeout().plusMinutes(1), work));
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
            Session session = idle.pollLast();
            if (session != null) {
                if (!session.isEnded()) {
                    waiting.remove().complete(session);
                }
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
        idle.remove(session);
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
        boolean mariaDb = session.connection().databaseMetadata().productName().equals("MariaDB");
        return session.query(target.sessionSettings(mariaDb)).map(session).onFailure(failure -> session.close());
    }

    private Session known(Session session) {
        all.add(session);
        session.ended().onComplete(end -> context.runOnContext(v -> all.remove(session)));
        return session;
    }
}
