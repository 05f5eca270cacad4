package dev.tributary.sink.dynamodb;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tributary.checkpoint.Lease;
import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.checkpoint.WaitingShards;
import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings.DropPolicy;
import dev.tributary.config.Settings.SchemaPolicy;
import dev.tributary.dynamodb.ItemDocument;
import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Column;
import dev.tributary.record.Operation;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.Position;
import dev.tributary.record.Row;
import dev.tributary.record.SchemaChange;
import dev.tributary.record.SchemaChange.OfTable;
import dev.tributary.record.SchemaStep;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.record.StreamId;
import dev.tributary.record.TableId;
import dev.tributary.record.TableSchema;
import dev.tributary.route.TableRouter;
import dev.tributary.servers.DynamoDb;
import dev.tributary.servers.SharedServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A sink onto tables with a prefix of its own, as one process has it, and the words to feed it. */
final class DynamoTarget implements AutoCloseable {
    static final ShardId SHARD = new ShardId("commerce", "-80");
    static final StreamId CHANGES = new StreamId(SHARD, PartId.CHANGES);
    static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Vertx VERTX = Vertx.vertx();

    final DynamoDb server = SharedServers.dynamoDb();
    final String prefix;
    final DynamoDbSink sink;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final TableRouter router = new TableRouter(Optional.empty(), Optional.empty());

    private DynamoTarget(
            String prefix, URI endpoint, String process, Duration lease, String parameters, SchemaPolicy policy) {
        this.prefix = prefix;
        ConnectionUrl url = ConnectionUrl.parse(
                "TRIBUTARY_SINK",
                "dynamodb://tributary:secret@us-east-1/" + prefix + "?endpoint=" + endpoint + parameters,
                Optional.empty());
        this.sink =
                new DynamoDbSink(VERTX, url, "default", new Lease(process, "", lease), policy, DropPolicy.STOP, meters);
        await(sink.open());
    }

    static DynamoTarget open() {
        return open("");
    }

    static DynamoTarget open(String parameters) {
        return through(SharedServers.dynamoDb().endpoint(), parameters);
    }

    static DynamoTarget through(URI endpoint, String parameters) {
        return through(endpoint, LEASE, parameters);
    }

    static DynamoTarget through(URI endpoint, Duration lease, String parameters) {
        return through(endpoint, lease, parameters, SchemaPolicy.CREATE);
    }

    /** One that follows schema changes, and stops where the source takes a table or its rows away. */
    static DynamoTarget evolving(String parameters) {
        return through(SharedServers.dynamoDb().endpoint(), LEASE, parameters, SchemaPolicy.EVOLVE);
    }

    private static DynamoTarget through(URI endpoint, Duration lease, String parameters, SchemaPolicy policy) {
        DynamoTarget target =
                new DynamoTarget("t" + NUMBER.incrementAndGet() + "_", endpoint, "one", lease, parameters, policy);
        target.renew();
        return target;
    }

    /** Another process on the same tables, which has no lease yet. */
    DynamoTarget another(String process, Duration lease) {
        return another(process, lease, "");
    }

    DynamoTarget another(String process, Duration lease, String parameters) {
        return new DynamoTarget(prefix, server.endpoint(), process, lease, parameters, SchemaPolicy.CREATE);
    }

    /** The same process through another address. */
    DynamoTarget through(URI endpoint) {
        return new DynamoTarget(prefix, endpoint, "one", LEASE, "", SchemaPolicy.CREATE);
    }

    void renew() {
        await(sink.checkpoints().renew(WaitingShards.NONE, false));
    }

    static <T> T await(Uni<T> uni) {
        return uni.await().atMost(PATIENCE);
    }

    static PipelineException failure(Uni<?> uni) {
        return catchThrowableOfType(PipelineException.class, () -> await(uni));
    }

    ShardCheckpoint claim() {
        return await(sink.checkpoints().claim(SHARD));
    }

    /** Claims the shard, and plans these parts. */
    long begin(PartId... parts) {
        ShardCheckpoint claimed = claim();
        List<PartCheckpoint> added = Arrays.stream(parts)
                .map(part -> new PartCheckpoint(part, "", null, false))
                .toList();
        Set<String> tables = new HashSet<>();
        added.forEach(part -> tables.add(part.id().table()));
        await(sink.checkpoints().plan(claimed, null, tables, added));
        return claimed.epoch();
    }

    void prepare(SourceTable... tables) {
        await(sink.prepare(router.targetsOf(List.of(tables))));
    }

    void verify(SourceTable... tables) {
        await(sink.verify(router.targetsOf(List.of(tables))));
    }

    Uni<Void> write(StreamId stream, long epoch, Mark mark, ChangeRecord... records) {
        return sink.write(router.route(new ChangeBatch(stream, epoch, List.of(records), mark, 0, 0)));
    }

    void apply(long epoch, String position, ChangeRecord... records) {
        await(write(CHANGES, epoch, at(position), records));
    }

    /**
     * A stream of {@link #SHARD} comes to a schema change.
     *
     * @param followed the table as it was
     * @param now as it is; null where it is gone
     */
    Uni<Boolean> evolve(long epoch, OfTable change, SourceTable followed, @Nullable SourceTable now) {
        SchemaChange told = new SchemaChange("ALTER …", new Position("s0"), new Position("s1"), List.of(change));
        List<SourceTable> there = now == null ? List.of() : List.of(now);
        SchemaStep step = new SchemaStep(SHARD, epoch, Set.of(SHARD), told, List.of(followed), there);
        return sink.evolve(step, router.targetsOf(step.concerned()));
    }

    static Mark at(String position) {
        return new Mark.Boundary(new Position(position));
    }

    static StreamId part(String table) {
        return new StreamId(SHARD, new PartId(table, 0));
    }

    /** Changes an attribute of an entry of the checkpoint table, as another process might. */
    void set(EntryId id, String attribute, AttributeValue value) {
        server.client()
                .updateItem(request -> request.tableName(prefix + DynamoDbCheckpoints.TABLE)
                        .key(id.key())
                        .updateExpression("SET #a = :v")
                        .expressionAttributeNames(Map.of("#a", attribute))
                        .expressionAttributeValues(Map.of(":v", value)));
    }

    /** Has an entry of the checkpoint table not be there. */
    void remove(EntryId id) {
        server.delete(prefix + DynamoDbCheckpoints.TABLE, id.key());
    }

    /** Every item, typed. */
    Set<String> items(String table) {
        Set<String> items = new TreeSet<>();
        server.scan(prefix + table).forEach(item -> items.add(ItemDocument.of(new java.util.TreeMap<>(item), false)));
        return items;
    }

    @Override
    public void close() {
        await(sink.close());
    }

    /** A source table, and changes of its rows, whose values are given as text or bytes. */
    static final class Rows {
        final SourceTable table;
        final TableSchema schema;

        /**
         * @param key how many of the first columns are the key
         * @param columns {@code "id bigint"} each
         */
        Rows(String name, int key, String... columns) {
            List<Column> described = new ArrayList<>();
            List<Integer> keys = new ArrayList<>();
            List<String> keyNames = new ArrayList<>();
            StringBuilder sql = new StringBuilder("CREATE TABLE `" + name + "` (");
            for (String column : columns) {
                int blank = column.indexOf(' ');
                String named = column.substring(0, blank);
                String type = column.substring(blank + 1).replace(" NOT NULL", "");
                boolean binary =
                        type.matches("(tiny|medium|long)?blob|(var)?binary.*|bit.*|geometry|point|attribute_.");
                if (described.size() < key) {
                    keys.add(described.size());
                    keyNames.add(named);
                }
                sql.append('`')
                        .append(named)
                        .append("` ")
                        .append(column.substring(blank + 1))
                        .append(", ");
                described.add(new Column(named, type, binary ? null : StandardCharsets.UTF_8));
            }
            TableId id = new TableId("commerce", name);
            sql.append(key == 0 ? "KEY `k` (`x`))" : "PRIMARY KEY (`" + String.join("`, `", keyNames) + "`))");
            this.table = new SourceTable(id, keyNames, sql.toString());
            this.schema = new TableSchema(id, described, keys);
        }

        Row row(@Nullable Object... values) {
            byte[] @Nullable [] bytes = new byte[values.length] @Nullable [];
            for (int i = 0; i < values.length; i++) {
                Object value = values[i];
                bytes[i] = value == null
                        ? null
                        : value instanceof byte[] raw ? raw : value.toString().getBytes(StandardCharsets.UTF_8);
            }
            return Row.of(bytes);
        }

        ChangeRecord snapshot(@Nullable Object... values) {
            return new ChangeRecord(schema, Operation.SNAPSHOT, null, row(values));
        }

        ChangeRecord create(@Nullable Object... values) {
            return new ChangeRecord(schema, Operation.CREATE, null, row(values));
        }

        /** A row whose metadata names another table. */
        ChangeRecord createIn(String table, @Nullable Object... values) {
            return new ChangeRecord(schema, Operation.CREATE, null, row(values), Map.of(TableRouter.TABLE, table));
        }

        ChangeRecord update(Row before, Row after) {
            return new ChangeRecord(schema, Operation.UPDATE, before, after);
        }

        ChangeRecord delete(@Nullable Object... values) {
            return new ChangeRecord(schema, Operation.DELETE, row(values), null);
        }
    }
}
