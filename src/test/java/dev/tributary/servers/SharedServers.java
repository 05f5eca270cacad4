package dev.tributary.servers;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One cluster of two shards, one mysqld and one MariaDB for all test classes of a JVM, each started when first asked for. A
 * class makes databases of its own on the servers, and calls {@link VitessCluster#resetKeyspace} before it uses the cluster.
 * Whoever kills or freezes a part of them puts it back.
 */
public final class SharedServers {
    private static final Deque<AutoCloseable> STARTED = new ArrayDeque<>();
    private static @Nullable VitessCluster vitess;
    private static @Nullable MySqlServer mysql;
    private static @Nullable MySqlServer mariaDb;
    private static @Nullable DynamoDb dynamoDb;

    private SharedServers() {}

    /** Keyspace {@code commerce}, shards {@code -80} and {@code 80-}; keyspace {@code lookup}, unsharded. */
    public static synchronized VitessCluster vitess() {
        if (vitess == null) {
            vitess = closedAtEnd(VitessCluster.builder()
                    .keyspace("commerce", "-80", "80-")
                    .keyspace("lookup", "0")
                    .start());
        }
        return vitess;
    }

    /** A mysqld with durable settings. */
    public static synchronized MySqlServer mysql() {
        if (mysql == null) {
            mysql = closedAtEnd(MySqlServer.start());
        }
        return mysql;
    }

    /** A MariaDB with durable settings. */
    public static synchronized MySqlServer mariaDb() {
        if (mariaDb == null) {
            mariaDb = closedAtEnd(MySqlServer.startMariaDb());
        }
        return mariaDb;
    }

    /** A DynamoDB Local. */
    public static synchronized DynamoDb dynamoDb() {
        if (dynamoDb == null) {
            dynamoDb = closedAtEnd(DynamoDb.start());
        }
        return dynamoDb;
    }

    private static <T extends AutoCloseable> T closedAtEnd(T server) {
        if (STARTED.isEmpty()) {
            Runtime.getRuntime().addShutdownHook(new Thread(SharedServers::close, "shared-servers"));
        }
        STARTED.push(server);
        return server;
    }

    private static void close() {
        STARTED.parallelStream().forEach(server -> {
            try {
                server.close();
            } catch (Exception e) {
                System.err.println("a shared server was not closed in order: " + e);
            }
        });
    }
}
