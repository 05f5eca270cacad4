package dev.tributary.stream;

import static dev.tributary.stream.FakeSource.at;
import static dev.tributary.stream.FakeSource.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException.Kind;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A table that is created while the changes are followed. */
class LateTableTest extends StreamFixture {
    private static PartCheckpoint copied(String table, long position) {
        return new PartCheckpoint(new PartId(table, 0), "", at(position), true);
    }

    @Test
    void aTableThatComesLaterIsCopiedAndTheChangesGoOnWhereTheyWere() {
        source.tables = List.of(table("orders"));
        target.writesAtOnce = batch -> true;
        startFollowing(5);
        FakeReader changes = source.changes(1);
        changes.transaction(15, 1);
        awaitRows("orders 1");
        source.tables = List.of(table("late"), table("orders"));
        source.current = 20;

        changes.fail(Kind.TRANSIENT);
        FakeReader late = source.part("late", 1);

        assertThat(late.from).isNull();
        assertThat(late.bound).as("must not end before the changes' place").isEqualTo(at(15));
        assertThat(target.tables(SHARD)).isEqualTo(Set.of("late", "orders"));
        late.copied(22, 7);
        FakeReader after = source.changes(2);
        assertThat(after.from).isEqualTo(at(15));
        assertThat(after.parts).containsExactly(copied("late", 22));
        assertThat(after.bound).isEqualTo(at(20));
        after.transaction(23, 2);
        awaitRows("orders 1", "late 7", "orders 2");
        assertThat(target.described()).last().isEqualTo("2 PastParts 23");
        assertThat(target.parts(SHARD)).isEmpty();
    }

    @Test
    void aLatePartOfAnEarlierProcessIsCopiedToItsEndBesideThoseThatAreNotForgotten() {
        source.tables = List.of(table("late"), table("orders"));
        target.put(
                SHARD,
                at(15),
                Set.of("late", "orders"),
                copied("orders", 18),
                new PartCheckpoint(new PartId("late", 0), "", at(16), false));
        target.writesAtOnce = batch -> true;
        start();

        FakeReader late = source.part("late", 1);
        assertThat(late.from).isEqualTo(at(16));
        assertThat(late.bound).isEqualTo(at(15));
        late.copied(22);
        FakeReader changes = source.changes(1);

        assertThat(changes.from).isEqualTo(at(15));
        assertThat(changes.parts).containsExactlyInAnyOrder(copied("orders", 18), copied("late", 22));
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
