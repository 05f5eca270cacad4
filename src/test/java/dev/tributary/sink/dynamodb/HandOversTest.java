package dev.tributary.sink.dynamodb;

import static dev.tributary.sink.dynamodb.DynamoTarget.SHARD;
import static dev.tributary.sink.dynamodb.DynamoTarget.await;
import static dev.tributary.sink.dynamodb.DynamoTarget.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.checkpoint.CheckpointStore;
import dev.tributary.checkpoint.ReshardText;
import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.checkpoint.ShardOwner;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import dev.tributary.sink.dynamodb.DynamoTarget.Rows;
import io.smallrye.mutiny.Uni;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Shards that have the rows of others, whoever stands still or is gone on the way. */
class HandOversTest {
    private static final ShardId LEFT = new ShardId("commerce", "-40");
    private static final ShardId RIGHT = new ShardId("commerce", "40-80");

    private final Rows orders = new Rows("orders", 1, "id int", "v int");
    private DynamoTarget target;
    private CheckpointStore checkpoints;

    @BeforeEach
    void open() {
        target = DynamoTarget.open();
        target.prepare(orders.table);
        checkpoints = target.sink.checkpoints();
    }

    @AfterEach
    void close() {
        target.close();
    }

    private static Reshard reshard(String id, Set<ShardId> parents, ShardId... children) {
        Map<ShardId, Position> positions = new HashMap<>();
        Arrays.stream(children).forEach(child -> positions.put(child, new Position(id + " at " + child.shard())));
        return new Reshard(id, parents, positions);
    }

    /** Claims a shard that is followed from there. */
    private long followed(ShardId shard, String position) {
        await(checkpoints.plan(await(checkpoints.claim(shard)), new Position(position), Set.of("orders"), List.of()));
        return await(checkpoints.claim(shard)).epoch();
    }

    private Uni<Void> end(ShardId shard, long epoch, Reshard reshard) {
        return checkpoints.close(shard, epoch, reshard, Set.of());
    }

    /** Under a new claim. */
    private void end(ShardId shard, Reshard reshard) {
        await(end(shard, await(checkpoints.claim(shard)).epoch(), reshard));
    }

    private Entries entries() {
        return target.sink.ahead().entries();
    }

    private ShardHead head(ShardId shard) {
        return ShardHead.of(await(entries().get(EntryId.changes("default", shard))));
    }

    /** As a closed shard was just before. */
    private void waiting(ShardId shard) {
        target.set(EntryId.changes("default", shard), "state", AttributeValue.fromS(ShardHead.ENDED));
        await(entries().change(ShardHead.takenOut(new EntryChange(EntryId.known("default", shard)))));
    }

    /** What a process opens a child of, that has read its parent so. */
    private static ChildShards.Legacy legacy(Reshard reshard, ShardHead waits) {
        return new ChildShards.Legacy(reshard, Set.of("orders"), waits, List.of());
    }

    private static ChildShards children(Entries entries) {
        return new ChildShards(entries, "default", new ColumnEntries(entries, "default"));
    }

    @Test
    void aShardThatIsReshardedHandsOverOnceAllHaveEnded() {
        ShardId one = new ShardId("commerce", "-40");
        ShardId two = new ShardId("commerce", "40-80");
        ShardId other = new ShardId("commerce", "80-");
        long first = target.begin();
        target.apply(first, "p1", orders.create(1, 1));
        ShardCheckpoint claimed = await(target.sink.checkpoints().claim(SHARD));
        await(target.sink.checkpoints().plan(claimed, null, Set.of("orders"), List.of()));
        await(target.sink
                .checkpoints()
                .keepColumns(claimed, Map.of("orders", List.of(new ColumnDefinition("id", "int")))));
        ShardCheckpoint second = await(target.sink.checkpoints().claim(other));
        await(target.sink.checkpoints().plan(second, new Position("q1"), Set.of("orders"), List.of()));
        Reshard reshard =
                new Reshard("r1", Set.of(SHARD, other), Map.of(one, new Position("a"), two, new Position("b")));

        await(target.sink.checkpoints().close(SHARD, claimed.epoch(), reshard, Set.of("orders")));
        assertThat(await(target.sink.checkpoints().shards()).ended()).containsExactly(SHARD);
        assertThat(await(target.sink.checkpoints().shards()).open()).containsExactly(other);
        assertThat(target.claim().closed()).isTrue();

        await(target.sink.checkpoints().close(other, second.epoch(), reshard, Set.of("orders")));
        assertThat(await(target.sink.checkpoints().shards()).open()).containsExactlyInAnyOrder(one, two);
        assertThat(await(target.sink.checkpoints().shards()).closed()).containsExactlyInAnyOrder(SHARD, other);
        ShardCheckpoint child = await(target.sink.checkpoints().claim(one));
        assertThat(child.changes()).isEqualTo(new Position("a"));
        assertThat(child.tables()).containsExactly("orders");
        assertThat(await(target.sink.checkpoints().columns(one)).values())
                .singleElement()
                .satisfies(table -> assertThat(table.columns()).containsExactly(new ColumnDefinition("id", "int")));
        assertThat(failure(target.sink.checkpoints().close(SHARD, claimed.epoch(), reshard, Set.of("orders")))
                        .kind())
                .isEqualTo(Kind.FENCED);
    }

    @Test
    void shardsThatEndTogetherMayTellOtherPositionsOfTheirChildren() {
        long left = followed(LEFT, "l1");
        long right = followed(RIGHT, "r1");
        Reshard merge = reshard("8", Set.of(LEFT, RIGHT), SHARD);
        await(end(LEFT, left, merge));

        await(end(RIGHT, right, new Reshard("8", merge.parents(), Map.of(SHARD, new Position("later")))));

        assertThat(await(checkpoints.shards()))
                .isEqualTo(new KnownShards(Set.of(SHARD), Set.of(), Set.of(LEFT, RIGHT)));
        assertThat(await(checkpoints.claim(SHARD)).changes()).isEqualTo(new Position("8 at -80"));
    }

    /** Its entry is there, and nobody has it. */
    @Test
    void aChildWhoseFirstClaimWasBrokenOffIsOpenedAllTheSame() {
        long left = followed(LEFT, "l1");
        await(checkpoints.claim(SHARD));
        target.set(EntryId.changes("default", SHARD), "epoch", AttributeValue.fromN("0"));

        await(end(LEFT, left, reshard("8", Set.of(LEFT), SHARD)));

        assertThat(await(checkpoints.shards())).isEqualTo(new KnownShards(Set.of(SHARD), Set.of(), Set.of(LEFT)));
        assertThat(await(checkpoints.claim(SHARD)).changes()).isEqualTo(new Position("8 at -80"));
    }

    /** The process was gone when it had closed one of two, whose child is read since. */
    @Test
    void parentsThatWereClosedInPartAreClosedByWhoeverLooksNext() {
        long left = followed(LEFT, "l1");
        long right = followed(RIGHT, "r1");
        Reshard merge = reshard("8", Set.of(LEFT, RIGHT), SHARD);
        await(end(LEFT, left, merge));
        await(end(RIGHT, right, merge));
        ShardCheckpoint child = await(checkpoints.claim(SHARD));
        waiting(RIGHT);

        assertThat(await(checkpoints.shards()))
                .isEqualTo(new KnownShards(Set.of(SHARD), Set.of(), Set.of(LEFT, RIGHT)));
        assertThat(head(SHARD).epoch()).isEqualTo(child.epoch());
    }

    /** And between two children, of which the one that is open has gone and come since, and ends before the other is opened. */
    @Test
    void aChildOfAnUnfinishedHandOverEndsWhenThatIsFinished() {
        Reshard split = reshard("7", Set.of(SHARD), LEFT, RIGHT);
        await(end(SHARD, followed(SHARD, "p1"), split));
        waiting(SHARD);
        target.remove(EntryId.changes("default", RIGHT));
        String since = ReshardText.of(reshard("8", Set.of(new ShardId("commerce", "-20")), LEFT));
        target.set(EntryId.changes("default", LEFT), "opened_by", AttributeValue.fromS(since));

        end(LEFT, reshard("9", Set.of(LEFT), new ShardId("commerce", "-20"), new ShardId("commerce", "20-40")));

        assertThat(await(checkpoints.shards()).open()).hasSize(3).contains(RIGHT);
        assertThat(await(checkpoints.shards()).closed()).containsExactlyInAnyOrder(SHARD, LEFT);
    }

    /** It had read that the parent waits, and goes on when the child has come by another reshard, and gone once more. */
    @Test
    void whoFinishesTooLateOpensNothing() {
        Reshard first = reshard("7", Set.of(SHARD), LEFT);
        await(end(SHARD, followed(SHARD, "p1"), first));
        ShardHead closed = head(SHARD);
        ShardHead waiting = new ShardHead(
                SHARD,
                ShardHead.ENDED,
                "",
                closed.epoch(),
                closed.position(),
                closed.tables(),
                closed.reshard(),
                closed.openedBy(),
                false,
                0);
        end(LEFT, reshard("8", Set.of(LEFT), SHARD));
        end(SHARD, reshard("9", Set.of(SHARD), LEFT));
        ShardHead open = head(LEFT);

        await(children(entries()).open(LEFT, new Position("7 at -40"), legacy(first, waiting)));
        assertThat(head(LEFT)).isEqualTo(open);

        end(LEFT, reshard("10", Set.of(LEFT), SHARD));
        ShardHead gone = head(LEFT);
        assertThat(await(children(entries()).open(LEFT, new Position("7 at -40"), legacy(first, waiting))))
                .isFalse();
        assertThat(head(LEFT)).isEqualTo(gone);
    }

    /** Vitess makes a reshard's id of the names of shards and of streams, which on new servers are numbered from 1 on. */
    @Test
    void shardsWhoseNamesComeBackByAReshardOfTheSameIdAreOpenedOnceMore() {
        await(end(SHARD, followed(SHARD, "p1"), reshard("7", Set.of(SHARD), LEFT, RIGHT)));
        for (int round = 0; round < 2; round++) {
            Map<ShardId, Position> merged = Map.of(SHARD, new Position("merge " + round));
            Map<ShardId, Position> split =
                    Map.of(LEFT, new Position("left " + round), RIGHT, new Position("right " + round));
            end(LEFT, new Reshard("8", Set.of(LEFT, RIGHT), merged));
            end(RIGHT, new Reshard("8", Set.of(LEFT, RIGHT), merged));
            assertThat(await(checkpoints.shards()))
                    .isEqualTo(new KnownShards(Set.of(SHARD), Set.of(), Set.of(LEFT, RIGHT)));
            assertThat(head(SHARD).position()).isEqualTo(merged.get(SHARD));

            end(SHARD, new Reshard("7", Set.of(SHARD), split));
            assertThat(await(checkpoints.shards()))
                    .isEqualTo(new KnownShards(Set.of(LEFT, RIGHT), Set.of(), Set.of(SHARD)));
            split.forEach((child, at) -> assertThat(head(child).position()).isEqualTo(at));
        }
    }

    /** There are ever more of them. */
    @Test
    void aShardThatIsClosedIsNotReadAnyMoreUntilItIsOpenedOnceMore() {
        await(end(SHARD, followed(SHARD, "p1"), reshard("7", Set.of(SHARD), LEFT)));
        List<ShardOwner> told = await(checkpoints.owners());
        EntryId id = EntryId.changes("default", SHARD);
        Map<String, AttributeValue> head = await(entries().get(id)).values();
        target.remove(id);

        assertThat(await(checkpoints.shards())).isEqualTo(new KnownShards(Set.of(LEFT), Set.of(), Set.of(SHARD)));
        assertThat(await(checkpoints.owners())).containsExactlyInAnyOrderElementsOf(told);

        target.server.put(entries().table(), head);
        end(LEFT, reshard("8", Set.of(LEFT), SHARD));
        assertThat(await(checkpoints.shards())).isEqualTo(new KnownShards(Set.of(SHARD), Set.of(), Set.of(LEFT)));
        assertThat(await(checkpoints.owners()))
                .filteredOn(owner -> owner.shard().equals(SHARD))
                .singleElement()
                .returns(new Position("8 at -80"), ShardOwner::changes);
    }

    @Test
    void aPlanThatArrivesLateDoesNotOpenAShardThatHasEnded() {
        long epoch = followed(SHARD, "p1");
        ShardCheckpoint claimed = new ShardCheckpoint(SHARD, epoch, null, null, List.of());
        await(end(SHARD, epoch, reshard("7", Set.of(SHARD), LEFT)));

        assertThat(failure(checkpoints.plan(claimed, null, Set.of("orders"), List.of()))
                        .kind())
                .isEqualTo(Kind.FENCED);
        assertThat(await(checkpoints.shards()).closed()).containsExactly(SHARD);
    }

    @Test
    void aChildThatIsPlannedMeanwhileIsNotOpenedBesideItsParts() {
        followed(SHARD, "p1");
        await(end(LEFT, followed(LEFT, "l1"), reshard("8", Set.of(LEFT, SHARD), RIGHT)));
        ChildShards.Legacy legacy = legacy(reshard("8", Set.of(LEFT, SHARD), RIGHT), head(LEFT));
        Position at = new Position("8 at 40-80");
        List<PartCheckpoint> parts = List.of(new PartCheckpoint(new PartId("orders", 0), "", null, false));
        ShardCheckpoint before = await(checkpoints.claim(RIGHT));

        // who has claimed it before it was fenced off
        Entries planned = entries(
                2,
                () -> assertThat(failure(checkpoints.plan(before, null, Set.of("orders"), parts))
                                .kind())
                        .isEqualTo(Kind.FENCED));
        assertThat(await(children(planned).open(RIGHT, at, legacy))).isTrue();
        assertThat(await(checkpoints.look(RIGHT)).parts()).isEmpty();

        // and who does so afterwards
        target.remove(EntryId.changes("default", RIGHT));
        await(checkpoints.claim(RIGHT));
        Entries claimed = entries(
                2, () -> await(checkpoints.plan(await(checkpoints.claim(RIGHT)), null, Set.of("orders"), parts)));
        assertThat(await(children(claimed).open(RIGHT, at, legacy))).isFalse();
        assertThat(await(checkpoints.look(RIGHT)).changes()).isNull();
        assertThat(await(checkpoints.look(RIGHT)).parts()).isEqualTo(parts);
    }

    /** Where something happens in front of a transaction. */
    private Entries entries(int transaction, Runnable meanwhile) {
        Entries entries = entries();
        AtomicInteger count = new AtomicInteger();
        DynamoDbAsyncClient client = (DynamoDbAsyncClient) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DynamoDbAsyncClient.class}, (proxy, method, arguments) -> {
                    boolean now =
                            method.getName().equals("transactWriteItems") && count.incrementAndGet() == transaction;
                    return now
                            ? CompletableFuture.runAsync(meanwhile).thenCompose(done -> {
                                try {
                                    return (CompletableFuture<?>) method.invoke(entries.client(), arguments);
                                } catch (ReflectiveOperationException e) {
                                    throw new IllegalStateException(e);
                                }
                            })
                            : method.invoke(entries.client(), arguments);
                });
        return new Entries(entries.address(), client, entries.table());
    }
}
