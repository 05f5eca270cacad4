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
 * The sessions with the target: a bounded number that batches share, and some that are kept for a purpose of their own.
 * May be called on any thread; its state is touched on one context alone.
 */
final class Sessions {
    /** Of work that waits for something else than the server. */
    private static final Duration DEDICATED_SILENCE = Duration.ofHours(8);

    private final Vertx vertx;
    private final Target target;
    private final Context context;
    /**
     * A transaction of a batch is never silent for long, unless this process is held still or cut off from the server: then its
     * locks have to go with its lease, for another process waits for them.
     */
    private final Duration silence;
    /** Of the shared ones, so at most {@link Target#connections}. */
    private final ArrayDeque<Idle> idle = new ArrayDeque<>();
    /** One of each lane, which asks for one batch at a time, one of each that looks tables up, and one that creates them. */
    private final ArrayDeque<Promise<Session>> waiting = new ArrayDeque<>();
    /** The shared ones, one for each lane with an open transaction and one for each shard that is being claimed. */
    private final Set<Session> all = new HashSet<>();

    private int shared;
    private boolean closed;

    private record Idle(Session session, long since) {
        /** If not, the session may be about to be closed by the server. */
        boolean isFresh(Duration silence) {
            return !session.isEnded() && System.nanoTime() - since < silence.toNanos() / 2;
        }
    }

    /** @param silence how long the server keeps a transaction of a batch that nothing is heard of; whole seconds */
    Sessions(Vertx vertx, Target target, Duration silence) {
        this.silence = silence;
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
                idle.add(new Idle(session, System.nanoTime()));
            }
            serve();
        });
    }

    /** A session beyond the shared ones; it ends when its user closes it. */
    Future<Session> dedicated() {
        Promise<Session> promise = Promise.promise();
        context.runOnContext(v -> connect(DEDICATED_SILENCE).onComplete(promise));
        return promise.future();
    }

    /** The same for a transaction that waits for its source: as long as this process runs it is not silent. */
    Future<Session> held() {
        Promise<Session> promise = Promise.promise();
        context.runOnContext(v -> connect(silence)
                .onSuccess(session -> session.keepAlive(silence.dividedBy(3)))
                .onComplete(promise));
        return promise.future();
    }

    /** Does something on a session of its own, which is over afterwards; such work may wait for locks on top. */
    <T> Future<T> use(Function<SqlConnection, Future<T>> work) {
        return dedicated().compose(session -> session.spend(target.timeout().plusMinutes(1), work));
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
        connect(silence).onComplete(result -> {
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
    private Future<Session> connect(Duration silence) {
        Promise<Session> promise = Promise.promise();
        if (closed) {
            return Future.failedFuture(ClosedConnectionException.INSTANCE);
        }
        Context own = ((VertxInternal) vertx).createEventLoopContext();
        own.runOnContext(v -> MySQLConnection.connect(vertx, target.options())
                .map(connection -> new Session(connection, own, target.timeout()))
                .compose(session -> prepared(session, silence))
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

    private Future<Session> prepared(Session session, Duration silence) {
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
