package dev.tributary.sink.dynamodb;

import dev.tributary.checkpoint.Lease;
import dev.tributary.dynamodb.ServerClock;
import dev.tributary.dynamodb.ServiceConnection;
import io.vertx.core.Vertx;
import java.time.Duration;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/**
 * The connections to the service.
 *
 * @param rows sends what it is given once: a request that was not answered may still be carried out, and what becomes of it is the
 *     {@link Writer}'s matter
 * @param control for tables and checkpoints, whose changes are conditional
 * @param leases for leases alone: a renewal must not wait behind anything
 * @param clock the service's time, as {@code control} hears it
 * @param close ends them
 */
record TargetClients(
        DynamoDbAsyncClient rows,
        DynamoDbAsyncClient control,
        DynamoDbAsyncClient leases,
        ServerClock clock,
        Runnable close) {
    private static final int CONTROL = 50;
    /** A renewal, one that was given up, and a look at another's. */
    private static final int LEASES = 4;

    private static final int CONTROL_ATTEMPTS = 3;

    /** @param lease within which requests of rows are to be carried out that were begun under it */
    static TargetClients open(Vertx vertx, TargetAddress address, Lease lease) {
        Duration longest = LeaseWatch.longestRequest(lease);
        Duration ofRow = address.timeout().compareTo(longest) < 0 ? address.timeout() : longest;
        // never more requests than connections: one that waited for a connection would be sent later than it was
        // allowed
        ServiceConnection ofRows = new ServiceConnection(vertx, address.service(), address.requests(), ofRow);
        ServiceConnection ofControl = new ServiceConnection(vertx, address.service(), CONTROL, address.timeout());
        DynamoDbAsyncClient rows =
                ofRows.client(DynamoDbAsyncClient.builder().endpointDiscoveryEnabled(false), 1, new PermitGuard());
        ServerClock clock = new ServerClock();
        DynamoDbAsyncClient control = ofControl.client(
                DynamoDbAsyncClient.builder().endpointDiscoveryEnabled(false), CONTROL_ATTEMPTS, clock);
        ServiceConnection ofLeases = new ServiceConnection(vertx, address.service(), LEASES, address.timeout());
        DynamoDbAsyncClient leases =
                ofLeases.client(DynamoDbAsyncClient.builder().endpointDiscoveryEnabled(false), CONTROL_ATTEMPTS);
        return new TargetClients(rows, control, leases, clock, () -> {
            rows.close();
            control.close();
            leases.close();
            ofLeases.close();
            ofRows.close();
            ofControl.close();
        });
    }
}
