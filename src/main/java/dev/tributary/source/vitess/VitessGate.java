package dev.tributary.source.vitess;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The connections to one VTGate, however many keyspaces and shards are read there. May be called on any thread. */
final class VitessGate {
    /** Of many shards, which need not be fast each. */
    private static final int LEAST_WINDOW = 64 << 10;
    /** Enough for 20 MB a second from 50 ms away. */
    private static final int MOST_WINDOW = 1 << 20;

    /** In the place of a keyspace's name. */
    static final String ALL = "*";

    private final VitessAddress address;
    private final MySqlPort port;
    /** For one shard at first, and once it is known how many there are for so many. */
    private final VitessChannels channels;

    private final long ahead;
    private final boolean all;
    /** One that there is, where one is known: connections to such are kept. */
    private volatile String keyspace;

    /**
     * @param address of any of its keyspaces
     * @param ahead bytes that it may have sent, before they are asked for, of one stream of each shard together; but a little of
     *     each, however many there are
     */
    VitessGate(Vertx vertx, VitessAddress address, long ahead) {
        this.address = address;
        this.port = new MySqlPort(vertx, address);
        this.ahead = ahead;
        this.all = address.keyspace().equals(ALL);
        this.keyspace = all ? "" : address.keyspace();
        this.channels = new VitessChannels(vertx, address, window(1));
    }

    private int window(int shards) {
        return Math.clamp(ahead / Math.max(1, shards), LEAST_WINDOW, MOST_WINDOW);
    }

    /** To be called before a stream is open. */
    void connectFor(int shards) {
        channels.window(window(shards));
    }

    VitessChannels channels() {
        return channels;
    }

    /** As {@link MySqlPort#ask} says. */
    <T> Uni<T> ask(String what, String database, Function<MySQLConnection, Future<T>> question) {
        return port.ask(what, database, question);
    }

    /** The served shards of all keyspaces, {@code commerce/-80}. */
    Uni<List<String>> shards() {
        return ask(
                        "listing shards",
                        keyspace,
                        connection -> connection
                                .query("show vitess_shards")
                                .execute()
                                .map(rows -> {
                                    List<String> shards = new ArrayList<>();
                                    for (Row row : rows) {
                                        shards.add(row.getString(0));
                                    }
                                    return shards;
                                }))
                .invoke(shards -> shards.stream()
                        .findFirst()
                        .filter(shard -> all)
                        .ifPresent(shard -> keyspace = shard.substring(0, shard.lastIndexOf('/'))))
                .onFailure(failure -> all)
                // it may be gone
                .invoke(() -> keyspace = "");
    }

    void close() {
        channels.close();
        port.close();
    }
}
