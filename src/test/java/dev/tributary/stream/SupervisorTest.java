package dev.tributary.stream;

import static dev.tributary.stream.FakeSource.at;
import static dev.tributary.stream.FakeSource.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import dev.tributary.servers.Await;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class SupervisorTest extends SupervisorFixture {
    private static final ShardId LEFTMOST = new ShardId("commerce", "-40");
    private static final ShardId MIDDLE = new ShardId("commerce", "40-80");
    private static final ShardId WHOLE = new ShardId("commerce", "-");

    @Test
    void untilCopiedEndsOnceEveryPartOfEveryShardIsDurable() {
        settings.put("tributary.until", "copied");
        source.tables = List.of(table("orders"));
        CompletableFuture<Void> running = run();
        part(LEFT, "orders").copied(11, 1);
        part(RIGHT, "orders").copied(11, 2);
        target.write(0);
        target.awaitBatches(2);
        assertThat(running).isNotDone();

        target.write(1);
        awaitEnd(running);

        assertThat(target.rows).containsExactlyInAnyOrder("orders 1", "orders 2");
        assertThat(source.opened).as("no changes are read").hasSize(2);
        assertThat(supervisor().heldBytes()).isZero();
    }

    @Test
    void untilCaughtUpEndsOnceWhatWasCommittedAtTheStartIsDurable() {
        settings.put("tributary.until", "caught-up");
        source.tables = List.of(table("orders"));
        source.current = 12;
        CompletableFuture<Void> running = run();
        part(LEFT, "orders").copied(11, 1);
        target.write(0);
        part(RIGHT, "orders").copied(12, 2);
        target.write(1);
        source.current = 100;
        changes(LEFT).transaction(12, 3);
        target.awaitBatches(3);
        assertThat(running).as("12 is not durable").isNotDone();

        target.write(2);
        awaitEnd(running);

        assertThat(target.changes(LEFT)).isEqualTo(at(12));
        assertThat(supervisor().heldBytes()).isZero();
    }

    @Test
    void untilCaughtUpEndsBehindAPlaceWithoutRowsToo() {
        settings.put("tributary.until", "caught-up");
        source.tables = List.of();
        source.current = 12;
        target.put(LEFT, at(11), Set.of());
        target.put(RIGHT, at(12), Set.of());
        target.writesAtOnce = batch -> true;
        CompletableFuture<Void> running = run();

        changes(LEFT).transaction(12);

        awaitEnd(running);
    }

    @Test
    void untilCopiedEndsThoughThereIsNoTable() {
        settings.put("tributary.until", "copied");

        awaitEnd(run());

        assertThat(source.opened).isEmpty();
        assertThat(supervisor().shards()).extracting(ShardStatus::state).allMatch(StreamState.Ended.class::isInstance);
    }

    @Test
    void untilCaughtUpEndsThoughNothingEverComes() {
        settings.put("tributary.until", "caught-up");
        source.current = 12;
        target.put(LEFT, at(12), Set.of());
        target.put(RIGHT, at(12), Set.of());

        awaitEnd(run());

        assertThat(target.arrived).isEmpty();
        assertThat(target.changes(LEFT)).isEqualTo(at(12));
    }

    @Test
    void untilCaughtUpIsNotReachedInTheMiddleOfTheLastTransaction() {
        settings.put("tributary.until", "caught-up");
        settings.put("tributary.batch.bytes", "1K");
        source.shards = List.of(LEFT, RIGHT);
        source.current = 12;
        target.put(LEFT, at(11), Set.of());
        target.put(RIGHT, at(12), Set.of());
        target.writesAtOnce = batch -> true;
        CompletableFuture<Void> running = run();
        FakeReader left = changes(LEFT);
        left.midway = new Position("11+1");
        left.tell(it -> it.onRecord(FakeSource.create("orders", 1), 2_000));
        Await.until("a chunk", LIMIT, () -> target.rows.size() == 1, target.rows::toString);
        left.awaitAsked();
        assertThat(running).isNotDone();

        left.transaction(12, 2);

        awaitEnd(running);
        assertThat(target.changes(LEFT)).isEqualTo(at(12));
    }

    @Test
    void aStreamThatFailsForGoodFailsThePipeline() {
        CompletableFuture<Void> running = run();

        changes(RIGHT).fail(Kind.FATAL);

        assertThatThrownBy(() -> awaitEnd(running))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(PipelineException.class)
                .hasMessageContaining("commerce/80-");
    }

    @Test
    void aShardThatStallsDoesNotHoldUpTheOthers() {
        target.writesAtOnce = batch -> batch.stream().shard().equals(RIGHT);
        source.tables = List.of(table("orders"));
        target.put(LEFT, at(5), Set.of("orders"));
        target.put(RIGHT, at(5), Set.of("orders"));
        CompletableFuture<Void> running = run();
        changes(LEFT).transaction(6, 1);
        changes(LEFT).transaction(7, 2, 3, 4, 5);
        changes(LEFT).transaction(8, 6, 7, 8, 9);

        for (int i = 6; i < 206; i++) {
            changes(RIGHT).transaction(i, i);
        }
        Await.until("200 rows", LIMIT, () -> target.rows.size() == 200, target.rows::toString);

        assertThat(changes(LEFT).isAsked()).isFalse();
        long left = target.arrived.stream()
                .filter(message -> message.getPayload().stream().shard().equals(LEFT))
                .count();
        assertThat(left).as("its window").isEqualTo(2);
        assertThat(running).isNotDone();
    }

    private static Reshard reshard(List<ShardId> parents, ShardId... children) {
        Map<ShardId, Position> positions = new HashMap<>();
        List.of(children).forEach(child -> positions.put(child, at(100)));
        return new Reshard("7", Set.copyOf(parents), positions);
    }

    private CompletableFuture<Void> follow() {
        source.tables = List.of(table("orders"));
        target.writesAtOnce = batch -> true;
        target.put(LEFT, at(5), Set.of("orders"));
        target.put(RIGHT, at(5), Set.of("orders"));
        return run();
    }

    @Test
    void theShardsThatHaveAnothersRowsAreFollowedFromItsEnd() {
        CompletableFuture<Void> running = follow();
        target.writesAtOnce = batch -> false;
        changes(LEFT).transaction(6, 1);
        source.shards = List.of(LEFTMOST, MIDDLE, RIGHT);
        changes(LEFT).tell(it -> it.onReshard(reshard(List.of(LEFT), LEFTMOST, MIDDLE)));
        target.awaitBatches(1);
        assertThat(source.opened).as("what came before is not durable").hasSize(2);

        target.write(0);

        assertThat(changes(LEFTMOST).from).isEqualTo(at(100));
        assertThat(changes(MIDDLE).from).isEqualTo(at(100));
        assertThat(target.changes(LEFT)).isEqualTo(at(6));
        assertThat(supervisor().shards())
                .filteredOn(shard -> shard.shard().equals(LEFT))
                .extracting(ShardStatus::state)
                .containsExactly(new StreamState.Closed());
        assertThat(source.reader(LEFT, PartId.CHANGES, 1).cancelled).isTrue();
        assertThat(running).isNotDone();
    }

    @Test
    void shardsThatBecomeOneAreBothReadToTheirEndsBeforeThatIsFollowed() {
        follow();
        source.shards = List.of(WHOLE);
        source.awaited = Set.of(WHOLE);
        changes(LEFT).tell(it -> it.onReshard(reshard(List.of(LEFT, RIGHT), WHOLE)));
        Await.until(
                "the end",
                LIMIT,
                () -> state(LEFT) instanceof StreamState.Closed,
                () -> state(LEFT).toString());
        changes(RIGHT).transaction(6, 1);
        Await.until("a row", LIMIT, () -> target.rows.size() == 1, target.rows::toString);
        assertThat(source.opened).hasSize(2);

        changes(RIGHT).tell(it -> it.onReshard(reshard(List.of(LEFT, RIGHT), WHOLE)));

        assertThat(changes(WHOLE).from).isEqualTo(at(100));
    }

    private StreamState state(ShardId shard) {
        return supervisor().shards().stream()
                .filter(status -> status.shard().equals(shard))
                .findAny()
                .orElseThrow()
                .state();
    }

    @Test
    void aShardIsFollowedOnceMoreWhereTheReshardIsTakenBack() {
        follow();
        source.shards = List.of(LEFTMOST, MIDDLE, RIGHT);
        changes(LEFT).tell(it -> it.onReshard(reshard(List.of(LEFT), LEFTMOST, MIDDLE)));
        Reshard back = new Reshard("8", Set.of(LEFTMOST, MIDDLE), Map.of(LEFT, at(200)));
        changes(LEFTMOST).tell(it -> it.onReshard(back));
        source.shards = List.of(LEFT, RIGHT);
        changes(MIDDLE).tell(it -> it.onReshard(back));

        FakeReader again = source.reader(LEFT, PartId.CHANGES, 2);
        assertThat(again.from).isEqualTo(at(200));
        again.transaction(201, 1);
        Await.until("a row", LIMIT, () -> target.rows.size() == 1, target.rows::toString);
    }

    @Test
    void aShardThatIsNotServedYetIsReadAndItsNewTablesAreTooWhenItIs() {
        follow();
        changes(LEFT).tell(it -> it.onReshard(reshard(List.of(LEFT), LEFTMOST)));
        assertThat(changes(LEFTMOST).bound).isNull();

        source.shards = List.of(LEFTMOST, RIGHT);

        assertThat(source.reader(LEFTMOST, PartId.CHANGES, 2).bound).isEqualTo(at(10));
        assertThat(changes(LEFTMOST).cancelled).isTrue();
    }

    @Test
    void anEndThatIsSavedButNotAnsweredIsOneAllTheSame() {
        follow();
        source.shards = List.of(LEFTMOST, MIDDLE, RIGHT);
        target.lost = new PipelineException(Kind.TRANSIENT, "the connection was lost");

        changes(LEFT).tell(it -> it.onReshard(reshard(List.of(LEFT), LEFTMOST, MIDDLE)));

        assertThat(changes(LEFTMOST).from).isEqualTo(at(100));
        assertThat(state(LEFT)).isEqualTo(new StreamState.Closed());
    }

    @Test
    void whatWasReshardedWhileNobodyLookedIsReadToItsEndFirst() {
        settings.put("tributary.until", "caught-up");
        source.current = 101;
        source.tables = List.of(table("orders"));
        target.writesAtOnce = batch -> true;
        target.put(LEFT, at(5), Set.of("orders"));
        source.awaited = Set.of(LEFTMOST, MIDDLE);
        CompletableFuture<Void> running = run(LEFTMOST, MIDDLE);
        changes(LEFT).transaction(200, 1);
        assertThat(source.opened).hasSize(1);
        changes(LEFT).tell(it -> it.onReshard(reshard(List.of(LEFT), LEFTMOST, MIDDLE)));
        changes(LEFTMOST).transaction(101, 2);
        assertThat(running).as("another has not caught up").isNotDone();

        changes(MIDDLE).transaction(101, 3);

        awaitEnd(running);
        assertThat(target.rows).containsExactlyInAnyOrder("orders 1", "orders 2", "orders 3");
    }

    @Test
    void untilCopiedEndsThoughTheShardHasBeenResharded() {
        settings.put("tributary.until", "copied");
        source.tables = List.of(table("orders"));
        target.put(LEFT, at(5), Set.of("orders"));
        source.awaited = Set.of(LEFTMOST, MIDDLE);

        awaitEnd(run(LEFTMOST, MIDDLE));

        assertThat(source.opened).isEmpty();
    }

    @Test
    void drainingEndsThePipelineInGoodOrder() {
        source.tables = List.of(table("orders"));
        target.writesAtOnce = batch -> true;
        CompletableFuture<Void> running = run();
        part(LEFT, "orders").transaction(11, 1);

        supervisor().drain().await().atMost(LIMIT);

        awaitEnd(running);
        assertThat(supervisor().shards()).extracting(ShardStatus::state).allMatch(StreamState.Ended.class::isInstance);
        assertThat(supervisor().heldBytes()).isZero();
    }

    @Test
    void drainingBeforeTheStreamsHaveStartedSeesToItThatTheyDoNot() {
        Supervisor supervisor = supervisor();

        supervisor.drain().await().atMost(LIMIT);
        awaitEnd(run());

        assertThat(supervisor.shards()).isEmpty();
        assertThat(target.claims).isZero();
    }

    @Test
    void drainingRightAfterTheStartIsNoExceptionToAnything() {
        CompletableFuture<Void> running = run();

        supervisor().drain().await().atMost(LIMIT);

        awaitEnd(running);
        assertThat(supervisor().heldBytes()).isZero();
    }

    /** Before that there may be rows at the target that the source has no more. */
    @Test
    void untilCaughtUpEndsOnceWhatWasCopiedAgainIsSwept() {
        settings.put("tributary.until", "caught-up");
        source.current = 5;
        target.toBeSwept.add("orders");
        target.toBeSwept.add("dropped");

        awaitEnd(follow());

        assertThat(swept).hasValue(1);
        assertThat(target.toBeSwept).isEmpty();
    }

    /** Of the tables that its parent did not carry to its end it must have the copies first. */
    @Test
    void untilCaughtUpWaitsForAShardThatHasAnothersRows() {
        settings.put("tributary.until", "caught-up");
        source.current = 7;
        CompletableFuture<Void> running = follow();
        source.shards = List.of(LEFTMOST, RIGHT);
        changes(RIGHT).transaction(7, 1);
        source.current = 101;

        changes(LEFT).tell(it -> it.onReshard(reshard(List.of(LEFT), LEFTMOST)));

        FakeReader child = changes(LEFTMOST);
        assertThat(running).isNotDone();
        child.transaction(101, 2);
        awaitEnd(running);
    }

    @Test
    void aShardOfWhichNothingWasLeftIsCopiedOnceItIsServedAgain() {
        source.tables = List.of(table("orders"));
        target.put(LEFT, null, Set.of("orders"), new PartCheckpoint(new PartId("orders", 0), "", null, false));
        target.put(RIGHT, at(5), Set.of("orders"));
        run(RIGHT);
        Await.until(
                "the end",
                LIMIT,
                () -> state(LEFT) instanceof StreamState.Closed,
                () -> state(LEFT).toString());
        source.shards = List.of(LEFT);

        changes(RIGHT).tell(it -> it.onReshard(reshard(List.of(RIGHT), LEFTMOST)));

        assertThat(part(LEFT, "orders").from).isNull();
    }

    @Test
    void shardsThatAreGoneAreForgottenIfWhatIsLostIsCopiedAgain() {
        settings.put("tributary.lost-position", "resnapshot");
        source.tables = List.of(table("orders"));
        target.put(LEFT, at(5), Set.of("orders"));
        target.put(RIGHT, at(5), Set.of("orders"));
        source.lost = Set.of(LEFT);

        run(LEFTMOST, RIGHT);

        assertThat(part(LEFTMOST, "orders").from).isNull();
        assertThat(changes(RIGHT).from).isEqualTo(at(5));
        Await.until("a sweep", LIMIT, () -> swept.get() == 1, swept::toString);
    }
}
