package dev.tributary.source.vitess;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.mysqlclient.SslMode;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** VTGate's MySQL port, with a connection for each question. */
final class MySqlPort {
    private static final int CONNECT_SECONDS = 10;
    private static final int ANSWER_SECONDS = 60;

    private final Vertx vertx;
    private final VitessAddress address;
    private final MySQLConnectOptions options;

    /** Reads the files of its TLS. */
    MySqlPort(Vertx vertx, VitessAddress address) {
        this.vertx = vertx;
        this.address = address;
        this.options = options(address);
    }

    /**
     * Asks on a connection that is closed afterwards.
     *
     * @param what what is done, for messages: "listing shards"
     * @param database a keyspace, or a shard's tablets of a type
     */
    <T> Uni<T> ask(String what, String database, Function<MySQLConnection, Future<T>> question) {
        return Uni.createFrom()
                .completionStage(() -> connect(database)
                        .compose(connection -> answer(question.apply(connection), ANSWER_SECONDS)
                                .onComplete(done -> connection.close()))
                        .toCompletionStage())
                .onFailure()
                .transform(failure -> VitessFailures.ofQuery(what, address, failure));
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
