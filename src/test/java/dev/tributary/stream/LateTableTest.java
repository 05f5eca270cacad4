package dev.tributary.stream;

import static dev.tributary.stream.FakeSource.at;
import static dev.tributary.stream.FakeSource.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.SchemaChange;
import dev.tributary.record.SchemaChange.Truncated;
import dev.tributary.servers.Await;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A table that is created while the changes are followed. */
class LateTableTest extends StreamFixture {
    private static PartCheckpoint copied(String table, long position) {
        return new PartCheckpoint(new PartId(table, 0), "", at(position), true);
    }

    private static PartCheckpoint late(@Nullable Position position, boolean copied) {
        return new PartCheckpoint(new PartId("late", 0), "", position, copied, true);
    }

    /** The stream has come to 15 and finds a second table. */
    private FakeReader changesBesideALateTable() {
        source.tables = List.of(table("orders"));
        target.writesAtOnce = batch -> true;
        startFollowing(5);
        FakeReader changes = source.changes(1);
        changes.transaction(15, 1);
        awaitRows("orders 1");
        source.tables = List.of(table("late"), table("orders"));
        source.current = 20;
        changes.fail(Kind.TRANSIENT);
        return source.changes(2);
    }

    @Test
    void aTableThatComesLaterIsCopiedWhileTheChangesGoOnAndJoinsThemWhereTheyAre() {
        FakeReader beside = changesBesideALateTable();
        FakeReader late = source.part("late", 1);
        assertThat(target.tables(SHARD)).isEqualTo(Set.of("late", "orders"));
        assertThat(late.from).isNull();
        assertThat(late.bound).isNull();
        assertThat(beside.from).isEqualTo(at(15));
        assertThat(beside.parts).containsExactly(late(null, false));

        beside.transaction(16, 2);
        awaitRows("orders 1", "orders 2");
        late.copied(18, 7);
        awaitRows("orders 1", "orders 2", "late 7");

        // what the copy holds already is further than the changes are: nothing is to be caught up with
        beside.awaitCancelled();
        FakeReader joined = source.changes(3);
        assertThat(joined.from).isEqualTo(at(16));
        assertThat(joined.parts).containsExactly(copied("late", 18));
        joined.transaction(19, 3);
        awaitRows("orders 1", "orders 2", "late 7", "orders 3");
        assertThat(target.described()).last().isEqualTo("3 PastParts 19");
        assertThat(target.parts(SHARD)).isEmpty();
        assertThat(stream().status().failures()).isEqualTo(1);
    }

    @Test
    void aCopyThatTheChangesHavePassedCatchesUpAndOnceMoreWhileTheyStandStill() {
        FakeReader beside = changesBesideALateTable();
        FakeReader late = source.part("late", 1);
        beside.transaction(30, 2);
        awaitRows("orders 1", "orders 2");

        late.copied(18, 7);

        FakeReader catching = source.part("late", 2);
        assertThat(catching.from).isEqualTo(at(18));
        assertThat(catching.bound).isEqualTo(at(30));
        assertThat(beside.cancelled).as("the changes go on meanwhile").isFalse();
        beside.transaction(40, 3);
        awaitRows("orders 1", "orders 2", "late 7", "orders 3");
        catching.tell(it -> it.onPosition(at(25), false, 0));
        catching.copied(30, 8);

        FakeReader last = source.part("late", 3);
        assertThat(beside.cancelled).as("they stand still").isTrue();
        assertThat(last.from).isEqualTo(at(30));
        assertThat(last.bound).isEqualTo(at(40));
        last.copied(41, 9);

        FakeReader joined = source.changes(3);
        assertThat(joined.from).isEqualTo(at(40));
        assertThat(joined.parts).containsExactly(copied("late", 41));
        awaitRows("orders 1", "orders 2", "late 7", "orders 3", "late 8", "late 9");
    }

    /** What it has on its way is durable before it is decided where the table joins. */
    @Test
    void theChangesStandStillOnlyWhenAllTheyHaveReadIsDurable() {
        FakeReader beside = changesBesideALateTable();
        FakeReader late = source.part("late", 1);
        target.writesAtOnce = batch -> !batch.stream().part().isChanges();
        beside.tell(it -> {
            FakeReader.transaction(it, 21, 1, 2, 3, 4);
            FakeReader.transaction(it, 22, 5);
            it.onPosition(at(24), true, 0);
        });
        int sent = target.arrived.size();
        late.copied(18);
        beside.awaitCancelled();
        target.awaitBatches(sent + 2);

        target.write(sent - 1);
        target.arrived.subList(sent, target.arrived.size()).stream()
                .map(Message::getPayload)
                .filter(batch -> batch.stream().part().isChanges())
                .forEach(batch -> assertThat(FakeTarget.describe(batch)).isEqualTo("5 Boundary 24"));
        target.writesAtOnce = batch -> true;
        target.write(target.arrived.size() - 1);

        FakeReader last = source.part("late", 2);
        assertThat(last.bound).isEqualTo(at(24));
    }

    @Test
    void aLatePartOfAnEarlierProcessGoesOnWhereItWasBesideThoseThatAreNotForgotten() {
        source.tables = List.of(table("late"), table("orders"));
        target.put(SHARD, at(15), Set.of("late", "orders"), copied("orders", 18), late(at(16), false));
        target.writesAtOnce = batch -> true;
        start();

        FakeReader late = source.part("late", 1);
        assertThat(late.from).isEqualTo(at(16));
        FakeReader changes = source.changes(1);
        assertThat(changes.parts).containsExactlyInAnyOrder(copied("orders", 18), late(at(16), false));
        changes.transaction(20, 1);
        awaitRows("orders 1");
        assertThat(target.parts(SHARD)).as("the other is forgotten").containsExactly(late(at(16), false));
        late.copied(22);

        assertThat(source.changes(2).parts).containsExactly(copied("late", 22));
    }

    @Test
    void aCopyOfAnEarlierProcessThatHadNotCaughtUpDoesSo() {
        source.tables = List.of(table("late"), table("orders"));
        target.put(SHARD, at(15), Set.of("late", "orders"), late(at(12), true));
        target.writesAtOnce = batch -> true;
        start();

        FakeReader late = source.part("late", 1);
        assertThat(late.from).isEqualTo(at(12));
        assertThat(late.bound).isEqualTo(at(15));
        assertThat(source.changes(1).parts).containsExactly(late(at(12), true));
        late.copied(15);

        assertThat(source.changes(2).parts).containsExactly(copied("late", 15));
    }

    @Test
    void aSchemaChangeOfALateTableWaitsUntilTheTableHasJoined() {
        FakeReader beside = changesBesideALateTable();
        FakeReader late = source.part("late", 1);
        SchemaChange change = new SchemaChange("truncate late", at(21), at(22), List.of(new Truncated("late")));
        beside.tell(it -> {
            FakeReader.transaction(it, 21, 2);
            it.onSchemaChange(change, true, 0);
        });
        awaitRows("orders 1", "orders 2");

        late.copied(18);
        FakeReader last = source.part("late", 2);
        assertThat(last.bound).isEqualTo(at(21));
        assertThat(steps).isEmpty();
        last.copied(21);

        FakeReader joined = source.changes(3);
        assertThat(joined.from).isEqualTo(at(21));
        joined.tell(it -> it.onSchemaChange(change, true, 0));
        assertThat(source.changes(4).from).isEqualTo(at(22));
        assertThat(steps)
                .singleElement()
                .satisfies(step -> assertThat(step.change()).isEqualTo(change));
    }

    @Test
    void noneJoinsBeforeAllPartsOfAllLateTablesAreThere() {
        source.tables = List.of(table("orders"));
        target.writesAtOnce = batch -> true;
        startFollowing(15);
        source.changes(1);
        source.ranges = 2;
        source.tables = List.of(table("late"), table("later"), table("orders"));
        source.changes(1).fail(Kind.TRANSIENT);
        FakeReader beside = source.changes(2);
        beside.transaction(30, 1);
        awaitRows("orders 1");

        source.part("late", 1).copied(20);
        source.reader(SHARD, new PartId("late", 1), 1).copied(35);
        source.part("later", 1).copied(30);
        source.reader(SHARD, new PartId("later", 1), 1).copied(31);

        // one of the four was passed by the changes
        FakeReader behind = source.part("late", 2);
        assertThat(behind.bound).isEqualTo(at(30));
        assertThat(source.opened).last().isSameAs(behind);
        assertThat(beside.cancelled).isFalse();
        behind.copied(30);
        assertThat(source.changes(3).parts)
                .containsExactlyInAnyOrder(
                        copied("late", 30),
                        new PartCheckpoint(new PartId("late", 1), "", at(35), true),
                        copied("later", 30),
                        new PartCheckpoint(new PartId("later", 1), "", at(31), true));
    }

    @Test
    void aLateTableThatFailsIsTriedLessAndLessOftenAlthoughTheChangesGoOn() {
        settings.put("tributary.retry.max-delay", "1M");
        settings.put("tributary.retry.delay", "20MS");
        FakeReader beside = changesBesideALateTable();
        for (int failure = 1; failure <= 4; failure++) {
            beside.transaction(15 + failure, failure);
            beside.awaitAsked();
            source.part("late", failure).fail(Kind.TRANSIENT);
            beside = source.changes(2 + failure);
        }

        assertThat(stream().status().failures()).isEqualTo(5);
        source.part("late", 5).fail(Kind.TRANSIENT);
        assertThat(awaitState(StreamState.BackingOff.class).failures())
                .as("in a row")
                .isGreaterThanOrEqualTo(5);
    }

    /** The target holds rows of it in a transaction that no other batch can end. */
    @Test
    void aSchemaChangeOfAnotherTableGivesUpWhatIsOpenOfALateOne() {
        source.tables = List.of(table("orders"));
        target.writesAtOnce = batch -> true;
        startFollowing(15);
        source.changes(1);
        source.tables = List.of(FakeSource.keyless("late"), table("orders"));
        source.changes(1).fail(Kind.TRANSIENT);
        FakeReader late = source.part("late", 1);
        late.tell(it -> {
            for (long id = 0; id < 5; id++) {
                it.onRecord(FakeSource.create("late", id), 10);
            }
            it.onPosition(at(18), false, 0);
        });
        Await.until(
                "rows are held open",
                LIMIT,
                () -> target.described().stream().anyMatch(batch -> batch.endsWith("Open")),
                () -> target.described().toString());
        int given = target.abandoned.size();

        source.changes(2)
                .tell(it -> it.onSchemaChange(
                        new SchemaChange("truncate orders", at(16), at(17), List.of(new Truncated("orders"))),
                        true,
                        0));

        assertThat(source.changes(3).from).isEqualTo(at(17));
        assertThat(target.abandoned).hasSize(given + 1);
        assertThat(source.part("late", 2).from).isNull();
    }

    @Test
    void aStreamThatStandsStillForALateTableDoesNotSaveASchemaChangeThatIsMadeMeanwhile() {
        FakeReader beside = changesBesideALateTable();
        FakeReader late = source.part("late", 1);
        made.add(false);
        SchemaChange change = new SchemaChange("truncate orders", at(15), at(16), List.of(new Truncated("orders")));
        beside.tell(it -> it.onSchemaChange(change, true, 0));
        Await.until("it was asked for", LIMIT, () -> !steps.isEmpty(), steps::toString);

        target.gate = new CompletableFuture<>();
        late.copied(15);
        Await.until("it is made", LIMIT, () -> steps.size() > 1, steps::toString);
        target.gate.complete(true);

        FakeReader joined = source.changes(3);
        assertThat(joined.from).isEqualTo(at(15));
        assertThat(joined.parts).containsExactly(copied("late", 15));
        assertThat(target.changes(SHARD)).isEqualTo(at(15));
    }

    @Test
    void untilCaughtUpMeansTheLateTablesToo() {
        FakeReader beside = changesBesideALateTable();
        beside.transaction(30, 2);
        awaitRows("orders 1", "orders 2");
        assertThat(events).doesNotContain(new ShardEvent.Reached(SHARD, at(30)));

        source.part("late", 1).copied(31);

        source.changes(3);
        Await.until(
                "it is said", LIMIT, () -> events.contains(new ShardEvent.Reached(SHARD, at(30))), events::toString);
    }

    @Test
    void aTableThatComesDuringTheCopyIsOneMorePart() {
        source.tables = List.of(table("orders"));
        start();
        FakeReader orders = source.part("orders", 1);
        source.tables = List.of(table("late"), table("orders"));

        orders.fail(Kind.TRANSIENT);

        assertThat(source.part("late", 1).bound)
                .as("there is no place of the changes yet")
                .isNull();
        source.part("orders", 2).awaitAsked();
    }

    @Test
    void withoutASnapshotATableThatComesLaterIsFollowedOnly() {
        source.snapshot = false;
        source.tables = List.of(table("orders"));
        startFollowing(5);
        source.tables = List.of(table("late"), table("orders"));

        source.changes(1).fail(Kind.TRANSIENT);

        assertThat(source.changes(2).tables).isEqualTo(source.tables);
        assertThat(source.changes(2).from).isEqualTo(at(5));
        assertThat(source.opened).hasSize(2);
    }

    /** To copy it anew would double the rows of a table without a key, and leave those that were deleted meanwhile. */
    @Test
    void aTableThatWasLeftOutForAWhileIsNotTakenForANewOne() {
        target.put(SHARD, at(15), Set.of("back", "orders"));
        source.tables = List.of(table("orders"));
        start();
        FakeReader changes = source.changes(1);
        assertThat(target.tables(SHARD)).isEqualTo(Set.of("back ", "orders"));
        source.tables = List.of(table("back"), table("orders"));

        changes.fail(Kind.TRANSIENT);

        assertThat(awaitState(StreamState.Failed.class).cause())
                .contains("TRIBUTARY_SOURCE", "table 'back' was followed, then left out or dropped");
        assertThat(target.tables(SHARD)).isEqualTo(Set.of("back ", "orders"));
    }
}
