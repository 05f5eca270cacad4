package dev.tributary.source.vitess;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.mysqlclient.SslMode;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * VTGate's MySQL port, over a few connections that are kept for the next question for a while, however many shards are asked
 * about. May be called on any thread; its state is touched on one context alone.
 */
final class MySqlPort {
    /** Questions at a time: a tablet that does not answer holds up its own. */
    private static final int MOST = 8;

    private static final int CONNECT_SECONDS = 10;
    private static final int ANSWER_SECONDS = 60;
    /** Longer than a shard's stream waits until it asks again how far its source is. */
    private static final int KEPT_SECONDS = 10;

    private final Vertx vertx;
    private final VitessAddress address;
    private final MySQLConnectOptions options;
    private final Context context;
    /** A few of each shard. */
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    /** At most {@link #MOST}, the one that was used last behind the others. */
    private final ArrayDeque<Kept> idle = new ArrayDeque<>();

    private int asking;
    private boolean closed;

    private record Kept(MySQLConnection connection, long since) {}

    /** Reads the files of its TLS. */
    MySqlPort(Vertx vertx, VitessAddress address) {
        this.vertx = vertx;
        this.address = address;
        this.options = options(address);
        this.context = ((VertxInternal) vertx).createEventLoopContext();
    }

    /**
     * Asks as soon as one of the connections is free.
     *
     * @param what what is done, for messages: "listing shards"
     * @param database a keyspace, or a shard's tablets of a type; empty for VTGate itself
     */
    <T> Uni<T> ask(String what, String database, Function<MySQLConnection, Future<T>> question) {
        return Uni.createFrom()
                .completionStage(() -> {
                    Promise<T> answer = Promise.promise();
                    context.runOnContext(v -> {
                        waiting.add(() -> begin(database, question, answer));
                        next();
                    });
                    return answer.future().toCompletionStage();
                })
                .onFailure()
                .transform(failure -> VitessFailures.ofQuery(what, address, database, failure));
    }

    private void next() {
        while (asking < MOST && !waiting.isEmpty()) {
            asking++;
            waiting.remove().run();
        }
    }

    private <T> void begin(String database, Function<MySQLConnection, Future<T>> question, Promise<T> answer) {
        // one that was at a shard's tablets asks these, and can't be made to be nowhere again
        Kept kept = database.isEmpty() ? null : idle.pollLast();
        Future<MySQLConnection> connected = kept == null
                ? connect(database)
                : use(kept.connection(), database).recover(lost -> {
                    kept.connection().close();
                    return connect(database);
                });
        connected.onComplete(result -> {
            if (result.failed()) {
                over();
                answer.fail(result.cause());
                return;
            }
            MySQLConnection connection = result.result();
            answer(Future.succeededFuture(connection).compose(question), ANSWER_SECONDS)
                    .onComplete(answered -> context.runOnContext(v -> {
                        if (answered.succeeded() && !database.isEmpty()) {
                            keep(connection);
                        } else {
                            connection.close();
                        }
                        over();
                        answer.handle(answered);
                    }));
        });
    }

    private void over() {
        context.runOnContext(v -> {
            asking--;
            next();
        });
    }

    private void keep(MySQLConnection connection) {
        if (closed) {
            connection.close();
            return;
        }
        Kept kept = new Kept(connection, System.nanoTime());
        idle.add(kept);
        connection.closeHandler(lost -> context.runOnContext(v -> idle.remove(kept)));
        vertx.setTimer(
                KEPT_SECONDS * 1000L,
                id -> context.runOnContext(v -> {
                    if (idle.remove(kept)) {
                        connection.close();
                    }
                }));
    }

    private Future<MySQLConnection> use(MySQLConnection kept, String database) {
        return answer(kept.query("use " + KeyRange.quote(database)).execute(), CONNECT_SECONDS)
                .map(kept);
    }

    /** The client's own time limit ends with the TCP handshake; a server may take the connection and say nothing. */
    private Future<MySQLConnection> connect(String database) {
        Future<MySQLConnection> connecting =
                MySQLConnection.connect(vertx, new MySQLConnectOptions(options).setDatabase(database));
        return answer(connecting, CONNECT_SECONDS).onFailure(late -> connecting.onSuccess(MySQLConnection::close));
    }

    private static <T> Future<T> answer(Future<T> awaited, int seconds) {
        return awaited.timeout(seconds, TimeUnit.SECONDS)
                .recover(failure -> Future.failedFuture(
                        failure instanceof TimeoutException
                                ? new TimeoutException("no answer within " + seconds + " s")
                                : failure));
    }

    /** Closes what is kept; what is being asked is answered. */
    void close() {
        context.runOnContext(v -> {
            closed = true;
            idle.forEach(kept -> kept.connection().close());
            idle.clear();
        });
    }

    static MySQLConnectOptions options(VitessAddress address) {
        MySQLConnectOptions options = new MySQLConnectOptions()
                .setHost(address.host())
                .setPort(address.mysqlPort())
                .setUser(address.url().user().orElse(""))
                .setPassword(address.url().password().orElse(""))
                .setCharset("utf8mb4")
                .setPipeliningLimit(64);
        options.setConnectTimeout(CONNECT_SECONDS * 1000);
        if (address.tls()) {
            VitessTls.apply(options, address);
        } else {
            options.setSslMode(SslMode.DISABLED);
        }
        return options;
    }
}
