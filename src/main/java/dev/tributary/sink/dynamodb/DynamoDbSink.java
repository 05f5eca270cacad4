package dev.tributary.sink.dynamodb;

import dev.tributary.checkpoint.CheckpointStore;
import dev.tributary.checkpoint.Lease;
import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings.DropPolicy;
import dev.tributary.config.Settings.SchemaPolicy;
import dev.tributary.dynamodb.ServiceAddress;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.SchemaStep;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.route.RoutedBatch;
import dev.tributary.route.TargetTable;
import dev.tributary.sink.Lanes;
import dev.tributary.sink.Sink;
import dev.tributary.sink.SinkMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Writes into tables of DynamoDB: at least once, idempotent per key. */
public final class DynamoDbSink implements Sink {
    private final TargetAddress address;
    private final TargetClients clients;
    private final Entries entries;
    private final TargetTables tables;
    private final DynamoDbCheckpoints checkpoints;
    private final SchemaChanges changes;
    private final Lanes lanes;
    private final KeysAhead ahead;

    /**
     * @param url the setting {@code tributary.sink}
     * @param pipeline the setting {@code tributary.pipeline}
     * @param lease by which this process shares the pipeline's shards with others
     * @param policy whether missing tables are created
     * @param drops with {@code EVOLVE}, what happens where the source takes a table or its rows away
     * @throws dev.tributary.record.PipelineException of kind SETTING if the URL is not understood
     */
    public DynamoDbSink(
            Vertx vertx,
            ConnectionUrl url,
            String pipeline,
            Lease lease,
            SchemaPolicy policy,
            DropPolicy drops,
            MeterRegistry registry) {
        this.address = TargetAddress.of(url);
        LeaseWatch watch = new LeaseWatch(lease, System::nanoTime, System::currentTimeMillis);
        this.clients = TargetClients.open(vertx, address, lease);
        this.entries = new Entries(address.service(), clients.control(), address.prefix() + DynamoDbCheckpoints.TABLE);
        KeptKeys keys = new KeptKeys(new ColumnEntries(entries, pipeline));
        this.tables = new TargetTables(address, entries, policy, keys);
        Writer writer = new Writer(
                ((VertxInternal) vertx).createEventLoopContext(),
                address,
                clients.rows(),
                new Throttling(registry, System::nanoTime));
        this.ahead = new KeysAhead(entries, pipeline, writer);
        LeaseEntries leases =
                new LeaseEntries(new Entries(address.service(), clients.leases(), entries.table()), pipeline, watch);
        this.checkpoints =
                new DynamoDbCheckpoints(entries, pipeline, leases, tables, ahead, clients.clock()::millis, this::quiet);
        this.changes = new SchemaChanges(checkpoints.columnEntries(), keys, policy, drops, address.keepsOldItems());
        SinkMetrics metrics = new SinkMetrics(registry);
        Lane.Tools tools = new Lane.Tools(tables, writer, checkpoints, ahead, address.jsonMaps(), new AtomicLong());
        this.lanes = new Lanes(vertx, (stream, context) -> new Lane(stream, context, tools, metrics));
    }

    private Uni<Void> quiet(ShardId shard) {
        return Uni.createFrom().completionStage(() -> lanes.end(shard).toCompletionStage());
    }

    /** For tests. */
    KeysAhead ahead() {
        return ahead;
    }

    /** The URL schemes that mean this sink. */
    public static Set<String> schemes() {
        return ServiceAddress.SCHEMES;
    }

    @Override
    public Uni<Void> connect() {
        return tables.describe(entries.table()).replaceWithVoid();
    }

    @Override
    public Uni<List<String>> check() {
        return tables.describe(entries.table())
                .map(there -> List.of(
                        address.url() + ": " + address.service() + ", "
                                + (there.isPresent() ? "with checkpoints" : "without checkpoints yet"),
                        address.url()
                                + ": rows arrive at least once, idempotent per key: after a failure the last ones may be"
                                + " written again"));
    }

    @Override
    public void avoid(Set<String> identities) {
        tables.avoid(identities);
    }

    @Override
    public Uni<Void> verify(Map<SourceTable, TargetTable> sources) {
        return Uni.createFrom().deferred(() -> {
            TableChecks.verify(address.url(), sources.keySet());
            return tables.verify(sources);
        });
    }

    @Override
    public Uni<Void> open() {
        return checkpoints.open();
    }

    /** What is written is written. */
    @Override
    public boolean rollsBack() {
        return false;
    }

    @Override
    public CheckpointStore checkpoints() {
        return checkpoints;
    }

    @Override
    public Uni<Void> prepare(Map<SourceTable, TargetTable> sources) {
        return Uni.createFrom().deferred(() -> {
            TableChecks.verify(address.url(), sources.keySet());
            return tables.prepare(sources);
        });
    }

    /** None: items have the attributes that they have. */
    @Override
    public List<ColumnDefinition> columns(TargetTable target) {
        return List.of();
    }

    @Override
    public boolean grows() {
        return false;
    }

    @Override
    public Uni<Boolean> evolve(SchemaStep step, Map<SourceTable, TargetTable> sources) {
        return changes.evolve(step, sources);
    }

    /** Takes its place in the stream's order at the call, not at the subscription. */
    @Override
    public Uni<Void> write(RoutedBatch batch) {
        Future<Void> written = lanes.write(batch);
        return Uni.createFrom().completionStage(written::toCompletionStage);
    }

    @Override
    public Uni<Void> abandon(ShardId shard, long epoch) {
        Future<Void> abandoned = lanes.abandon(shard, epoch);
        return Uni.createFrom().completionStage(abandoned::toCompletionStage);
    }

    @Override
    public Uni<Void> close() {
        return Uni.createFrom().voidItem().invoke(clients.close());
    }
}
