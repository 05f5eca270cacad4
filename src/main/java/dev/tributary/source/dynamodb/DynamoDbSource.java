package dev.tributary.source.dynamodb;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.record.StreamId;
import dev.tributary.source.ChangeListener;
import dev.tributary.source.ChangeReader;
import dev.tributary.source.ShardSource;
import dev.tributary.source.SourceShards;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tables of DynamoDB. Each is a keyspace of its own, whose shards are its snapshot, and the shards of its stream from where that
 * began.
 */
public final class DynamoDbSource implements ShardSource {
    private final DynamoDbAddress address;
    private final DynamoDbClients clients;
    private final TableCatalog catalog;
    private final Map<String, DynamoDbTable> tables = new ConcurrentHashMap<>();
    private final int parts;

    /**
     * @param parts how many segments are copied at a time
     * @param asItems whether the target takes items as they are
     * @throws PipelineException if the URL is wrong
     */
    public DynamoDbSource(Vertx vertx, ConnectionUrl url, int parts, boolean asItems) {
        this.address = DynamoDbAddress.of(url, asItems);
        this.clients = DynamoDbClients.open(vertx, address);
        this.catalog = new TableCatalog(address, clients);
        this.parts = parts;
    }

    /** The URL schemes that mean this source. */
    public static Set<String> schemes() {
        return DynamoDbAddress.SCHEMES;
    }

    /** What the URL says of which tables are read; processes that read the same share their shards. */
    public static String selection(ConnectionUrl url) {
        return "tables=" + String.join(",", DynamoDbAddress.of(url).tables());
    }

    @Override
    public boolean snapshot() {
        return address.snapshot();
    }

    @Override
    public Uni<Void> open() {
        return catalog.tables()
                .invoke(all -> all.forEach(facts -> {
                    catalog.verifyMayEnable(facts);
                    table(facts);
                }))
                .replaceWithVoid();
    }

    @Override
    public Set<String> identities() {
        return tables.values().stream()
                .map(table -> address.service().identity(table.arn()))
                .collect(Collectors.toSet());
    }

    private DynamoDbTable table(TableFacts facts) {
        return tables.computeIfAbsent(facts.id().name(), name -> new DynamoDbTable(facts, catalog, parts));
    }

    private Uni<DynamoDbTable> table(String name) {
        DynamoDbTable known = tables.get(name);
        return known != null
                ? Uni.createFrom().item(known)
                : catalog.table(name).map(this::table);
    }

    private Uni<List<DynamoDbTable>> all() {
        return Uni.join()
                .all(address.tables().stream().map(this::table).toList())
                .andFailFast();
    }

    @Override
    public Uni<SourceShards> shards(KnownShards known) {
        return all().flatMap(all -> Uni.join()
                .all(all.stream().map(table -> table.shards(known)).toList())
                .andFailFast()
                .map(found -> {
                    List<ShardId> served =
                            found.stream().flatMap(of -> of.toRead().stream()).toList();
                    Set<ShardId> gone =
                            found.stream().flatMap(of -> of.gone().stream()).collect(Collectors.toSet());
                    return new SourceShards(known, served, List.of(), List.of(), Set.copyOf(served), gone);
                }));
    }

    @Override
    public Uni<List<SourceTable>> tables() {
        return all().map(all -> all.stream().map(DynamoDbTable::sourceTable).toList());
    }

    @Override
    public Uni<List<SourceTable>> tables(ShardId shard) {
        return table(shard.keyspace()).map(table -> List.of(table.sourceTable()));
    }

    @Override
    public void meet(SourceTable table, List<ColumnDefinition> columns, boolean grows) {
        of(table.id().name()).rows().meet(columns, grows);
    }

    /** One that was described already, as all are before they are read. */
    private DynamoDbTable of(String name) {
        DynamoDbTable table = tables.get(name);
        if (table == null) {
            throw new PipelineException(Kind.TRANSIENT, "table " + name + " was not described yet");
        }
        return table;
    }

    @Override
    public Uni<List<PartCheckpoint>> parts(ShardId shard, List<SourceTable> added, Predicate<SourceTable> ranged) {
        return table(shard.keyspace())
                .flatMap(table -> DynamoDbTable.isSnapshot(shard) && !added.isEmpty()
                        ? table.parts()
                        : Uni.createFrom().item(List.of()));
    }

    @Override
    public Uni<Position> current(ShardId shard) {
        return table(shard.keyspace()).flatMap(table -> table.current(shard));
    }

    @Override
    public Uni<Void> answers(ShardId shard) {
        return table(shard.keyspace()).flatMap(DynamoDbTable::answers);
    }

    @Override
    public Position first(List<PartCheckpoint> copied) {
        return Anchor.of(copied).toPosition();
    }

    @Override
    public Uni<Void> verify(ShardId shard, Position position) {
        return Uni.createFrom().deferred(() -> {
            long now = clients.clock().millis();
            if (DynamoDbTable.isSnapshot(shard)) {
                Anchor anchor = Anchor.parse(position);
                Retention.verifySnapshot(shard, anchor.at(), now);
                return catalog.verifyEnabled(shard, anchor.stream());
            }
            Retention.verify(shard, StreamPosition.parse(position).at(), now);
            return Uni.createFrom().voidItem();
        });
    }

    /** A snapshot is over when its shard is. */
    @Override
    public boolean reached(Position reached, Position goal) {
        return !reached.text().contains("\"shards\"")
                && StreamPosition.parse(reached).at()
                        >= StreamPosition.parse(goal).at();
    }

    /** Seconds since 1970 of the time before which it holds all changes. */
    @Override
    public double ordinal(Position position) {
        return position.text().contains("\"shards\"")
                ? Double.NaN
                : StreamPosition.parse(position).at() / 1000.0;
    }

    @Override
    public ChangeReader copy(
            ShardId shard,
            PartCheckpoint part,
            SourceTable table,
            @Nullable Position until,
            Context context,
            ChangeListener listener) {
        DynamoDbTable of = of(shard.keyspace());
        Anchor anchor = Anchor.of(List.of(part));
        of.copies(anchor);
        return new ScanReader(
                new StreamId(shard, part.id()), part, anchor, catalog, of.rows(), of.capacity(), context, listener);
    }

    @Override
    public ChangeReader changes(
            ShardId shard,
            Position from,
            List<PartCheckpoint> parts,
            List<SourceTable> tables,
            @Nullable Position discovered,
            Context context,
            ChangeListener listener) {
        return DynamoDbTable.isSnapshot(shard)
                ? new SnapshotEnd(shard, Anchor.parse(from), catalog, context, listener)
                : of(shard.keyspace()).changes(shard, StreamPosition.parse(from), context, listener);
    }

    @Override
    public boolean resumable(SourceTable table) {
        return true;
    }

    @Override
    public Uni<String> version() {
        return Uni.createFrom().item(address.service().toString());
    }

    @Override
    public Uni<Void> close() {
        clients.close().run();
        return Uni.createFrom().voidItem();
    }
}
