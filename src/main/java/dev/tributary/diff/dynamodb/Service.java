package dev.tributary.diff.dynamodb;

import dev.tributary.dynamodb.DynamoDbFailures;
import dev.tributary.dynamodb.ServerClock;
import dev.tributary.dynamodb.ServiceAddress;
import dev.tributary.dynamodb.ServiceConnection;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsAsyncClient;

/**
 * The service as a comparison asks it, which changes nothing there. Used on the comparison's context alone, on which all answers are
 * heard, too.
 */
public final class Service {
    private static final int CONNECTIONS = 64;
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final int ATTEMPTS = 3;
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 5000;
    /** Of a service that takes no more requests now; all together about five minutes. */
    private static final int BUSY_ATTEMPTS = 65;
    /** Of one that was there and is not heard now; the pauses are about half a minute. */
    private static final int UNHEARD_ATTEMPTS = 12;

    private final Vertx vertx;
    private final ServiceAddress address;
    private final ServiceConnection connection;
    private final ServerClock clock = new ServerClock();
    private final DynamoDbAsyncClient tables;
    private final DynamoDbStreamsAsyncClient streams;
    /** What fails at the start is not asked again: a wrong address must not look like a service that is slow. */
    private boolean answered;

    private long nanos;
    private double units;

    /** Connects when it is asked. */
    public Service(Vertx vertx, ServiceAddress address) {
        this.vertx = vertx;
        this.address = address;
        this.connection = new ServiceConnection(vertx, address, CONNECTIONS, ANSWER);
        this.tables = connection.client(DynamoDbAsyncClient.builder().endpointDiscoveryEnabled(false), ATTEMPTS, clock);
        this.streams = connection.client(DynamoDbStreamsAsyncClient.builder(), ATTEMPTS, clock);
    }

    /** What a table is called everywhere. */
    String identity(String arn) {
        return address.identity(arn);
    }

    DynamoDbAsyncClient tables() {
        return tables;
    }

    DynamoDbStreamsAsyncClient streams() {
        return streams;
    }

    Vertx vertx() {
        return vertx;
    }

    /** The service's time, in milliseconds since 1970, by its last answer. */
    public long millis() {
        return clock.millis();
    }

    /** Time that its answers took, all together. */
    public long nanos() {
        return nanos;
    }

    /** Read capacity units that its answers took. */
    public double units() {
        return units;
    }

    void took(double more) {
        units += more;
    }

    /**
     * Asks, again and again while the service is busy or is not heard for a moment; fails with a {@link PipelineException}.
     *
     * @param what in words that follow "while"
     */
    <T> Future<T> ask(String what, Supplier<CompletionStage<T>> request) {
        long start = System.nanoTime();
        Promise<T> promise = Promise.promise();
        ask(what, request, 1, promise);
        return promise.future().onComplete(done -> nanos += System.nanoTime() - start);
    }

    private <T> void ask(String what, Supplier<CompletionStage<T>> request, int attempt, Promise<T> promise) {
        Future.fromCompletionStage(request.get(), vertx.getOrCreateContext()).onComplete(answer -> {
            if (answer.succeeded()) {
                answered = true;
                promise.complete(answer.result());
                return;
            }
            PipelineException failure = DynamoDbFailures.of(address, what, answer.cause());
            if (attempt < attempts(failure)) {
                long pause = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempt, 10));
                vertx.setTimer(pause, id -> ask(what, request, attempt + 1, promise));
            } else {
                // whoever asks next need not wait as long for one that is gone
                answered = answered && failure.kind() != Kind.TRANSIENT;
                promise.fail(failure);
            }
        });
    }

    private int attempts(PipelineException failure) {
        if (DynamoDbFailures.isBusy(failure)) {
            return BUSY_ATTEMPTS;
        }
        return answered && failure.kind() == Kind.TRANSIENT ? UNHEARD_ATTEMPTS : 1;
    }

    /** Names of all tables that begin so. */
    public Future<TreeSet<String>> tables(String prefix) {
        return tables(prefix, null, new TreeSet<>());
    }

    private Future<TreeSet<String>> tables(String prefix, @Nullable String from, TreeSet<String> found) {
        return ask("listing tables", () -> tables.listTables(request -> request.exclusiveStartTableName(from)))
                .compose(answer -> {
                    answer.tableNames().stream()
                            .filter(name -> name.startsWith(prefix))
                            .forEach(found::add);
                    String next = answer.lastEvaluatedTableName();
                    return next == null ? Future.succeededFuture(found) : tables(prefix, next, found);
                });
    }

    /** Ends its connections. */
    public Future<Void> close() {
        tables.close();
        streams.close();
        connection.close();
        return Future.succeededFuture();
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
