package dev.tributary.stream;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Column;
import dev.tributary.record.KnownShards;
import dev.tributary.record.Operation;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Row;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.record.StreamId;
import dev.tributary.record.TableId;
import dev.tributary.record.TableSchema;
import dev.tributary.servers.Await;
import dev.tributary.source.ChangeListener;
import dev.tributary.source.ChangeReader;
import dev.tributary.source.ShardSource;
import dev.tributary.source.SourceShards;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A source whose positions are numbers of transactions, and whose readers tell what a test says. */
final class FakeSource implements ShardSource {
    private static final Map<String, TableSchema> SCHEMAS = new ConcurrentHashMap<>();

    /** Every reader that was opened, oldest first. */
    final List<FakeReader> opened = new CopyOnWriteArrayList<>();

    volatile List<ShardId> shards = List.of(new ShardId("commerce", "-80"));

    /** Of {@link #shards}, those that wait for others' ends. */
    volatile Set<ShardId> awaited = Set.of();
    /** Whether a shard is gone whose end was not read. */
    volatile boolean gone;
    /** Shards that are gone whose ends were not read, if they are still known. */
    volatile Set<ShardId> lost = Set.of();

    volatile List<SourceTable> tables = List.of();
    volatile boolean snapshot = true;
    volatile long current = 10;
    /** Whether what is changed while it is copied is not kept. */
    volatile boolean inVain;
    /** Whether no server answers what {@link #current} asks. */
    volatile boolean away;
    /** How often somebody wanted to know how far it is. */
    volatile int asked;

    /** Into how many parts every table is cut. */
    volatile int ranges = 1;
    /** {@link #verify} is answered behind this. */
    volatile CompletableFuture<Boolean> gate = CompletableFuture.completedFuture(true);
    /** The position up to which binlogs are purged. */
    volatile long purged;
    /** What is thrown instead of opening a reader. */
    volatile @Nullable RuntimeException defect;

    static SourceTable table(String name) {
        return new SourceTable(new TableId("commerce", name), List.of("id"), "CREATE TABLE " + name);
    }

    static SourceTable keyless(String name) {
        return new SourceTable(new TableId("commerce", name), List.of(), "CREATE TABLE " + name);
    }

    static ChangeRecord create(String table, long id) {
        TableSchema schema = SCHEMAS.computeIfAbsent(
                table,
                name -> new TableSchema(
                        new TableId("commerce", name),
                        List.of(new Column("id", "bigint", StandardCharsets.UTF_8)),
                        List.of(0)));
        byte[] value = Long.toString(id).getBytes(StandardCharsets.UTF_8);
        return new ChangeRecord(schema, Operation.CREATE, null, Row.of(value));
    }

    static Position at(long number) {
        return new Position(Long.toString(number));
    }

    static long number(Position position) {
        return Long.parseLong(position.text().replaceFirst("\\+.*", ""));
    }

    /** Waits for the reader of that stream that was opened as the n-th, from 1. */
    FakeReader reader(ShardId shard, PartId part, int n) {
        StreamId stream = new StreamId(shard, part);
        List<FakeReader> found = new ArrayList<>();
        Await.until(
                "reader " + n + " of " + stream,
                Duration.ofSeconds(5),
                () -> {
                    found.clear();
                    opened.stream()
                            .filter(reader -> reader.stream.equals(stream))
                            .forEach(found::add);
                    return found.size() >= n;
                },
                opened::toString);
        return found.get(n - 1);
    }

    FakeReader changes(int n) {
        return reader(shards.getFirst(), PartId.CHANGES, n);
    }

    FakeReader part(String table, int n) {
        return reader(shards.getFirst(), new PartId(table, 0), n);
    }

    @Override
    public boolean snapshot() {
        return snapshot;
    }

    @Override
    public Uni<SourceShards> shards(KnownShards known) {
        if (gone) {
            return Uni.createFrom().failure(new PipelineException(Kind.FATAL, known + " was resharded"));
        }
        if (known.open().stream().anyMatch(lost::contains)) {
            return Uni.createFrom().failure(PipelineException.lost(lost, lost + " are gone"));
        }
        List<ShardId> served = shards.stream()
                .filter(shard -> !known.closed().contains(shard))
                .filter(shard -> known.open().contains(shard) || !awaited.contains(shard))
                .toList();
        List<ShardId> left =
                known.open().stream().filter(shard -> !shards.contains(shard)).toList();
        return Uni.createFrom()
                .item(new SourceShards(
                        known,
                        served,
                        left,
                        awaited.stream()
                                .filter(shard -> !known.open().contains(shard))
                                .toList(),
                        known.open()));
    }

    @Override
    public Uni<Void> takesWrites(ShardId shard) {
        return shards.contains(shard)
                ? Uni.createFrom().voidItem()
                : Uni.createFrom().failure(new PipelineException(Kind.TRANSIENT, shard + ": no primary"));
    }

    @Override
    public Uni<List<SourceTable>> tables() {
        return Uni.createFrom().item(tables);
    }

    @Override
    public Uni<List<PartCheckpoint>> parts(ShardId shard, List<SourceTable> cut, Predicate<SourceTable> ranged) {
        List<PartCheckpoint> parts = new ArrayList<>();
        for (SourceTable table : cut) {
            for (int i = 0; i < (ranged.test(table) ? ranges : 1); i++) {
                parts.add(new PartCheckpoint(new PartId(table.id().name(), i), "", null, false));
            }
        }
        return Uni.createFrom().item(parts);
    }

    @Override
    public Uni<Position> current(ShardId shard) {
        asked++;
        return away
                ? Uni.createFrom().failure(new PipelineException(Kind.TRANSIENT, shard + ": no tablet"))
                : Uni.createFrom().item(() -> at(current));
    }

    @Override
    public Uni<Void> answers(ShardId shard) {
        return inVain
                ? Uni.createFrom().failure(new PipelineException(Kind.LOST, shard + ": is copied in vain"))
                : ShardSource.super.answers(shard);
    }

    @Override
    public Position first(List<PartCheckpoint> copied) {
        return copied.stream()
                .map(PartCheckpoint::position)
                .flatMap(position -> position == null ? Stream.empty() : Stream.of(position))
                .min(Comparator.comparingLong(FakeSource::number))
                .orElseThrow();
    }

    @Override
    public Uni<Void> verify(ShardId shard, Position position) {
        PipelineException failure = number(position) < purged
                ? new PipelineException(PipelineException.Kind.LOST, shard + ": purged before " + position)
                : null;
        return Uni.createFrom()
                .completionStage(gate)
                .flatMap(open -> failure == null
                        ? Uni.createFrom().voidItem()
                        : Uni.createFrom().failure(failure));
    }

    @Override
    public boolean reached(Position reached, Position goal) {
        return number(reached) >= number(goal);
    }

    @Override
    public ChangeReader copy(
            ShardId shard,
            PartCheckpoint part,
            SourceTable table,
            @Nullable Position until,
            Context context,
            ChangeListener listener) {
        return open(new FakeReader(
                new StreamId(shard, part.id()), part.position(), until, List.of(), List.of(table), context, listener));
    }

    @Override
    public ChangeReader changes(
            ShardId shard,
            Position from,
            List<PartCheckpoint> parts,
            List<SourceTable> followed,
            @Nullable Position discovered,
            Context context,
            ChangeListener listener) {
        return open(new FakeReader(
                new StreamId(shard, PartId.CHANGES), from, discovered, parts, followed, context, listener));
    }

    private FakeReader open(FakeReader reader) {
        RuntimeException thrown = defect;
        if (thrown != null) {
            defect = null;
            throw thrown;
        }
        opened.add(reader);
        return reader;
    }

    @Override
    public boolean resumable(SourceTable table) {
        return !table.key().isEmpty();
    }

    @Override
    public Uni<Void> close() {
        return Uni.createFrom().voidItem();
    }
}
