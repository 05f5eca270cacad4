package dev.tributary.stream;

import static dev.tributary.stream.FakeSource.at;
import static dev.tributary.stream.FakeSource.keyless;
import static dev.tributary.stream.FakeSource.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.ShardId;
import dev.tributary.servers.Await;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShardStreamTest extends StreamFixture {
    private static PartCheckpoint part(String table, long position, boolean copied) {
        return new PartCheckpoint(new PartId(table, 0), "", at(position), copied);
    }

    @Test
    void copiesEveryPartAndThenFollowsTheChangesFromTheFirstEnd() {
        source.tables = List.of(table("items"), table("orders"));
        target.writesAtOnce = batch -> true;
        start();

        assertThat(source.part("items", 1).from).isNull();
        source.part("items", 1).copied(12, 1);
        source.part("orders", 1).copied(11, 1);
        FakeReader changes = source.changes(1);

        assertThat(changes.from).isEqualTo(at(11));
        assertThat(changes.bound).as("looked up at").isEqualTo(at(10));
        assertThat(changes.tables).isEqualTo(source.tables);
        assertThat(changes.parts).containsExactlyInAnyOrder(part("items", 12, true), part("orders", 11, true));
        awaitState(StreamState.Following.class);
        changes.transaction(12, 2);
        awaitRows("items 1", "orders 1", "orders 2");
        assertThat(target.described()).last().isEqualTo("2 PastParts 12");
        assertThat(target.parts(SHARD)).isEmpty();
        ShardEvent reached = new ShardEvent.Reached(SHARD, at(12));
        Await.until("12", LIMIT, () -> events.contains(reached), events::toString);
        assertThat(events).contains(new ShardEvent.Copied(SHARD));
    }

    /** Its copies may all be of a time behind the journal, which nothing that begins there meets. */
    @Test
    void aShardThatIsReshardedDuringItsFirstCopyIsReadFromWhereItWasBefore() {
        source.tables = List.of(table("orders"));
        target.writesAtOnce = batch -> true;
        start();
        FakeReader part = source.part("orders", 1);
        source.shards = List.of(new ShardId("commerce", "-40"), new ShardId("commerce", "40-80"));

        part.copied(12, 1);

        assertThat(source.reader(SHARD, PartId.CHANGES, 1).from).isEqualTo(at(10));
    }

    @Test
    void aStreamOfWhichNothingComesThoughItsSourceGoesOnIsOpenedAnew() {
        source.tables = List.of(table("orders"));
        target.writesAtOnce = batch -> true;
        startFollowing(10);
        source.changes(1).transaction(11, 1);
        awaitRows("orders 1");

        source.current = 12;

        assertThat(source.changes(2).from).isEqualTo(at(11));
        assertThat(source.changes(1).cancelled).isTrue();
    }

    @Test
    void noChangeIsReadBeforeEveryPartIsDurable() {
        source.tables = List.of(table("items"), table("orders"));
        start();
        source.part("items", 1).copied(12, 1);
        source.part("orders", 1).copied(11, 1);
        target.write(0);
        target.awaitBatches(2);

        assertThat(source.opened).hasSize(2);
        target.write(1);

        source.changes(1);
    }

    @Test
    void copiesNoMorePartsAtATimeThanItMay() {
        settings.put("tributary.copy.parts", "2");
        source.tables = List.of(table("a"), table("b"), table("c"));
        target.writesAtOnce = batch -> true;
        start();
        source.part("b", 1).awaitAsked();
        assertThat(source.opened).hasSize(2);
        assertThat(awaitState(StreamState.Copying.class)).isEqualTo(new StreamState.Copying(0, 3));

        source.part("a", 1).copied(11);

        source.part("c", 1).awaitAsked();
        assertThat(awaitState(StreamState.Copying.class)).isEqualTo(new StreamState.Copying(1, 3));
    }

    @Test
    void withoutTablesItFollowsAtOnce() {
        start();

        assertThat(source.changes(1).from).isEqualTo(at(10));
    }

    @Test
    void withoutASnapshotItFollowsFromWhereTheShardStands() {
        source.snapshot = false;
        source.tables = List.of(table("orders"));
        start();

        assertThat(source.changes(1).from).isEqualTo(at(10));
        assertThat(target.changes(SHARD)).as("saved before anything is read").isEqualTo(at(10));
    }

    @Test
    void goesOnFromWhatAnEarlierProcessSaved() {
        source.tables = List.of(table("items"), table("orders"));
        target.put(SHARD, null, Set.of("items", "orders"), part("items", 12, true), part("orders", 11, false));
        target.writesAtOnce = batch -> true;
        start();

        assertThat(source.part("orders", 1).from).isEqualTo(at(11));
        source.part("orders", 1).copied(14, 7);
        assertThat(source.changes(1).from).isEqualTo(at(12));
        assertThat(source.opened).hasSize(2);
    }

    @Test
    void partsOfATableThatIsGoneAreNotCopied() {
        source.tables = List.of(table("items"));
        target.put(SHARD, null, Set.of("gone", "items"), part("gone", 5, false), part("items", 12, true));
        start();

        FakeReader changes = source.changes(1);
        assertThat(changes.from).isEqualTo(at(12));
        assertThat(changes.parts).containsExactly(part("items", 12, true));
    }

    @Test
    void aBatchThatIsRefusedIsReadAgainUnderANewClaim() {
        source.tables = List.of(table("orders"));
        startFollowing(5);
        FakeReader first = source.changes(1);
        first.transaction(6, 1);
        target.write(0);
        first.transaction(7, 2);
        first.transaction(8, 3, 4, 5, 6);
        target.refuse(1, Kind.TRANSIENT);

        FakeReader second = source.changes(2);
        assertThat(first.cancelled).isTrue();
        assertThat(target.abandoned).containsExactly("commerce/-80 1");
        assertThat(target.claims).isEqualTo(2);
        assertThat(second.from).isEqualTo(at(6));
        // the other batch of the first claim may have been written all the same: its epoch is over
        target.write(2);
        second.transaction(7, 2);
        assertThat(target.batch(3).epoch()).isEqualTo(2);
        target.write(3);

        awaitRows("orders 1", "orders 2");
        assertThat(stream().status().failures()).isEqualTo(1);
        drain();
        assertThat(budget.used()).isZero();
    }

    @Test
    void aPartIsTakenUpWhereItWasSaved() {
        source.tables = List.of(table("orders"));
        start();
        FakeReader first = source.part("orders", 1);
        first.transaction(11, 1);
        target.write(0);
        Await.until("durable", LIMIT, () -> stream().status().rowsDurable() == 1, () -> "");

        first.fail(Kind.TRANSIENT);

        assertThat(source.part("orders", 2).from).isEqualTo(at(11));
    }

    @Test
    void aPartWithoutAKeyIsCopiedAgainFromTheBeginning() {
        source.tables = List.of(keyless("log"));
        start();
        FakeReader first = source.part("log", 1);
        first.transaction(11, 1);
        target.write(0);
        first.fail(Kind.TRANSIENT);

        FakeReader second = source.part("log", 2);
        assertThat(second.from).isNull();
        assertThat(target.abandoned).containsExactly("commerce/-80 1");
        second.copied(12, 1);
        target.write(1);

        awaitRows("log 1");
    }

    @Test
    void aFailureThatWillNotBeOverIsReportedOnce() {
        source.tables = List.of(table("items"), table("orders"));
        start();
        FakeReader items = source.part("items", 1);
        FakeReader orders = source.part("orders", 1);

        items.fail(Kind.FATAL);

        awaitState(StreamState.Failed.class);
        assertThat(orders.cancelled).isTrue();
        assertThat(events).filteredOn(ShardEvent.Failed.class::isInstance).hasSize(1);
        assertThat(target.claims).isEqualTo(1);
        assertThat(target.abandoned).containsExactly("commerce/-80 1");
    }

    @Test
    void aStreamThatWasClaimedElsewhereEndsAndIsNoFailure() {
        source.tables = List.of(table("orders"));
        startFollowing(5);
        source.changes(1).transaction(6, 1);
        target.claim(SHARD).await().atMost(LIMIT);

        target.write(0);

        awaitState(StreamState.Released.class);
        assertThat(events).contains(new ShardEvent.Released(SHARD));
        assertThat(target.rows).isEmpty();
    }

    @Test
    void pausesGrowWhileNothingIsSaved() {
        settings.put("tributary.retry.delay", "100MS");
        settings.put("tributary.retry.max-delay", "1H");
        source.tables = List.of(keyless("log"));
        start();
        for (int i = 1; i <= 3; i++) {
            FakeReader reader = source.part("log", i);
            reader.transaction(11, 1);
            int rows = i;
            target.write(i - 1);
            Await.until("written", LIMIT, () -> stream().status().heldBytes() == 0, () -> "");
            reader.fail(Kind.TRANSIENT);
            Await.until(
                    "failure " + rows,
                    LIMIT,
                    () -> stream().status().state() instanceof StreamState.BackingOff(int failures, String cause)
                            && failures == rows,
                    () -> stream().status().toString());
        }

        assertThat(stream().status().failures()).isEqualTo(3);
        assertThat(stream().status().rowsDurable()).as("none was committed").isZero();
    }

    @Test
    void aClaimThatFailsIsTriedAgain() {
        target.refusal = new PipelineException(Kind.TRANSIENT, "the target is away");
        start();

        source.changes(1);
        assertThat(target.claims).isEqualTo(2);
    }

    @Test
    void whatTheSourceThrowsIsAFailureAndNotAStandstill() {
        source.tables = List.of(table("orders"));
        source.defect = new PipelineException(Kind.FATAL, "a position of another source");
        start();

        assertThat(awaitState(StreamState.Failed.class).cause()).isEqualTo("a position of another source");
    }

    @Test
    void whatTheSourceThrowsBehindTheCopyIsAFailureToo() {
        source.tables = List.of(table("orders"));
        start();
        FakeReader part = source.part("orders", 1);
        part.copied(11);
        source.defect = new IllegalStateException("a defect");

        target.write(0);

        assertThat(awaitState(StreamState.Failed.class).cause()).isEqualTo("a defect");
    }

    @Test
    void changesWhoseBinlogsArePurgedAreAFailure() {
        source.tables = List.of(table("orders"));
        source.purged = 6;
        startFollowing(5);

        awaitState(StreamState.Failed.class);
        assertThat(source.opened).isEmpty();
    }

    @Test
    void aPartWhoseBinlogsArePurgedIsAFailure() {
        source.tables = List.of(table("items"), table("orders"));
        source.purged = 6;
        target.put(SHARD, null, Set.of("items", "orders"), part("items", 7, false), part("orders", 5, false));
        start();

        awaitState(StreamState.Failed.class);
        assertThat(source.opened).isEmpty();
    }
}
