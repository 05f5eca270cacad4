package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.CHANGES;
import static dev.tributary.sink.mysql.TargetFixture.SHARD;
import static dev.tributary.sink.mysql.TargetFixture.await;
import static dev.tributary.sink.mysql.TargetFixture.failure;
import static dev.tributary.sink.mysql.TargetFixture.part;
import static dev.tributary.sink.mysql.TargetFixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.checkpoint.CarriedTables;
import dev.tributary.checkpoint.CheckpointStore;
import dev.tributary.checkpoint.Members;
import dev.tributary.checkpoint.ProcessName;
import dev.tributary.checkpoint.Replica;
import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.checkpoint.ShardOwner;
import dev.tributary.checkpoint.ShardOwner.Stage;
import dev.tributary.checkpoint.Sweep;
import dev.tributary.checkpoint.TableColumns;
import dev.tributary.checkpoint.WaitingShards;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import dev.tributary.record.TableId;
import io.smallrye.mutiny.Uni;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CheckpointsTest {
    private TargetFixture target;
    private CheckpointStore checkpoints;

    private final SourceRows orders =
            new SourceRows("orders", 1, "CREATE TABLE `orders` (`id` int NOT NULL, PRIMARY KEY (`id`))", "id int");

    @BeforeEach
    void open() throws Exception {
        target = TargetFixture.open();
        checkpoints = target.sink.checkpoints();
    }

    @AfterEach
    void close() {
        target.close();
    }

    private static PartCheckpoint fresh(String table, int index, String range) {
        return new PartCheckpoint(new PartId(table, index), range, null, false);
    }

    @Test
    void aNewShardHasNothingAndWasNeverPlanned() {
        ShardCheckpoint claimed = await(checkpoints.claim(SHARD));

        assertThat(claimed).isEqualTo(new ShardCheckpoint(SHARD, 1, null, null, List.of()));
        assertThat(await(checkpoints.claim(SHARD)).epoch()).isEqualTo(2);
    }

    @Test
    void aPlanIsWhatTheNextClaimFinds() {
        ShardCheckpoint claimed = await(checkpoints.claim(SHARD));
        List<PartCheckpoint> parts =
                List.of(fresh("items", 0, ""), fresh("orders", 0, "[,9)"), fresh("orders", 1, "[9,)"));
        await(checkpoints.plan(claimed, null, Set.of("orders", "items"), parts));
        ShardCheckpoint planned = await(checkpoints.claim(SHARD));

        assertThat(planned).isEqualTo(new ShardCheckpoint(SHARD, 2, null, Set.of("orders", "items"), parts));
    }

    /** Of two keyspaces that plan it at once the one sees the other's, or is told to try again. */
    @Test
    void aTableOfOneNameIsCarriedOfOneKeyspaceAlone() {
        ShardId other = new ShardId("customer", "0");
        for (int round = 0; round < 20; round++) {
            String table = "t" + round;
            List<CompletableFuture<@Nullable Throwable>> plans = List.of(SHARD, other).stream()
                    .map(shard -> planAlone(await(checkpoints.claim(shard)), table))
                    .map(plan -> plan.<@Nullable Throwable>handle((done, failure) -> failure))
                    .toList();

            List<Throwable> failures = plans.stream()
                    .map(CompletableFuture::join)
                    .filter(Objects::nonNull)
                    .toList();
            assertThat(failures)
                    .singleElement()
                    .isInstanceOfSatisfying(
                            PipelineException.class,
                            known -> assertThat(known.kind()).isEqualTo(Kind.TRANSIENT));
            CarriedTables carried = await(checkpoints.carried());
            assertThat(List.of(new TableId(SHARD.keyspace(), table), new TableId(other.keyspace(), table)))
                    .filteredOn(carried::isElsewhere)
                    .hasSize(1);
        }
    }

    private CompletableFuture<Void> planAlone(ShardCheckpoint claimed, String table) {
        return checkpoints
                .planAlone(claimed, null, Set.of(table), List.of(fresh(table, 0, "")), Set.of())
                .subscribeAsCompletionStage();
    }

    @Test
    void whatAnotherKeyspaceHasLeftIsCarriedOnAndSwept() {
        ShardId second = new ShardId(SHARD.keyspace(), "80-");
        TableId moved = new TableId("customer", "orders");
        for (ShardId shard : List.of(SHARD, second)) {
            await(checkpoints.plan(await(checkpoints.claim(shard)), new Position("c1"), Set.of("orders"), List.of()));
        }
        await(checkpoints.plan(await(checkpoints.claim(SHARD)), null, Set.of("orders "), List.of()));
        assertThat(await(checkpoints.carried()).isElsewhere(moved))
                .as("one of its shards has left it")
                .isTrue();
        await(checkpoints.plan(await(checkpoints.claim(second)), null, Set.of("orders "), List.of()));
        CarriedTables carried = await(checkpoints.carried());
        assertThat(carried.isElsewhere(moved)).isFalse();
        assertThat(carried.wasElsewhere(moved)).isTrue();
        assertThat(carried.wasElsewhere(new TableId(SHARD.keyspace(), "orders")))
                .isFalse();

        ShardId third = new ShardId(moved.keyspace(), "0");
        await(checkpoints.planAlone(
                await(checkpoints.claim(third)),
                new Position("c2"),
                Set.of("orders"),
                List.of(fresh("orders", 0, "")),
                Set.of("orders")));
        assertThat(await(checkpoints.sweeps(Set.of(third)))).singleElement().satisfies(sweep -> {
            assertThat(sweep.table()).isEqualTo(moved);
            assertThat(sweep.ready()).as("it is copied first").isFalse();
        });
    }

    /** Then the changes waited for the copy, and the parts of one table did not go together. */
    @Test
    void aCopyThatAnEarlierVersionMadeOfALateTableIsNotTakenUp() {
        ShardCheckpoint claimed = await(checkpoints.claim(SHARD));
        await(checkpoints.plan(claimed, new Position("start"), Set.of("orders"), List.of(fresh("orders", 0, ""))));

        PipelineException refused = failure(checkpoints.claim(SHARD));

        assertThat(refused.kind()).isEqualTo(Kind.FATAL);
        assertThat(refused).hasMessageContainingAll("commerce/-80", "table orders", "earlier version");
    }

    @Test
    void aPartThatIsPlannedBehindTheBeginningOfTheChangesIsLateUntilItJoins() throws Exception {
        target.prepare(orders.table);
        await(checkpoints.plan(await(checkpoints.claim(SHARD)), new Position("c1"), Set.of("items"), List.of()));
        ShardCheckpoint begun = await(checkpoints.claim(SHARD));
        List<PartCheckpoint> added = List.of(fresh("orders", 0, ""), fresh("other", 0, ""));
        await(checkpoints.plan(begun, null, Set.of("items", "orders", "other"), added));
        long epoch = begun.epoch();
        assertThat(target.query("SELECT state FROM tributary_checkpoint WHERE source_table = 'orders'"))
                .containsExactly(row("late"));

        await(target.write(part("orders"), epoch, new Mark.Boundary(new Position("o1")), orders.snapshot(1)));
        await(target.write(part("orders"), epoch, new Mark.Copied(new Position("o2")), orders.snapshot(2)));
        await(target.write(part("orders"), epoch, new Mark.Boundary(new Position("o3")), orders.create(3)));
        assertThat(orders(epoch)).isEqualTo(lateOrders("o3", true));
        epoch++;
        await(target.write(part("orders"), epoch, new Mark.Copied(new Position("o4"))));
        await(target.write(CHANGES, epoch, new Mark.PastParts(new Position("c2"))));
        assertThat(orders(epoch)).as("what is late is not forgotten").isEqualTo(lateOrders("o4", true));
        epoch++;
        assertThat(failure(checkpoints.join(SHARD, epoch, new Position("c1"))).kind())
                .isEqualTo(Kind.TRANSIENT);
        assertThat(failure(checkpoints.join(SHARD, epoch - 1, new Position("c2")))
                        .kind())
                .isEqualTo(Kind.FENCED);
        assertThat(orders(epoch)).isEqualTo(lateOrders("o4", true));
        await(checkpoints.join(SHARD, epoch + 1, new Position("c2")));

        assertThat(orders(epoch + 1))
                .isEqualTo(new PartCheckpoint(new PartId("orders", 0), "", new Position("o4"), true));
        assertThat(target.query("SELECT state FROM tributary_checkpoint WHERE source_table = 'other'"))
                .as("what is not copied does not join")
                .containsExactly(row("late"));
    }

    private static PartCheckpoint lateOrders(String position, boolean copied) {
        return new PartCheckpoint(new PartId("orders", 0), "", new Position(position), copied, true);
    }

    /** As the next claim finds it, which follows this epoch. */
    private PartCheckpoint orders(long epoch) {
        ShardCheckpoint claimed = await(checkpoints.claim(SHARD));
        assertThat(claimed.epoch()).isEqualTo(epoch + 1);
        return claimed.parts().stream()
                .filter(part -> part.id().table().equals("orders"))
                .findAny()
                .orElseThrow();
    }

    private static final ShardId LEFT = new ShardId("commerce", "-40");
    private static final ShardId RIGHT = new ShardId("commerce", "40-80");

    private static Reshard reshard(String id, Set<ShardId> parents, ShardId... children) {
        Map<ShardId, Position> positions = new HashMap<>();
        for (ShardId child : children) {
            positions.put(child, new Position(id + " at " + child.shard()));
        }
        return new Reshard(id, parents, positions);
    }

    /** Claims a shard that is followed from there. */
    private long followed(ShardId shard, String position, String... tables) {
        await(checkpoints.plan(await(checkpoints.claim(shard)), new Position(position), Set.of(tables), List.of()));
        return await(checkpoints.claim(shard)).epoch();
    }

    private Uni<Void> end(ShardId shard, long epoch, Reshard reshard) {
        return checkpoints.close(shard, epoch, reshard, Set.of("log"));
    }

    @Test
    void aShardThatIsSplitIsClosedAndItsChildrenAreOpenAtTheirPositions() {
        long epoch = followed(SHARD, "p1", "orders", "gone ");
        Reshard split = reshard("7", Set.of(SHARD), LEFT, RIGHT);
        assertThat(failure(end(SHARD, epoch - 1, split)).kind()).isEqualTo(Kind.FENCED);
        assertThat(await(checkpoints.shards())).isEqualTo(new KnownShards(Set.of(SHARD), Set.of(), Set.of()));

        await(end(SHARD, epoch, split));

        assertThat(await(checkpoints.shards()))
                .isEqualTo(new KnownShards(Set.of(LEFT, RIGHT), Set.of(), Set.of(SHARD)));
        assertThat(await(checkpoints.claim(LEFT)))
                .isEqualTo(
                        new ShardCheckpoint(LEFT, 2, new Position("7 at -40"), Set.of("orders", "gone "), List.of()));
        assertThat(await(checkpoints.claim(RIGHT)).changes()).isEqualTo(new Position("7 at 40-80"));
        assertThat(await(checkpoints.claim(SHARD)).closed()).isTrue();
    }

    @Test
    void shardsThatBecomeOneOpenItWhenTheLastOfThemIsClosed() {
        long left = followed(LEFT, "l1", "orders");
        long right = followed(RIGHT, "r1", "orders");
        Reshard merge = reshard("8", Set.of(LEFT, RIGHT), SHARD);

        await(end(LEFT, left, merge));
        assertThat(await(checkpoints.shards())).isEqualTo(new KnownShards(Set.of(RIGHT), Set.of(LEFT), Set.of()));
        await(end(RIGHT, right, merge));

        assertThat(await(checkpoints.shards()))
                .isEqualTo(new KnownShards(Set.of(SHARD), Set.of(), Set.of(LEFT, RIGHT)));
        assertThat(await(checkpoints.claim(SHARD)).changes()).isEqualTo(new Position("8 at -80"));
    }

    /** A switch of traffic that failed on its way and is repeated looks up the children's positions again. */
    @Test
    void shardsThatEndTogetherMayTellOtherPositionsOfTheirChildren() {
        long left = followed(LEFT, "l1", "orders");
        long right = followed(RIGHT, "r1", "orders");
        Reshard merge = reshard("8", Set.of(LEFT, RIGHT), SHARD);
        await(end(LEFT, left, merge));

        await(end(RIGHT, right, new Reshard("8", merge.parents(), Map.of(SHARD, new Position("later")))));

        assertThat(await(checkpoints.shards()))
                .isEqualTo(new KnownShards(Set.of(SHARD), Set.of(), Set.of(LEFT, RIGHT)));
        assertThat(await(checkpoints.claim(SHARD)).changes()).isEqualTo(new Position("later"));
    }

    /** Whose batch may wait for the target for as long as that holds a lock. */
    @Test
    void aShardThatStandsStillDoesNotHoldUpTheHandOverOfOthers() throws Exception {
        long left = followed(LEFT, "l1", "orders");
        long right = followed(RIGHT, "r1", "orders");
        List<ShardId> others = List.of(new ShardId("commerce", "-20"), new ShardId("commerce", "60-80"));
        others.forEach(other -> followed(other, "o1", "orders"));
        Reshard merge = reshard("8", Set.of(LEFT, RIGHT), SHARD);
        try (Connection blocker = target.server.connect(target.database);
                Statement statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            for (ShardId other : others) {
                statement.execute(
                        "SELECT * FROM tributary_checkpoint WHERE pipeline = 'default' AND keyspace = 'commerce'"
                                + " AND shard = '" + other.shard() + "' AND source_table = '' AND part = 0 FOR UPDATE");
            }

            await(end(LEFT, left, merge));
            await(end(RIGHT, right, merge));

            assertThat(await(checkpoints.shards()).closed()).containsExactlyInAnyOrder(LEFT, RIGHT);
            blocker.rollback();
        }
    }

    /** Each under a greater epoch, so that no old owner writes. */
    @Test
    void aReshardThatIsTakenBackOpensTheShardOnceMore() {
        long first = followed(SHARD, "p1", "orders");
        await(end(SHARD, first, reshard("7", Set.of(SHARD), LEFT, RIGHT)));
        Reshard back = reshard("9", Set.of(LEFT, RIGHT), SHARD);
        await(end(LEFT, await(checkpoints.claim(LEFT)).epoch(), back));
        await(end(RIGHT, await(checkpoints.claim(RIGHT)).epoch(), back));

        ShardCheckpoint again = await(checkpoints.claim(SHARD));

        assertThat(again)
                .isEqualTo(new ShardCheckpoint(
                        SHARD, again.epoch(), new Position("9 at -80"), Set.of("orders"), List.of()));
        assertThat(again.epoch()).isGreaterThan(first);
        assertThat(failure(target.write(CHANGES, first, new Mark.Boundary(new Position("late"))))
                        .kind())
                .isEqualTo(Kind.FENCED);
    }

    /** Vitess makes a reshard's id of the names of shards and of streams, which on new servers are numbered from 1 on. */
    @Test
    void shardsWhoseNamesComeBackByAReshardOfTheSameIdAreOpenedOnceMore() {
        await(end(SHARD, followed(SHARD, "p1", "orders"), reshard("7", Set.of(SHARD), LEFT, RIGHT)));
        for (int round = 0; round < 2; round++) {
            Map<ShardId, Position> merged = Map.of(SHARD, new Position("merge " + round));
            Map<ShardId, Position> split =
                    Map.of(LEFT, new Position("left " + round), RIGHT, new Position("right " + round));
            Reshard merge = new Reshard("8", Set.of(LEFT, RIGHT), merged);
            await(end(LEFT, await(checkpoints.claim(LEFT)).epoch(), merge));
            await(end(RIGHT, await(checkpoints.claim(RIGHT)).epoch(), merge));
            assertThat(await(checkpoints.shards()))
                    .isEqualTo(new KnownShards(Set.of(SHARD), Set.of(), Set.of(LEFT, RIGHT)));
            assertThat(await(checkpoints.look(SHARD)).changes()).isEqualTo(merged.get(SHARD));

            await(end(SHARD, await(checkpoints.claim(SHARD)).epoch(), new Reshard("7", Set.of(SHARD), split)));
            assertThat(await(checkpoints.shards()))
                    .isEqualTo(new KnownShards(Set.of(LEFT, RIGHT), Set.of(), Set.of(SHARD)));
            split.forEach((child, at) ->
                    assertThat(await(checkpoints.look(child)).changes()).isEqualTo(at));
        }
    }

    @Test
    void aReshardThatWouldLoseOrDoubleRowsChangesNothing() {
        long left = followed(LEFT, "l1", "orders", "log");
        long right = followed(RIGHT, "r1", "orders");
        ShardId begun = new ShardId("commerce", "-20");
        followed(begun, "b1", "orders");
        Reshard merge = reshard("2", Set.of(LEFT, RIGHT), SHARD);
        await(end(RIGHT, right, merge));

        assertThat(failure(end(LEFT, left, merge))).hasMessageContaining("[log] were copied");
        assertThat(failure(end(LEFT, left, reshard("3", Set.of(LEFT), begun)))).hasMessageContaining("begun already");
        assertThat(failure(end(LEFT, left, reshard("4", Set.of(LEFT, RIGHT), SHARD))))
                .as("an end by another reshard is none by this")
                .hasMessageContaining("commerce/40-80");
        Reshard early = new Reshard("5", Set.of(LEFT), merge.children(), Set.of("log"));
        assertThat(failure(end(LEFT, left, early))).hasMessageContaining("[log] were copied");

        assertThat(await(checkpoints.shards()))
                .isEqualTo(new KnownShards(Set.of(LEFT, begun), Set.of(RIGHT), Set.of()));
        assertThat(await(checkpoints.sweeps(Set.of()))).isEmpty();
    }

    /** The table's copies begin again with the child's, over rows of one of the parents. */
    @Test
    void aTableThatNotEveryParentHasCarriedToItsEndIsToBeSwept() {
        long left = followed(LEFT, "l1", "orders", "items", "late", "gone", "off ");
        long right = followed(RIGHT, "r1", "orders", "items", "gone ");
        Reshard merge = reshard("2", Set.of(LEFT, RIGHT), SHARD);
        await(end(RIGHT, right, new Reshard("2", merge.parents(), merge.children(), Set.of("items"))));

        await(end(LEFT, left, merge));

        ShardCheckpoint child = await(checkpoints.claim(SHARD));
        assertThat(child.tables()).containsExactlyInAnyOrder("orders", "gone ", "off ");
        assertThat(sweeps(Set.of())).containsExactlyInAnyOrder(sweep("items", false), sweep("late", false));
        await(checkpoints.plan(child, null, Set.of("orders", "items", "late"), List.of(fresh("late", 0, ""))));
        assertThat(sweeps(Set.of(SHARD))).containsExactlyInAnyOrder(sweep("items", true), sweep("late", false));
        assertThat(await(checkpoints.sweeps(Set.of(SHARD, new ShardId("commerce", "80-")))))
                .as("one that was not planned yet")
                .noneMatch(Sweep::ready);
        Sweep before = marked("items");
        await(checkpoints.swept(new Sweep(before.table(), before.mark() - 1, true)));
        assertThat(await(checkpoints.sweeps(Set.of()))).as("wanted again since").hasSize(2);
        await(checkpoints.swept(before));
        assertThat(await(checkpoints.sweeps(Set.of()))).hasSize(1);
    }

    private static Sweep sweep(String table, boolean ready) {
        return new Sweep(new TableId("commerce", table), 0, ready);
    }

    private Sweep marked(String table) {
        return await(checkpoints.sweeps(Set.of())).stream()
                .filter(sweep -> sweep.table().name().equals(table))
                .findFirst()
                .orElseThrow();
    }

    /** Tables to be swept, whatever their marks. */
    private List<Sweep> sweeps(Set<ShardId> served) {
        return await(checkpoints.sweeps(served)).stream()
                .map(sweep -> sweep(sweep.table().name(), sweep.ready()))
                .toList();
    }

    /** It was never planned, so that nothing of it is at the target; who has claimed it must not plan it any more. */
    @Test
    void aParentOfWhichNothingIsCarriedHasEnded() {
        ShardCheckpoint unplanned = await(checkpoints.claim(RIGHT));
        long left = followed(LEFT, "l1", "orders");

        await(end(LEFT, left, reshard("2", Set.of(LEFT, RIGHT, new ShardId("commerce", "c0-")), SHARD)));

        assertThat(await(checkpoints.shards())).isEqualTo(new KnownShards(Set.of(SHARD), Set.of(), Set.of(LEFT)));
        assertThat(await(checkpoints.claim(SHARD)).tables()).isEmpty();
        assertThat(sweeps(Set.of())).containsExactly(sweep("orders", false));
        assertThat(failure(checkpoints.plan(unplanned, null, Set.of("orders"), List.of()))
                        .kind())
                .isEqualTo(Kind.FENCED);
    }

    /** One that was copied at once has nothing of theirs; the others are waited for no more. */
    @Test
    void shardsThatWaitForOneOfWhichNothingIsLeftAreHandedOver() throws Exception {
        ShardId third = new ShardId("commerce", "80-");
        long left = followed(LEFT, "l1", "orders");
        ShardCheckpoint right = await(checkpoints.claim(RIGHT));
        await(checkpoints.plan(right, null, Set.of("orders"), List.of(fresh("orders", 0, ""))));
        right = await(checkpoints.claim(RIGHT));
        await(end(LEFT, left, reshard("2", Set.of(LEFT, RIGHT), SHARD, third)));
        long copied = followed(third, "t1", "orders");
        assertThat(await(checkpoints.shards()).ended()).containsExactly(LEFT);
        assertThat(failure(checkpoints.leave(right, Set.of("orders"), Set.of(), Set.of("orders"))))
                .hasMessageContaining("[orders] were copied");

        await(checkpoints.leave(right, Set.of("orders"), Set.of(), Set.of()));

        assertThat(await(checkpoints.shards()))
                .isEqualTo(new KnownShards(Set.of(SHARD, third), Set.of(), Set.of(LEFT)));
        assertThat(await(checkpoints.claim(SHARD)).changes()).isEqualTo(new Position("2 at -80"));
        assertThat(sweeps(Set.of())).containsExactly(sweep("orders", false));
        ShardCheckpoint untouched = await(checkpoints.claim(third));
        assertThat(untouched.epoch()).isEqualTo(copied + 1);
        assertThat(untouched.changes()).isEqualTo(new Position("t1"));
    }

    @Test
    void aShardLeavesTablesThatAreNotCopiedAndIsForgottenWithTheLastOfThem() throws Exception {
        await(checkpoints.plan(
                await(checkpoints.claim(SHARD)),
                null,
                Set.of("orders", "items", "gone "),
                List.of(fresh("orders", 0, ""), fresh("orders", 1, ""), fresh("items", 0, ""))));
        ShardCheckpoint claimed = await(checkpoints.claim(SHARD));

        await(checkpoints.leave(claimed, Set.of("orders"), Set.of("orders"), Set.of()));
        ShardCheckpoint left = await(checkpoints.claim(SHARD));

        assertThat(left.tables()).containsExactlyInAnyOrder("items", "gone ");
        assertThat(left.parts()).extracting(PartCheckpoint::id).containsExactly(new PartId("items", 0));
        assertThat(sweeps(Set.of())).containsExactly(sweep("orders", false));
        assertThat(failure(checkpoints.leave(claimed, Set.of("items"), Set.of(), Set.of()))
                        .kind())
                .isEqualTo(Kind.FENCED);
        await(checkpoints.leave(left, Set.of("items"), Set.of(), Set.of()));
        assertThat(await(checkpoints.shards()).open()).isEmpty();
        ShardCheckpoint again = await(checkpoints.claim(SHARD));
        assertThat(again.tables()).isNull();
        assertThat(again.parts()).isEmpty();
        assertThat(again.epoch()).isGreaterThan(left.epoch());
    }

    @Test
    void whatIsKnownOfATablesColumnsIsHandedOn() {
        ShardCheckpoint claimed = await(checkpoints.claim(SHARD));
        await(checkpoints.plan(claimed, new Position("p1"), Set.of("orders"), List.of()));
        List<ColumnDefinition> columns = List.of(new ColumnDefinition("id", "int NOT NULL"));
        await(checkpoints.keepColumns(claimed, Map.of("orders", columns)));

        await(end(SHARD, claimed.epoch(), reshard("7", Set.of(SHARD), LEFT, RIGHT)));

        for (ShardId child : List.of(LEFT, RIGHT)) {
            assertThat(await(checkpoints.columns(child)))
                    .isEqualTo(Map.of("orders", new TableColumns(columns, null, List.of())));
        }
    }

    @Test
    void aPlanWithoutAPositionKeepsTheOneThatIsThere() throws Exception {
        ShardCheckpoint claimed = await(checkpoints.claim(SHARD));
        await(checkpoints.plan(claimed, new Position("start"), Set.of("orders"), List.of()));
        await(checkpoints.plan(claimed, null, Set.of("orders", "items"), List.of(fresh("items", 0, ""))));

        assertThat(target.position()).isEqualTo("start");
    }

    @Test
    void aShardOfAProcessThatHasALeaseIsNotTaken() throws Exception {
        await(checkpoints.claim(SHARD));
        target.execute("UPDATE tributary_checkpoint SET owner = 'another', epoch = epoch + 1");
        lease("another", "CURRENT_TIMESTAMP(6)");

        PipelineException fenced = failure(checkpoints.claim(SHARD));

        assertThat(fenced.kind()).isEqualTo(Kind.FENCED);
        assertThat(fenced).hasMessageContainingAll("commerce/-80", "another process has claimed", ": another");
        assertThat(owner()).containsExactly("another", "2");
    }

    @Test
    void aShardIsTakenOnceItsOwnersLeaseIsOver() throws Exception {
        await(checkpoints.claim(SHARD));
        target.execute("UPDATE tributary_checkpoint SET owner = 'another', epoch = epoch + 1");
        lease("another", "CURRENT_TIMESTAMP(6) - INTERVAL 10 SECOND");

        assertThat(await(checkpoints.claim(SHARD)).epoch()).isEqualTo(3);

        assertThat(owner()).containsExactly("test", "3");
    }

    @Test
    void aShardThatIsGivenBackIsTakenAtOnce() throws Exception {
        target.execute("INSERT INTO tributary_checkpoint (pipeline, keyspace, shard, source_table, part, key_range,"
                + " state, epoch, owner) VALUES ('default', 'commerce', '80-', '', 0, '', 'changes', 7, 'another')");
        ShardId others = new ShardId("commerce", "80-");
        await(checkpoints.claim(SHARD));

        await(checkpoints.release(List.of(SHARD, others)));

        assertThat(target.query("SELECT shard, owner, epoch FROM tributary_checkpoint ORDER BY shard"))
                .as("nobody gives back what is another's")
                .containsExactly(row("-80", "", "1"), row("80-", "another", "7"));
    }

    /** Of a process that ended on this machine nobody has to wait for the lease's end. */
    @Test
    void aShardOfAProcessThatIsKnownToHaveEndedIsTakenAtOnce() throws Exception {
        String own = new ProcessName().text();
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        String gone = own.replaceFirst(":\\d+:", ":" + ended.pid() + ":");
        await(checkpoints.claim(SHARD));
        target.execute("UPDATE tributary_checkpoint SET owner = '" + gone + "'");
        lease(gone, "CURRENT_TIMESTAMP(6)");

        assertThat(await(checkpoints.claim(SHARD)).epoch()).isEqualTo(2);
        assertThat(await(checkpoints.renew(WaitingShards.NONE, false)).live()).containsExactly("test");
    }

    @Test
    void aLeaseIsRenewedByTheTargetsClock() throws Exception {
        lease("late", "CURRENT_TIMESTAMP(6) - INTERVAL 11 SECOND");
        lease("early", "CURRENT_TIMESTAMP(6) + INTERVAL 2 SECOND");
        lease("future", "CURRENT_TIMESTAMP(6) + INTERVAL 1 HOUR");
        lease("ancient", "CURRENT_TIMESTAMP(6) - INTERVAL 1 YEAR");

        Members members = await(checkpoints.renew(WaitingShards.NONE, false));

        assertThat(members.self().owner()).isEqualTo("test");
        assertThat(members.live()).containsExactlyInAnyOrder("test", "early");
        assertThat(members.peers()).as("which read the same shards").containsExactly("test");
        target.execute("UPDATE tributary_checkpoint SET updated_at = '2020-01-01' WHERE source_table = 'test'");
        assertThat(await(checkpoints.renew(WaitingShards.NONE, false)).live()).contains("test");
        assertThat(target.query("SELECT source_table FROM tributary_checkpoint WHERE state = 'replica'"
                        + " ORDER BY source_table"))
                .as("what is long gone is forgotten")
                .containsExactly(row("early"), row("future"), row("late"), row("test"));
        await(checkpoints.resign(List.of()));
        assertThat(target.query("SELECT * FROM tributary_checkpoint WHERE source_table = 'test'"))
                .isEmpty();
    }

    /** What it has is its own, but nothing that is free is left to it. */
    @Test
    void whoIsLateIsNoPeerUntilItIsHeardOf() throws Exception {
        lease("late", "CURRENT_TIMESTAMP(6) - INTERVAL 5 SECOND");
        target.execute("UPDATE tributary_checkpoint SET key_range = '', updated_at = updated_at");

        Members members = await(checkpoints.renew(WaitingShards.NONE, false));

        assertThat(members.live()).containsExactlyInAnyOrder("test", "late");
        assertThat(members.peers()).containsExactlyInAnyOrder("test", "late");
        assertThat(members.peers(Duration.ofSeconds(4))).containsExactly("test");
        assertThat(members.peers(Duration.ZERO)).as("this one always").containsExactly("test");
    }

    /** To versions that do not know it either: it is as if it read other shards. */
    @Test
    void thatAProcessStopsIsToldWithItsLease() throws Exception {
        lease("other", "CURRENT_TIMESTAMP(6)");
        assertThat(await(checkpoints.renew(WaitingShards.NONE, false)).isOneStopping())
                .isFalse();

        Members members = await(checkpoints.renew(WaitingShards.NONE, true));

        assertThat(members.isOneStopping()).isTrue();
        assertThat(members.live()).containsExactlyInAnyOrder("test", "other");
        assertThat(target.query("SELECT key_range FROM tributary_checkpoint WHERE source_table = 'test'"))
                .containsExactly(row("stopping"));
        assertThat(members.peers()).containsExactly("test");
    }

    @Test
    void shardsThatWaitAreToldWithTheLeaseUntilTheyDoNot() {
        WaitingShards waiting = new WaitingShards(Map.of(SHARD.toString(), "the source is away"));
        await(checkpoints.renew(waiting, false));

        assertThat(await(checkpoints.replicas()))
                .singleElement()
                .extracting(Replica::waiting)
                .isEqualTo(waiting);

        await(checkpoints.renew(WaitingShards.NONE, false));
        assertThat(await(checkpoints.replicas()))
                .singleElement()
                .extracting(Replica::waiting)
                .isEqualTo(WaitingShards.NONE);
    }

    @Test
    void ownersAreToldWithHowFarTheirShardsAre() throws Exception {
        assertThat(await(checkpoints.owners())).isEmpty();
        ShardCheckpoint claimed = await(checkpoints.claim(SHARD));
        assertThat(await(checkpoints.owners()))
                .as("not planned")
                .containsExactly(new ShardOwner(SHARD, "test", 1, null, false, Stage.OPEN));
        await(checkpoints.plan(claimed, new Position("p"), Set.of("orders"), List.of(fresh("orders", 0, ""))));
        assertThat(await(checkpoints.owners()))
                .containsExactly(new ShardOwner(SHARD, "test", 1, new Position("p"), false, Stage.OPEN));
        target.execute("UPDATE tributary_checkpoint SET state = 'copied' WHERE source_table <> ''");
        assertThat(await(checkpoints.owners()))
                .containsExactly(new ShardOwner(SHARD, "test", 1, new Position("p"), true, Stage.OPEN));
    }

    private void lease(String owner, String renewed) throws SQLException {
        target.execute(
                "INSERT INTO tributary_checkpoint (pipeline, keyspace, shard, source_table, part, key_range, state,"
                        + " epoch, owner, updated_at) VALUES ('default', '', '', '" + owner
                        + "', 0, 'other shards', 'replica',"
                        + " 10000, '', " + renewed + ")");
    }

    private List<@Nullable String> owner() throws SQLException {
        return target.query("SELECT owner, epoch FROM tributary_checkpoint WHERE shard = '-80'")
                .getFirst();
    }

    @Test
    void aPlanOfAStaleOwnerChangesNothing() throws Exception {
        ShardCheckpoint stale = await(checkpoints.claim(SHARD));
        await(checkpoints.claim(SHARD));

        PipelineException fenced =
                failure(checkpoints.plan(stale, new Position("p"), Set.of("orders"), List.of(fresh("orders", 0, ""))));

        assertThat(fenced.kind()).isEqualTo(Kind.FENCED);
        assertThat(target.query("SELECT source_table, position, tables FROM tributary_checkpoint"))
                .containsExactly(row("", null, null));
    }

    @Test
    void aPlanIsAllOrNothing() throws Exception {
        ShardCheckpoint claimed = await(checkpoints.claim(SHARD));

        PipelineException twice = failure(checkpoints.plan(
                claimed, null, Set.of("orders"), List.of(fresh("orders", 0, ""), fresh("orders", 0, ""))));

        assertThat(twice.kind()).isEqualTo(Kind.FATAL);
        assertThat(target.query("SELECT source_table, tables FROM tributary_checkpoint"))
                .containsExactly(row("", null));
    }

    @Test
    void everyMarkSavesWhatItMeans() throws Exception {
        target.prepare(orders.table);
        long epoch = target.begin(new PartId("orders", 0), new PartId("items", 0));
        await(target.write(part("orders"), epoch, new Mark.Chunk(new Position("o1")), orders.snapshot(1)));
        assertThat(await(checkpoints.claim(SHARD)).parts())
                .containsExactly(
                        fresh("items", 0, ""),
                        new PartCheckpoint(new PartId("orders", 0), "", new Position("o1"), false));
        epoch++;
        await(target.write(part("orders"), epoch, new Mark.Boundary(new Position("o2")), orders.snapshot(2)));
        await(target.write(part("orders"), epoch, new Mark.Copied(new Position("o3")), orders.snapshot(3)));
        await(target.write(part("items"), epoch, new Mark.Copied(new Position("i1"))));
        await(target.write(CHANGES, epoch, new Mark.Boundary(new Position("c1"))));
        ShardCheckpoint copied = await(checkpoints.claim(SHARD));
        assertThat(copied.changes()).isEqualTo(new Position("c1"));
        assertThat(copied.parts())
                .containsExactly(
                        new PartCheckpoint(new PartId("items", 0), "", new Position("i1"), true),
                        new PartCheckpoint(new PartId("orders", 0), "", new Position("o3"), true));

        await(target.write(CHANGES, copied.epoch(), new Mark.PastParts(new Position("c2")), orders.create(4)));

        ShardCheckpoint past = await(checkpoints.claim(SHARD));
        assertThat(past.changes()).isEqualTo(new Position("c2"));
        assertThat(past.parts()).isEmpty();
        assertThat(past.tables()).containsExactlyInAnyOrder("orders", "items");
    }

    @Test
    void shardsAndPipelinesDoNotTouchEachOther() {
        ShardId other = new ShardId("commerce", "80-");
        assertThat(await(checkpoints.claim(SHARD)).epoch()).isEqualTo(1);
        assertThat(await(checkpoints.claim(other)).epoch()).isEqualTo(1);
        assertThat(await(checkpoints.claim(SHARD)).epoch()).isEqualTo(2);
        assertThat(await(checkpoints.claim(other)).epoch()).isEqualTo(2);
    }

    @Test
    void claimsAtTheSameTimeGetDifferentEpochs() throws Exception {
        List<CompletableFuture<ShardCheckpoint>> claims = IntStream.range(0, 12)
                .mapToObj(i -> checkpoints.claim(SHARD).subscribe().asCompletionStage())
                .toList();
        for (CompletableFuture<ShardCheckpoint> claim : claims) {
            claim.get(30, TimeUnit.SECONDS);
        }
        assertThat(claims.stream().map(claim -> claim.join().epoch()))
                .containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L);
    }

    @Test
    void aClaimWaitsForWhatTheLastOwnerHasUnderWay() throws Exception {
        target.prepare(orders.table);
        long epoch = target.begin();
        target.apply(epoch, "p1", orders.create(1));
        try (Connection blocker = target.server.connect(target.database);
                Statement statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            statement.execute("SELECT * FROM orders WHERE id = 1 FOR UPDATE");
            var write = target.write(CHANGES, epoch, new Mark.Boundary(new Position("p2")), orders.create(1));
            target.awaitWaiting(1);
            CompletableFuture<ShardCheckpoint> claim =
                    checkpoints.claim(SHARD).subscribe().asCompletionStage();
            target.awaitWaiting(2);
            assertThat(claim).isNotDone();
            blocker.rollback();
            await(write);
            assertThat(claim.get(30, TimeUnit.SECONDS).changes()).isEqualTo(new Position("p2"));
        }
    }

    @Test
    void longPositionsAndOddNamesAreKept() {
        ShardId odd = new ShardId("ks'`\"%", "-80");
        ShardCheckpoint claimed = await(checkpoints.claim(odd));
        Position longOne = new Position("x".repeat(200_000) + "ü😀");
        List<PartCheckpoint> parts =
                List.of(new PartCheckpoint(new PartId("odd `n` 'ü'", 3), "k >= 'a''b'", longOne, false));
        await(checkpoints.plan(claimed, null, Set.of("odd `n` 'ü'", "[\"json\"]"), parts));

        assertThat(await(checkpoints.claim(odd)))
                .isEqualTo(new ShardCheckpoint(odd, 2, null, Set.of("odd `n` 'ü'", "[\"json\"]"), parts));
    }
}
