package dev.tributary.servers;

import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Starts a cluster of two shards and a mysqld to try things with by hand, prints where they are as {@code KEY=VALUE}
 * lines, and ends with its input.
 */
public final class Playground {
    private Playground() {}

    public static void main(String[] args) throws Exception {
        long start = System.nanoTime();
        CompletableFuture<MySqlServer> starting = CompletableFuture.supplyAsync(MySqlServer::start);
        try (VitessCluster vitess = VitessCluster.start("commerce", "-80", "80-");
                MySqlServer mysql = starting.join()) {
            print("VTGATE_GRPC_PORT", vitess.grpcPort());
            print("VTGATE_MYSQL_PORT", vitess.mysqlPort());
            print("VITESS_KEYSPACE", vitess.keyspace());
            print(
                    "MYSQLD_PORTS",
                    vitess.shards().stream()
                            .map(shard -> String.valueOf(vitess.mysqldOf(shard).port()))
                            .collect(Collectors.joining(",")));
            print("MYSQL_PORT", mysql.port());
            print("MYSQL_USER", MySqlServer.USER);
            print("MYSQL_PASSWORD", MySqlServer.PASSWORD);
            print("STARTED_IN_MILLISECONDS", (System.nanoTime() - start) / 1_000_000);
            while (System.in.read() >= 0) {
                // Until whoever started this has closed its input.
            }
        }
    }

    private static void print(String key, Object value) {
        System.out.println(key + "=" + value);
    }
}
