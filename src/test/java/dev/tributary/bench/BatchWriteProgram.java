package dev.tributary.bench;

import dev.tributary.checkpoint.Lease;
import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.checkpoint.WaitingShards;
import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings.DropPolicy;
import dev.tributary.config.Settings.SchemaPolicy;
import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Column;
import dev.tributary.record.Operation;
import dev.tributary.record.PartId;
import dev.tributary.record.Position;
import dev.tributary.record.Row;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.record.StreamId;
import dev.tributary.record.TableId;
import dev.tributary.record.TableSchema;
import dev.tributary.route.TableRouter;
import dev.tributary.sink.dynamodb.DynamoDbSink;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * Writes rows of ten columns into a table of DynamoDB with no source before it: the sink, in batches as the pipeline makes them, with
 * their positions; or the SDK's BatchWriteItem as it is, which has none. Both have as many requests under way at most.
 *
 * <p>Arguments: {@code tributary} or {@code sdk}, the endpoint, what the tables' names begin with, items. Prints what {@link Measured}
 * says.
 */
final class BatchWriteProgram {
    static final String TABLE = "written";

    /** As the sink by default. */
    private static final int REQUESTS = 64;

    private static final int OF_REQUEST = 25;
    private static final int OF_BATCH = 5_000;
    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final List<String> COLUMNS = List.of(
            "id bigint",
            "customer int",
            "amount decimal(12,2)",
            "quantity int",
            "created bigint",
            "status varchar(20)",
            "name varchar(100)",
            "note varchar(200)",
            "gift tinyint",
            "city varchar(50)");

    private final URI endpoint;
    private final String prefix;
    private final int count;
    private final LongAdder items = new LongAdder();

    private BatchWriteProgram(URI endpoint, String prefix, int count) {
        this.endpoint = endpoint;
        this.prefix = prefix;
        this.count = count;
    }

    public static void main(String[] arguments) {
        BatchWriteProgram program =
                new BatchWriteProgram(URI.create(arguments[1]), arguments[2], Integer.parseInt(arguments[3]));
        Measured.program(arguments[0].equals("tributary") ? program::sink : program::sdk);
    }

    private static String[] values(int id) {
        return new String[] {
            String.valueOf(id),
            String.valueOf(id * 7919L % 100_003),
            id % 10_000 + "." + (10 + id % 90),
            String.valueOf(id % 100),
            String.valueOf(1_700_000_000_000L + id),
            id % 3 == 0 ? "shipped" : "paid",
            "customer of item " + id,
            "a text of about forty characters, " + id,
            id % 10 == 0 ? "1" : "0",
            "city " + id % 500
        };
    }

    private void sdk() {
        DynamoDbAsyncClient client = ScanProgram.client(endpoint);
        String table = prefix + TABLE;
        client.createTable(request -> request.tableName(table)
                        .billingMode(BillingMode.PAY_PER_REQUEST)
                        .keySchema(key -> key.attributeName("id").keyType(KeyType.HASH))
                        .attributeDefinitions(of -> of.attributeName("id").attributeType(ScalarAttributeType.N)))
                .join();
        Semaphore free = new Semaphore(REQUESTS);
        Measured.run(items, () -> {
            List<CompletableFuture<Void>> sent = new ArrayList<>();
            for (int from = 0; from < count; from += OF_REQUEST) {
                List<WriteRequest> writes = IntStream.range(from, Math.min(count, from + OF_REQUEST))
                        .mapToObj(BatchWriteProgram::put)
                        .toList();
                free.acquireUninterruptibly();
                sent.add(send(client, Map.of(table, writes)).whenComplete((done, failure) -> free.release()));
            }
            sent.forEach(CompletableFuture::join);
        });
    }

    private CompletableFuture<Void> send(DynamoDbAsyncClient client, Map<String, List<WriteRequest>> writes) {
        return client.batchWriteItem(request -> request.requestItems(writes)).thenCompose(answer -> {
            int left = answer.unprocessedItems().values().stream()
                    .mapToInt(List::size)
                    .sum();
            items.add(writes.values().iterator().next().size() - left);
            return left == 0 ? CompletableFuture.completedFuture(null) : send(client, answer.unprocessedItems());
        });
    }

    private static WriteRequest put(int id) {
        String[] values = values(id);
        Map<String, AttributeValue> item = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
            String column = COLUMNS.get(i);
            boolean text = column.contains("varchar");
            item.put(
                    column.substring(0, column.indexOf(' ')),
                    text ? AttributeValue.fromS(values[i]) : AttributeValue.fromN(values[i]));
        }
        return WriteRequest.builder().putRequest(put -> put.item(item)).build();
    }

    private void sink() {
        DynamoDbSink sink = new DynamoDbSink(
                Vertx.vertx(),
                ConnectionUrl.parse("TRIBUTARY_SINK", DynamoDbPart.url(endpoint, prefix), Optional.empty()),
                "bench",
                new Lease("bench", "", LEASE),
                SchemaPolicy.CREATE,
                DropPolicy.STOP,
                new SimpleMeterRegistry());
        TableId id = new TableId("bench", TABLE);
        SourceTable table = new SourceTable(
                id, List.of("id"), "CREATE TABLE " + TABLE + " (" + String.join(", ", COLUMNS) + ", PRIMARY KEY (id))");
        TableSchema schema = new TableSchema(
                id,
                COLUMNS.stream()
                        .map(column -> column.split(" "))
                        .map(words -> new Column(words[0], words[1], StandardCharsets.UTF_8))
                        .toList(),
                List.of(0));
        TableRouter router = new TableRouter(Optional.empty(), Optional.empty());
        StreamId stream = new StreamId(new ShardId("bench", "0"), PartId.CHANGES);
        sink.open().await().indefinitely();
        sink.checkpoints().renew(WaitingShards.NONE, false).await().indefinitely();
        sink.prepare(router.targetsOf(List.of(table))).await().indefinitely();
        ShardCheckpoint claimed =
                sink.checkpoints().claim(stream.shard()).await().indefinitely();
        sink.checkpoints()
                .plan(claimed, new Position("begin"), Set.of(TABLE), List.of())
                .await()
                .indefinitely();
        Vertx.vertx()
                .setPeriodic(
                        1000,
                        timer -> sink.checkpoints()
                                .renew(WaitingShards.NONE, false)
                                .subscribe()
                                .with(done -> {}, why -> {}));
        Semaphore free = new Semaphore(2);
        Measured.run(items, () -> {
            List<CompletableFuture<Void>> written = new ArrayList<>();
            for (int from = 0; from < count; from += OF_BATCH) {
                List<ChangeRecord> records = IntStream.range(from, Math.min(count, from + OF_BATCH))
                        .mapToObj(row -> created(schema, row))
                        .toList();
                free.acquireUninterruptibly();
                written.add(sink.write(router.route(new ChangeBatch(
                                stream,
                                claimed.epoch(),
                                records,
                                new Mark.Boundary(new Position(String.valueOf(from))),
                                0,
                                0)))
                        .invoke(() -> items.add(records.size()))
                        .subscribeAsCompletionStage()
                        .whenComplete((done, failure) -> free.release()));
            }
            written.forEach(CompletableFuture::join);
        });
    }

    private static ChangeRecord created(TableSchema schema, int row) {
        String[] values = values(row);
        byte[][] bytes = new byte[values.length][];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = values[i].getBytes(StandardCharsets.UTF_8);
        }
        return new ChangeRecord(schema, Operation.CREATE, null, Row.of(bytes));
    }
}
