package dev.tributary.stream;

import dev.tributary.checkpoint.CheckpointStore;
import dev.tributary.checkpoint.Lease;
import dev.tributary.checkpoint.Members;
import dev.tributary.checkpoint.Replica;
import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.checkpoint.ShardOwner;
import dev.tributary.checkpoint.Sweep;
import dev.tributary.checkpoint.WaitingShards;
import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import dev.tributary.record.TableId;
import dev.tributary.servers.Await;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jspecify.annotations.Nullable;

/**
 * Channel, sink and checkpoints in one: keeps batches until a test says that they are durable, and then their rows and marks
 * together, unless the shard was claimed anew.
 */
final class FakeTarget implements CheckpointStore {
    /** This process's name. */
    static final String SELF = "self";

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private static final class Saved {
        long epoch;

        @Nullable
        Position changes;

        @Nullable
        Set<String> tables;

        String closedBy = "";
        String owner = "";
        final Map<PartId, PartCheckpoint> parts = new LinkedHashMap<>();
    }

    /** Every batch that came, oldest first. */
    final List<Message<ChangeBatch>> arrived = new CopyOnWriteArrayList<>();
    /** {@code shard epoch} of everything that was given up. */
    final List<String> abandoned = new CopyOnWriteArrayList<>();
    /** Rows that are durable: {@code table id}. */
    final List<String> rows = new CopyOnWriteArrayList<>();

    private final Map<ShardId, Saved> saved = new HashMap<>();
    /** Rows of open batches, by stream and epoch. */
    private final Map<String, List<String>> open = new HashMap<>();

    /** Batches that are durable as soon as they come. */
    volatile Predicate<ChangeBatch> writesAtOnce = batch -> false;
    /** A claim fails with this, once. */
    volatile @Nullable RuntimeException refusal;

    /** A shard is closed, but that is not said: this is, once. */
    volatile @Nullable RuntimeException lost;

    /** What it is told to give up it can't, once. */
    volatile @Nullable RuntimeException stubbornness;

    /** Claims and joins are answered behind this. */
    volatile CompletableFuture<Boolean> gate = CompletableFuture.completedFuture(true);

    volatile int claims;

    /** Other processes that have a lease. */
    final Set<String> others = ConcurrentHashMap.newKeySet();

    /** This process's lease is over. */
    volatile boolean resigned;

    /** Renewals fail with this, once. */
    volatile @Nullable RuntimeException unreachable;

    /** This process has told that it is stopping. */
    volatile boolean stopping;

    private volatile WaitingShards waiting = WaitingShards.NONE;

    /** Takes a batch. */
    void accept(Message<ChangeBatch> message) {
        arrived.add(message);
        if (writesAtOnce.test(message.getPayload())) {
            write(message);
        }
    }

    ChangeBatch batch(int number) {
        awaitBatches(number + 1);
        return arrived.get(number).getPayload();
    }

    void awaitBatches(int count) {
        Await.until(count + " batches", LIMIT, () -> arrived.size() >= count, () -> describe(arrived));
    }

    private static String describe(List<Message<ChangeBatch>> messages) {
        return messages.stream()
                .map(message -> describe(message.getPayload()))
                .toList()
                .toString();
    }

    /** {@code 1,2 Boundary 5}: ids of the rows, and the mark. */
    static String describe(ChangeBatch batch) {
        String ids = String.join(
                ",", batch.records().stream().map(record -> id(record)).toList());
        String mark = switch (batch.mark()) {
            case Mark.Boundary(Position at) -> "Boundary " + at;
            case Mark.Chunk(Position at) -> "Chunk " + at;
            case Mark.Copied(Position at) -> "Copied " + at;
            case Mark.PastParts(Position at) -> "PastParts " + at;
            case Mark.Open() -> "Open";
        };
        return ids.isEmpty() ? mark : ids + " " + mark;
    }

    private static String id(ChangeRecord record) {
        return new String(
                Objects.requireNonNull(Objects.requireNonNull(record.after()).value(0)), StandardCharsets.UTF_8);
    }

    List<String> described() {
        return arrived.stream().map(message -> describe(message.getPayload())).toList();
    }

    /** The batch is durable. */
    void write(int number) {
        awaitBatches(number + 1);
        write(arrived.get(number));
    }

    private void write(Message<ChangeBatch> message) {
        try {
            save(message.getPayload());
        } catch (PipelineException fenced) {
            message.nack(fenced);
            return;
        }
        message.ack();
    }

    /** The batch could not be written. */
    void refuse(int number, Kind kind) {
        awaitBatches(number + 1);
        arrived.get(number).nack(new PipelineException(kind, "refused as told"));
    }

    private synchronized void save(ChangeBatch batch) {
        ShardId shard = batch.stream().shard();
        Saved shardSaved = of(shard);
        if (batch.epoch() != shardSaved.epoch) {
            throw new PipelineException(Kind.FENCED, shard + ": epoch " + batch.epoch() + " is over");
        }
        List<String> all = open.computeIfAbsent(batch.stream() + " " + batch.epoch(), stream -> new ArrayList<>());
        batch.records().forEach(record -> all.add(record.schema().table().name() + " " + id(record)));
        PartId part = batch.stream().part();
        switch (batch.mark()) {
            case Mark.Open() -> {
                return;
            }
            case Mark.Boundary(Position at) -> saved(shardSaved, part, at, false);
            case Mark.Chunk(Position at) -> saved(shardSaved, part, at, false);
            case Mark.Copied(Position at) -> saved(shardSaved, part, at, true);
            case Mark.PastParts(Position at) -> {
                shardSaved.changes = at;
                shardSaved.parts.values().removeIf(known -> known.copied() && !known.late());
            }
        }
        rows.addAll(all);
        all.clear();
    }

    private static void saved(Saved shard, PartId part, Position at, boolean copied) {
        if (part.isChanges()) {
            shard.changes = at;
        } else {
            shard.parts.compute(
                    part,
                    (id, known) -> new PartCheckpoint(
                            id, "", at, copied || known != null && known.copied(), known != null && known.late()));
        }
    }

    private Saved of(ShardId shard) {
        return saved.computeIfAbsent(shard, id -> new Saved());
    }

    synchronized @Nullable Position changes(ShardId shard) {
        return of(shard).changes;
    }

    synchronized List<PartCheckpoint> parts(ShardId shard) {
        return List.copyOf(of(shard).parts.values());
    }

    synchronized @Nullable Set<String> tables(ShardId shard) {
        return of(shard).tables;
    }

    /** Puts what an earlier process has saved. */
    synchronized void put(ShardId shard, @Nullable Position changes, Set<String> tables, PartCheckpoint... parts) {
        Saved shardSaved = of(shard);
        shardSaved.changes = changes;
        shardSaved.tables = tables;
        for (PartCheckpoint part : parts) {
            shardSaved.parts.put(part.id(), part);
        }
    }

    Uni<Void> abandon(ShardId shard, long epoch) {
        abandoned.add(shard + " " + epoch);
        RuntimeException thrown = stubbornness;
        if (thrown != null) {
            stubbornness = null;
            throw thrown;
        }
        synchronized (this) {
            open.clear();
        }
        return Uni.createFrom().voidItem();
    }

    @Override
    public synchronized Uni<KnownShards> shards() {
        Set<ShardId> open = new HashSet<>();
        Set<ShardId> closed = new HashSet<>();
        saved.forEach((shard, of) -> {
            if (of.tables != null) {
                (of.closedBy.isEmpty() ? open : closed).add(shard);
            }
        });
        return Uni.createFrom().item(new KnownShards(open, Set.of(), closed));
    }

    @Override
    public synchronized Uni<Void> close(ShardId shard, long epoch, Reshard reshard, Set<String> keyless) {
        Saved own = of(shard);
        if (own.epoch != epoch) {
            return Uni.createFrom().failure(new PipelineException(Kind.FENCED, "epoch " + epoch + " is over"));
        }
        own.closedBy = reshard.id();
        if (reshard.parents().stream().allMatch(parent -> of(parent).closedBy.equals(reshard.id()))) {
            reshard.children().forEach((child, at) -> {
                Saved opened = of(child);
                opened.owner = "";
                opened.closedBy = "";
                opened.changes = at;
                opened.tables = own.tables;
            });
        }
        RuntimeException thrown = lost;
        lost = null;
        return thrown == null ? Uni.createFrom().voidItem() : Uni.createFrom().failure(thrown);
    }

    @Override
    public Uni<List<Replica>> replicas() {
        return renew(waiting, stopping).map(Members::replicas);
    }

    @Override
    public Uni<Members> renew(WaitingShards told, boolean stops) {
        waiting = told;
        stopping = stops;
        RuntimeException thrown = unreachable;
        unreachable = null;
        if (thrown != null) {
            return Uni.createFrom().failure(thrown);
        }
        List<Replica> replicas = new ArrayList<>();
        others.forEach(name -> replicas.add(new Replica(lease(name), Duration.ZERO, false, true, WaitingShards.NONE)));
        replicas.add(new Replica(lease(SELF), Duration.ZERO, false, true, waiting));
        return Uni.createFrom().item(new Members(lease(SELF), replicas));
    }

    /** What the process told with its lease of streams that stand still. */
    WaitingShards waiting() {
        return waiting;
    }

    private static Lease lease(String owner) {
        return new Lease(owner, "", Duration.ofSeconds(10));
    }

    @Override
    public synchronized Uni<List<ShardOwner>> owners() {
        List<ShardOwner> owners = new ArrayList<>();
        saved.forEach((shard, of) -> owners.add(new ShardOwner(
                shard,
                of.owner,
                of.epoch,
                of.changes,
                of.tables != null && of.parts.values().stream().allMatch(PartCheckpoint::copied),
                of.closedBy.isEmpty() ? ShardOwner.Stage.OPEN : ShardOwner.Stage.CLOSED)));
        return Uni.createFrom().item(owners);
    }

    @Override
    public synchronized Uni<ShardCheckpoint> look(ShardId shard) {
        Saved of = of(shard);
        return Uni.createFrom()
                .item(new ShardCheckpoint(
                        shard,
                        of.epoch,
                        of.changes,
                        of.tables,
                        List.copyOf(of.parts.values()),
                        !of.closedBy.isEmpty()));
    }

    /** Who has a shard; empty if nobody. */
    synchronized String owner(ShardId shard) {
        return of(shard).owner;
    }

    /** Another process claims a shard. */
    synchronized void claimFor(String other, ShardId shard) {
        others.add(other);
        of(shard).owner = other;
        of(shard).epoch++;
    }

    @Override
    public synchronized Uni<Void> release(Collection<ShardId> shards) {
        shards.forEach(shard -> {
            if (of(shard).owner.equals(SELF)) {
                of(shard).owner = "";
            }
        });
        return Uni.createFrom().voidItem();
    }

    @Override
    public Uni<Void> resign(Collection<ShardId> shards) {
        resigned = true;
        return release(shards);
    }

    @Override
    public Uni<Void> open() {
        return Uni.createFrom().voidItem();
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    public synchronized Uni<ShardCheckpoint> claim(ShardId shard) {
        claims++;
        RuntimeException thrown = refusal;
        if (thrown != null) {
            refusal = null;
            return Uni.createFrom().failure(thrown);
        }
        Saved shardSaved = of(shard);
        if (others.contains(shardSaved.owner)) {
            return Uni.createFrom().failure(new PipelineException(Kind.FENCED, shard + " is another's"));
        }
        shardSaved.owner = SELF;
        shardSaved.epoch++;
        ShardCheckpoint claimed = new ShardCheckpoint(
                shard,
                shardSaved.epoch,
                shardSaved.changes,
                shardSaved.tables,
                List.copyOf(shardSaved.parts.values()),
                !shardSaved.closedBy.isEmpty());
        return Uni.createFrom().completionStage(gate).map(open -> claimed);
    }

    /** Tables that are to be swept. */
    final Set<String> toBeSwept = ConcurrentHashMap.newKeySet();

    @Override
    public synchronized Uni<Void> leave(
            ShardCheckpoint claimed, Set<String> left, Set<String> swept, Set<String> keyless) {
        Saved shardSaved = of(claimed.shard());
        ShardCheckpoint rest = claimed.without(left);
        shardSaved.tables = rest.closed() ? null : rest.tables();
        shardSaved.changes = rest.changes();
        shardSaved.parts.keySet().removeIf(part -> left.contains(part.table()));
        toBeSwept.addAll(swept);
        return Uni.createFrom().voidItem();
    }

    @Override
    public Uni<List<Sweep>> sweeps(Set<ShardId> served) {
        return Uni.createFrom()
                .item(() -> toBeSwept.stream()
                        .map(table -> new Sweep(new TableId("commerce", table), 1, true))
                        .toList());
    }

    @Override
    public Uni<Void> swept(Sweep sweep) {
        toBeSwept.remove(sweep.table().name());
        return Uni.createFrom().voidItem();
    }

    @Override
    public synchronized Uni<Void> join(ShardId shard, long epoch, Position at) {
        Saved shardSaved = of(shard);
        if (shardSaved.epoch != epoch || !at.equals(shardSaved.changes)) {
            throw new IllegalStateException("joined at " + at + " of epoch " + epoch + " but it is "
                    + shardSaved.changes + " of " + shardSaved.epoch);
        }
        shardSaved.parts.values().stream().filter(PartCheckpoint::late).forEach(part -> {
            if (!part.copied() || FakeSource.number(Objects.requireNonNull(part.position())) < FakeSource.number(at)) {
                throw new IllegalStateException("joined at " + at + " but there is " + part);
            }
        });
        shardSaved.parts.replaceAll((id, part) ->
                part.copied() && part.late() ? new PartCheckpoint(id, part.range(), part.position(), true) : part);
        return Uni.createFrom().completionStage(gate).replaceWithVoid();
    }

    @Override
    public synchronized Uni<Void> plan(
            ShardCheckpoint claimed, @Nullable Position changes, Set<String> tables, List<PartCheckpoint> added) {
        Saved shardSaved = of(claimed.shard());
        if (shardSaved.epoch != claimed.epoch()) {
            return Uni.createFrom()
                    .failure(new PipelineException(Kind.FENCED, "epoch " + claimed.epoch() + " is over"));
        }
        if (changes != null) {
            shardSaved.changes = changes;
        }
        shardSaved.tables = tables;
        added.forEach(part -> shardSaved.parts.put(
                part.id(), new PartCheckpoint(part.id(), part.range(), null, false, claimed.changes() != null)));
        return Uni.createFrom().voidItem();
    }
}
