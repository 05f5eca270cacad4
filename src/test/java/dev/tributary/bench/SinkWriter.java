package dev.tributary.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.tributary.checkpoint.Lease;
import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings.SchemaPolicy;
import dev.tributary.record.ChangeBatch;
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
import dev.tributary.route.RoutedBatch;
import dev.tributary.route.TableRouter;
import dev.tributary.sink.mysql.MySqlSink;
import dev.tributary.sink.mysql.SchemaRules;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The application's MySQL sink alone, fed with batches as the change streams of two shards make them: of the default size,
 * and no more at a time than a stream has under way.
 *
 * <p>Arguments: MySQL's port, database, rows of each table. Prints what the peers' writers print.
 */
final class SinkWriter {
    private static final int ROWS_OF_BATCH = 5_000;
    private static final int BATCHES_UNDER_WAY = 2;
    /** Rows of a table that follow each other by their keys belong to one stream: as many as make a batch. */
    private static final int OF_ONE_STREAM = ROWS_OF_BATCH / 2;

    private final MySqlSink sink;
    private final TableRouter router = new TableRouter(Optional.empty(), Optional.empty());
    private final Map<BenchTable, TableSchema> schemas = new HashMap<>();
    private final List<StreamId> streams = new ArrayList<>();
    private final Map<StreamId, Long> epochs = new HashMap<>();
    private long positions;

    private SinkWriter(MySqlSink sink) {
        this.sink = sink;
    }

    public static void main(String[] arguments) {
        ConnectionUrl url =
                ConnectionUrl.parse("TRIBUTARY_SINK", Target.url(Integer.parseInt(arguments[0])), Optional.empty());
        MySqlSink sink = new MySqlSink(
                Vertx.vertx(),
                url,
                "default",
                new Lease("bench", "", Duration.ofSeconds(10)),
                SchemaRules.of(SchemaPolicy.CREATE),
                new SimpleMeterRegistry());
        SinkWriter writer = new SinkWriter(sink);
        writer.open();
        for (WriterRows section : WriterRows.values()) {
            writer.measure(section, Integer.parseInt(arguments[2]));
        }
        System.exit(0);
    }

    private void open() {
        sink.open().await().indefinitely();
        List<SourceTable> tables = new ArrayList<>();
        for (BenchTable table : BenchTable.ALL) {
            TableId id = new TableId(Source.KEYSPACE, table.name());
            tables.add(new SourceTable(id, List.of("id"), table.ddl()));
            schemas.put(table, new TableSchema(id, columns(table), List.of(0)));
        }
        sink.prepare(router.targetsOf(tables)).await().indefinitely();
        for (String shard : List.of("-80", "80-")) {
            StreamId stream = new StreamId(new ShardId(Source.KEYSPACE, shard), PartId.CHANGES);
            var claimed = sink.checkpoints().claim(stream.shard()).await().indefinitely();
            sink.checkpoints()
                    .plan(claimed, new Position("start"), Set.of("orders", "items"), List.of())
                    .await()
                    .indefinitely();
            streams.add(stream);
            epochs.put(stream, claimed.epoch());
        }
    }

    private static List<Column> columns(BenchTable table) {
        return table.columns().stream()
                .map(column -> {
                    String[] words = column.split(" ", 2);
                    boolean text = words[1].contains("char") || words[1].equals("text");
                    return new Column(words[0], words[1], StandardCharsets.UTF_8, text ? "utf8mb4" : "");
                })
                .toList();
    }

    private void measure(WriterRows section, int rows) {
        List<List<RoutedBatch>> batches = batches(section, section.count(rows));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        String name = section.name().toLowerCase(Locale.ROOT);
        System.gc();
        System.out.println("begin " + name);
        long bytes = threads.getTotalThreadAllocatedBytes();
        long cpu = system.getProcessCpuTime();
        long began = System.nanoTime();
        List<CompletableFuture<Void>> written =
                batches.stream().map(this::writeAll).toList();
        written.forEach(CompletableFuture::join);
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.println("end " + name + " " + seconds + " " + (system.getProcessCpuTime() - cpu) / 1e9 + " "
                + (threads.getTotalThreadAllocatedBytes() - bytes));
    }

    /** By stream; rows are dealt to the streams, and a stream's batch has rows of both tables. */
    private List<List<RoutedBatch>> batches(WriterRows section, int rows) {
        List<List<RoutedBatch>> batches = new ArrayList<>();
        for (int i = 0; i < streams.size(); i++) {
            List<RoutedBatch> own = new ArrayList<>();
            List<ChangeRecord> records = new ArrayList<>();
            for (int n = 0; n < rows; n++) {
                if (n / OF_ONE_STREAM % streams.size() == i) {
                    for (BenchTable table : BenchTable.ALL) {
                        records.add(record(section, table, n));
                    }
                }
                if (records.size() >= ROWS_OF_BATCH || n + 1 == rows && !records.isEmpty()) {
                    own.add(batch(streams.get(i), records));
                    records = new ArrayList<>();
                }
            }
            batches.add(own);
        }
        return batches;
    }

    private ChangeRecord record(WriterRows section, BenchTable table, int n) {
        TableSchema schema = Objects.requireNonNull(schemas.get(table));
        Row after = row(section.row(table, n));
        return section.isUpdate(n)
                ? new ChangeRecord(schema, Operation.UPDATE, row(section.before(table, n)), after)
                : new ChangeRecord(schema, Operation.CREATE, null, after);
    }

    private static Row row(List<@Nullable String> values) {
        byte[] @Nullable [] bytes = new byte[values.size()] @Nullable [];
        for (int i = 0; i < bytes.length; i++) {
            String value = values.get(i);
            bytes[i] = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        }
        return Row.of(bytes);
    }

    private RoutedBatch batch(StreamId stream, List<ChangeRecord> records) {
        long bytes = 200L * records.size();
        return router.route(new ChangeBatch(
                stream,
                Objects.requireNonNull(epochs.get(stream)),
                records,
                new ChangeBatch.Mark.Boundary(new Position("bench " + ++positions)),
                bytes,
                System.currentTimeMillis()));
    }

    /** Writes one stream's batches in order. */
    private CompletableFuture<Void> writeAll(List<RoutedBatch> batches) {
        return CompletableFuture.runAsync(
                () -> {
                    ArrayDeque<CompletableFuture<Void>> underWay = new ArrayDeque<>();
                    for (RoutedBatch batch : batches) {
                        if (underWay.size() == BATCHES_UNDER_WAY) {
                            underWay.remove().join();
                        }
                        Uni<Void> write = sink.write(batch);
                        underWay.add(write.subscribeAsCompletionStage());
                    }
                    underWay.forEach(CompletableFuture::join);
                },
                task -> new Thread(task).start());
    }
}
