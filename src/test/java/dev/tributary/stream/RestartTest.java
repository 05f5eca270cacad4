package dev.tributary.stream;

import static dev.tributary.stream.FakeSource.at;
import static dev.tributary.stream.FakeSource.create;
import static dev.tributary.stream.FakeSource.keyless;
import static dev.tributary.stream.FakeSource.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.servers.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Nothing of an earlier claim counts in a later one, and nothing is lost between them. */
class RestartTest extends StreamFixture {
    private static final Position MIDWAY = new Position("6+2");

    private void awaitRowsDurable(long rows) {
        Await.until(
                rows + " rows durable",
                LIMIT,
                () -> stream().status().rowsDurable() == rows,
                () -> stream().status().toString());
    }

    @Test
    void anAcknowledgementThatComesBehindANewClaimIsNotCounted() {
        source.tables = List.of(table("orders"));
        startFollowing(5);
        FakeReader first = source.changes(1);
        first.transaction(6, 1);
        first.transaction(7, 2, 3, 4, 5);
        target.awaitBatches(2);
        first.fail(Kind.TRANSIENT);
        FakeReader second = source.changes(2);
        assertThat(second.from).isEqualTo(at(5));
        second.transaction(6, 1);
        assertThat(target.batch(2).epoch()).isEqualTo(2);

        // of both batches of the first claim; the second's is still on its way
        target.arrived.get(0).ack();
        target.arrived.get(1).ack();
        second.isAsked();

        assertThat(stream().status().rowsDurable()).isZero();
        assertThat(stream().status().position()).isEqualTo(at(5));
        assertThat(budget.used()).isEqualTo(RecordSize.of(create("orders", 1), 10));
        target.write(2);
        awaitRowsDurable(1);
        drain();
        assertThat(budget.used()).isZero();
    }

    @Test
    void aRefusalThatComesBehindANewClaimIsNotHeard() {
        source.tables = List.of(table("orders"));
        startFollowing(5);
        source.changes(1).transaction(6, 1);
        target.awaitBatches(1);
        source.changes(1).fail(Kind.TRANSIENT);
        FakeReader second = source.changes(2);

        target.refuse(0, Kind.FATAL);
        second.transaction(6, 1);
        target.write(1);

        awaitRowsDurable(1);
        assertThat(target.claims).isEqualTo(2);
        assertThat(events).noneMatch(ShardEvent.Failed.class::isInstance);
    }

    @Test
    void aRefusalThatComesBehindTheEndIsNotHeard() {
        source.tables = List.of(table("orders"));
        startFollowing(5);
        FakeReader changes = source.changes(1);
        changes.transaction(6, 1);
        target.write(0);
        drain();

        target.refuse(0, Kind.FATAL);
        changes.isAsked();

        awaitState(StreamState.Ended.class);
        assertThat(target.claims).isEqualTo(1);
        assertThat(events).noneMatch(ShardEvent.Failed.class::isInstance);
    }

    @Test
    void aTargetThatCannotGiveUpIsClaimedAllTheSame() {
        source.tables = List.of(table("orders"));
        target.stubbornness = new IllegalStateException("no");
        startFollowing(5);
        source.changes(1).transaction(6, 1);
        target.awaitBatches(1);

        source.changes(1).fail(Kind.TRANSIENT);
        FakeReader second = source.changes(2);
        // it was written all the same, but too late: its epoch is over
        target.write(0);
        second.transaction(6, 1);
        target.write(1);

        awaitRows("orders 1");
        awaitState(StreamState.Following.class);
    }

    @Test
    void aTransactionThatWasWrittenHalfIsGoneOnWithInItsMiddle() {
        source.tables = List.of(table("orders"));
        settings.put("tributary.batch.bytes", "1K");
        startFollowing(6);
        FakeReader first = source.changes(1);
        first.midway = MIDWAY;
        first.tell(it -> {
            it.onRecord(create("orders", 1), 600);
            it.onRecord(create("orders", 2), 600);
            it.onRecord(create("orders", 3), 10);
        });
        target.write(0);
        awaitRowsDurable(2);

        drain();

        assertThat(target.described()).containsExactly("1,2 Chunk 6+2");
        assertThat(target.changes(SHARD)).isEqualTo(MIDWAY);
        assertThat(target.abandoned).as("nothing is open").isEmpty();
        assertThat(budget.used()).isZero();
        start();
        FakeReader second = source.changes(2);
        assertThat(second.from).isEqualTo(MIDWAY);
        second.transaction(7, 3);
        target.write(1);
        awaitRows("orders 1", "orders 2", "orders 3");
    }

    @Test
    void aTransactionThatTheTargetHoldsOpenIsGivenUpByAStopInItsMiddle() {
        source.tables = List.of(table("orders"));
        settings.put("tributary.batch.bytes", "1K");
        startFollowing(6);
        FakeReader changes = source.changes(1);
        changes.tell(it -> it.onRecord(create("orders", 1), 2_000));

        drainWhile(() -> target.write(0));

        assertThat(target.described()).containsExactly("1 Open");
        assertThat(target.abandoned).containsExactly("commerce/-80 1");
        assertThat(target.rows).isEmpty();
        assertThat(target.changes(SHARD)).isEqualTo(at(6));
    }

    private void drainWhile(Runnable action) {
        var drained = draining();
        action.run();
        await(drained);
    }

    @Test
    void aStreamThatEndsByItselfIsReadAgainBehindWhatIsDurable() {
        source.tables = List.of(table("orders"));
        startFollowing(5);
        FakeReader first = source.changes(1);
        first.transaction(6, 1);
        target.write(0);
        awaitRowsDurable(1);
        first.tell(it -> it.onRecord(create("orders", 2), 10));

        first.fail(Kind.TRANSIENT);
        FakeReader second = source.changes(2);

        assertThat(second.from).isEqualTo(at(6));
        second.transaction(7, 2);
        target.write(1);
        awaitRows("orders 1", "orders 2");
    }

    @Test
    void anIdleShardIsNotBehindAndItsPlaceIsSavedNowAndThen() {
        source.tables = List.of(table("orders"));
        startFollowing(5);
        target.writesAtOnce = batch -> true;
        source.current = 5;
        FakeReader changes = source.changes(1);
        changes.tell(it -> it.onHeartbeat());
        Await.until(
                "no lag",
                LIMIT,
                () -> stream().status().lagMillis() == 0,
                () -> stream().status().toString());

        // what others write to the server moves the place on, without rows
        changes.transaction(900);

        Await.until(
                "900 is saved",
                LIMIT,
                () -> at(900).equals(target.changes(SHARD)),
                () -> String.valueOf(target.changes(SHARD)));
        assertThat(stream().status().position()).isEqualTo(at(900));
    }

    @Test
    void aShardThatIsNotSeenFallsBehindThoughItWasIdle() {
        source.tables = List.of(table("orders"));
        settings.put("tributary.retry.delay", "1H");
        settings.put("tributary.retry.max-delay", "1H");
        startFollowing(5);
        source.changes(1).tell(it -> it.onHeartbeat());

        source.changes(1).fail(Kind.TRANSIENT);

        awaitState(StreamState.BackingOff.class);
        Await.until(
                "a lag",
                LIMIT,
                () -> stream().status().lagMillis() > 0,
                () -> stream().status().toString());
    }

    /** @param now the tables from then on */
    private void breakAndReshard(SourceTable... now) {
        FakeReader changes = source.changes(1);
        source.tables = List.of(now);
        source.shards = List.of(new ShardId("commerce", "-40"), new ShardId("commerce", "40-80"));
        changes.fail(Kind.TRANSIENT);
    }

    @Test
    void aShardThatWasReshardedAndRemovedWhileItsStreamWasBrokenIsNotTriedForEver() {
        source.tables = List.of(table("orders"));
        startFollowing(5);
        source.changes(1);
        source.gone = true;

        breakAndReshard(table("orders"));

        assertThat(awaitState(StreamState.Failed.class).cause()).contains("resharded");
    }

    @Test
    void aShardThatWasReshardedWhileItsStreamWasBrokenGoesOnToItsEnd() {
        source.tables = List.of(table("orders"));
        startFollowing(5);

        breakAndReshard(table("items"), table("orders"));
        FakeReader again = source.reader(SHARD, PartId.CHANGES, 2);

        assertThat(again.from).isEqualTo(at(5));
        assertThat(again.bound).as("new tables are its children's").isNull();
        assertThat(again.tables).extracting(table -> table.id().name()).containsExactly("orders");
    }

    @Test
    void withoutASnapshotAShardThatEndsIsReadWithItsNewTables() {
        source.snapshot = false;
        source.tables = List.of(table("orders"));
        startFollowing(5);

        breakAndReshard(table("items"), table("orders"));
        FakeReader again = source.reader(SHARD, PartId.CHANGES, 2);

        assertThat(again.tables).extracting(table -> table.id().name()).containsExactly("items", "orders");
        assertThat(again.bound).as("whose later ones are not passed over").isEqualTo(at(5));
    }

    @Test
    void aShardThatHasMoreThanItSendsIsBehindThoughHeartbeatsCome() {
        source.tables = List.of(table("orders"));
        startFollowing(5);
        source.changes(1).tell(it -> it.onHeartbeat());
        Await.until(
                "a lag",
                LIMIT,
                () -> stream().status().lagMillis() > 0,
                () -> stream().status().toString());
    }

    /** The copy of one table at 3, in its middle or at its end; that of another not begun. */
    private void putItemsBegun(boolean copied) {
        target.put(
                SHARD,
                null,
                Set.of("items", "orders"),
                new PartCheckpoint(new PartId("items", 0), "", at(3), copied),
                new PartCheckpoint(new PartId("orders", 0), "", null, false));
    }

    private void reshard() {
        source.shards = List.of(new ShardId("commerce", "-40"), new ShardId("commerce", "40-80"));
    }

    /** It finishes, and its table is followed to the shard's end; of others there are no rows, so that they are its children's. */
    @Test
    void aCopyThatIsUnderWayWhenItsShardIsReshardedFinishesAndNoOtherBegins() {
        settings.put("tributary.copy.parts", "1");
        source.tables = List.of(table("items"), table("orders"));
        target.writesAtOnce = batch -> true;
        start();
        FakeReader items = source.part("items", 1);
        items.awaitAsked();
        reshard();
        LockSupport.parkNanos(Duration.ofMillis(200).toNanos()); // it was served a moment ago

        items.copied(11, 1);

        FakeReader changes = source.reader(SHARD, PartId.CHANGES, 1);
        assertThat(changes.from).isEqualTo(at(11));
        assertThat(changes.tables).extracting(table -> table.id().name()).containsExactly("items");
        assertThat(source.opened).hasSize(2);
        assertThat(target.tables(SHARD)).containsExactly("items");
        assertThat(target.toBeSwept).isEmpty();
    }

    @Test
    void ofAShardThatIsReshardedBeforeATableIsCopiedNothingIsLeft() {
        settings.put("tributary.lost-position", "resnapshot");
        source.tables = List.of(table("items"), table("orders"));
        putItemsBegun(false);
        reshard();

        startGone();

        awaitState(StreamState.Closed.class);
        assertThat(events).contains(new ShardEvent.Closed(SHARD));
        assertThat(target.tables(SHARD)).isNull();
        assertThat(target.toBeSwept).containsExactly("items");
        assertThat(source.opened).isEmpty();
    }

    /** What is gone at the source would be deleted at the target, which nobody asked for. */
    @Test
    void aShardThatIsReshardedInTheMiddleOfACopyIsAnErrorThatSaysWhatToDo() {
        source.tables = List.of(table("items"), table("orders"));
        putItemsBegun(false);
        reshard();

        startGone();

        assertThat(awaitState(StreamState.Failed.class).cause())
                .contains("commerce/-80", "[items]", "TRIBUTARY_LOST_POSITION=resnapshot");
        assertThat(target.parts(SHARD)).hasSize(2);
    }

    /** Of the others' copies nothing is begun before that. */
    @Test
    void untilCopiedAShardThatIsNotServedIsReadToItsEnd() {
        settings.put("tributary.until", "copied");
        source.tables = List.of(table("items"), table("orders"));
        putItemsBegun(true);
        reshard();

        startGone();

        assertThat(source.reader(SHARD, PartId.CHANGES, 1).from).isEqualTo(at(3));
        assertThat(events).noneMatch(ShardEvent.Copied.class::isInstance);
    }

    /** Its rows are in the stream behind the reshard no more; served again, it is copied from the beginning. */
    @Test
    void aCopyThatMeetsAReshardBeginsAgain() {
        settings.put("tributary.lost-position", "resnapshot");
        source.tables = List.of(table("items"), table("orders"));
        putItemsBegun(false);
        start();
        FakeReader items = source.part("items", 1);
        assertThat(items.from).isEqualTo(at(3));

        items.tell(it -> it.onReshard(new Reshard("7", Set.of(SHARD), Map.of(new ShardId("commerce", "-40"), at(1)))));

        assertThat(source.part("items", 2).from).isNull();
        assertThat(target.toBeSwept).containsExactly("items");
        assertThat(target.tables(SHARD)).containsExactlyInAnyOrder("items", "orders");
    }

    @Test
    void aReshardWaitsForATableThatCameLaterIfItIsCopied() {
        source.tables = List.of(keyless("log"), table("orders"));
        target.put(
                SHARD, at(5), Set.of("log", "orders"), new PartCheckpoint(new PartId("log", 0), "", at(3), true, true));
        target.writesAtOnce = batch -> true;
        start();
        FakeReader changes = source.changes(1);
        FakeReader log = source.part("log", 1);

        changes.tell(it ->
                it.onReshard(new Reshard("7", Set.of(SHARD), Map.of(new ShardId("commerce", "-40"), at(1)))));
        log.copied(5);

        FakeReader again = source.changes(2);
        assertThat(again.tables).extracting(table -> table.id().name()).containsExactly("log", "orders");
        again.tell(it -> it.onReshard(new Reshard("7", Set.of(SHARD), Map.of(new ShardId("commerce", "-40"), at(1)))));
        awaitState(StreamState.Closed.class);
    }

    @Test
    void whatIsLostIsCopiedAgainIfThatIsAskedFor() {
        settings.put("tributary.lost-position", "resnapshot");
        source.tables = List.of(table("orders"));
        source.purged = 6;
        startFollowing(5);

        assertThat(source.part("orders", 1).from).isNull();
        assertThat(target.changes(SHARD)).isNull();
        assertThat(target.toBeSwept).containsExactly("orders");
    }

    @Test
    void whatIsLostOfATableWithoutAKeyCanNotBeCopiedAgain() {
        settings.put("tributary.lost-position", "resnapshot");
        source.tables = List.of(keyless("log"), table("orders"));
        source.purged = 6;
        startFollowing(5);

        assertThat(awaitState(StreamState.Failed.class).cause()).contains("commerce/-80", "[log]", "exclude");
        assertThat(target.changes(SHARD)).isEqualTo(at(5));
    }
}
