package dev.tributary.bench;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.SchemaChange;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.servers.DynamoDb;
import dev.tributary.source.ChangeListener;
import dev.tributary.source.ChangeReader;
import dev.tributary.source.dynamodb.DynamoDbSource;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Reads a table of DynamoDB with nothing behind it: the source's snapshot, or the SDK's parallel scan as it is. Both read as many
 * segments at a time.
 *
 * <p>Arguments: {@code tributary} or {@code sdk}, the endpoint, the table, segments. Prints "begin", and at the end seconds, CPU
 * seconds, bytes allocated and items.
 */
final class ScanProgram {
    private final URI endpoint;
    private final String table;
    private final int segments;
    private final LongAdder items = new LongAdder();

    private ScanProgram(URI endpoint, String table, int segments) {
        this.endpoint = endpoint;
        this.table = table;
        this.segments = segments;
    }

    public static void main(String[] arguments) {
        ScanProgram program = new ScanProgram(URI.create(arguments[1]), arguments[2], Integer.parseInt(arguments[3]));
        Measured.program(arguments[0].equals("tributary") ? program::copy : program::scan);
    }

    private void scan() {
        DynamoDbAsyncClient client = client(endpoint);
        client.describeTable(request -> request.tableName(table)).join();
        Measured.run(
                items,
                () -> IntStream.range(0, segments)
                        .mapToObj(segment -> scan(client, segment, Map.of()))
                        .toList()
                        .forEach(CompletableFuture::join));
    }

    /** The SDK's, as it is by default. */
    static DynamoDbAsyncClient client(URI endpoint) {
        return DynamoDbAsyncClient.builder()
                .region(Region.of(DynamoDb.REGION))
                .endpointOverride(endpoint)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(DynamoDb.KEY, DynamoDb.SECRET)))
                .httpClientBuilder(NettyNioAsyncHttpClient.builder())
                .build();
    }

    private CompletableFuture<Void> scan(DynamoDbAsyncClient client, int segment, Map<String, AttributeValue> from) {
        return client.scan(request -> request.tableName(table)
                        .segment(segment)
                        .totalSegments(segments)
                        .consistentRead(true)
                        .exclusiveStartKey(from.isEmpty() ? null : from))
                .thenCompose(page -> {
                    items.add(page.items().size());
                    return page.hasLastEvaluatedKey()
                                    && !page.lastEvaluatedKey().isEmpty()
                            ? scan(client, segment, page.lastEvaluatedKey())
                            : CompletableFuture.completedFuture(null);
                });
    }

    private void copy() {
        Vertx vertx = Vertx.vertx();
        String url = DynamoDbPart.url(endpoint, table) + "&segments=" + segments;
        DynamoDbSource source = new DynamoDbSource(
                vertx, ConnectionUrl.parse("TRIBUTARY_SOURCE", url, Optional.empty()), segments, false);
        source.open().await().indefinitely();
        ShardId shard = new ShardId(table, "snapshot");
        List<SourceTable> tables = source.tables(shard).await().indefinitely();
        List<PartCheckpoint> parts =
                source.parts(shard, tables, any -> true).await().indefinitely();
        Context context = vertx.getOrCreateContext();
        Measured.run(
                items,
                () -> parts.stream()
                        .map(part -> new Copy(source, shard, part, tables.getFirst(), context).end())
                        .toList()
                        .forEach(CompletableFuture::join));
    }

    /** Reads a part, counts its rows and forgets them. */
    private final class Copy implements ChangeListener {
        private final CompletableFuture<Void> end = new CompletableFuture<>();
        private @Nullable ChangeReader reader;

        private Copy(DynamoDbSource source, ShardId shard, PartCheckpoint part, SourceTable of, Context context) {
            context.runOnContext(v -> {
                reader = source.copy(shard, part, of, null, context, this);
                reader.request();
            });
        }

        private CompletableFuture<Void> end() {
            return end;
        }

        @Override
        public void onRecord(ChangeRecord record, int bytes) {
            items.increment();
        }

        @Override
        public void onPosition(Position position, boolean pastParts, long committedAt) {}

        @Override
        public void onSchemaChange(SchemaChange change, boolean pastParts, long committedAt) {
            throw new IllegalStateException(String.valueOf(change));
        }

        @Override
        public void onReshard(Reshard reshard) {
            throw new IllegalStateException(String.valueOf(reshard));
        }

        @Override
        public void onCopied(Position position) {
            end.complete(null);
        }

        @Override
        public void onHeartbeat() {}

        @Override
        public void onMessageEnd() {
            ChangeReader open = reader;
            if (open != null) {
                open.request();
            }
        }

        @Override
        public void onFailure(Throwable failure) {
            end.completeExceptionally(failure);
        }
    }
}
