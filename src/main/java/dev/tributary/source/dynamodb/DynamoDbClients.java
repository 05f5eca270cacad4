package dev.tributary.source.dynamodb;

import dev.tributary.dynamodb.ServerClock;
import dev.tributary.dynamodb.ServiceConnection;
import io.vertx.core.Vertx;
import java.time.Duration;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsAsyncClient;

/**
 * The connections to the service.
 *
 * @param tables for tables and their items
 * @param streams for the streams of tables
 * @param clock the service's time
 * @param close ends them
 */
record DynamoDbClients(
        DynamoDbAsyncClient tables, DynamoDbStreamsAsyncClient streams, ServerClock clock, Runnable close) {
    /** Of idle shards there are thousands, and hardly two ask at the same moment. */
    private static final int CONNECTIONS = 200;

    private static final Duration ATTEMPT = Duration.ofSeconds(30);
    /** The streams pause and repeat by themselves. */
    private static final int ATTEMPTS = 2;

    static DynamoDbClients open(Vertx vertx, DynamoDbAddress address) {
        ServiceConnection connection = new ServiceConnection(vertx, address.service(), CONNECTIONS, ATTEMPT);
        ServerClock clock = new ServerClock();
        DynamoDbAsyncClient tables =
                connection.client(DynamoDbAsyncClient.builder().endpointDiscoveryEnabled(false), ATTEMPTS, clock);
        DynamoDbStreamsAsyncClient streams = connection.client(DynamoDbStreamsAsyncClient.builder(), ATTEMPTS, clock);
        return new DynamoDbClients(tables, streams, clock, () -> {
            tables.close();
            streams.close();
            connection.close();
        });
    }
}
