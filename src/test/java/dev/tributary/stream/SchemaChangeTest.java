package dev.tributary.stream;

import static dev.tributary.stream.FakeSource.at;
import static dev.tributary.stream.FakeSource.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.SchemaChange;
import dev.tributary.record.SchemaChange.Truncated;
import dev.tributary.servers.Await;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stream that comes to a schema change. */
class SchemaChangeTest extends StreamFixture {
    private static SchemaChange truncate(long before, long after) {
        return new SchemaChange("truncate orders", at(before), at(after), List.of(new Truncated("orders")));
    }

    @BeforeEach
    void oneTable() {
        source.tables = List.of(table("orders"));
    }

    private FakeReader reachesAChange() {
        FakeReader changes = source.changes(1);
        changes.tell(it -> {
            FakeReader.transaction(it, 15, 1, 2);
            it.onSchemaChange(truncate(15, 16), true, 0);
        });
        return changes;
    }

    @Test
    void itIsMadeOnceAllBeforeItIsDurableAndTheStreamGoesOnBehindIt() {
        startFollowing(5);
        reachesAChange();
        target.awaitBatches(1);
        assertThat(steps).as("rows before it are under way").isEmpty();
        source.tables = List.of(table("late"), table("orders"));
        target.writesAtOnce = batch -> true;
        target.write(0);

        FakeReader late = source.part("late", 1);
        FakeReader behind = source.changes(2);
        late.copied(18, 7);

        awaitRows("orders 1", "orders 2", "late 7");
        assertThat(target.described()).containsExactly("1,2 Boundary 15", "Boundary 16", "7 Copied 18");
        assertThat(behind.from).isEqualTo(at(16));
        assertThat(steps).singleElement().satisfies(step -> {
            assertThat(step.change()).isEqualTo(truncate(15, 16));
            assertThat(step.shards()).isEqualTo(Set.of(SHARD));
            assertThat(step.tables()).containsExactly(table("orders"));
            assertThat(step.now()).hasSize(2);
        });
        assertThat(stream().status().failures()).isZero();
        assertThat(target.abandoned).isEmpty();
    }

    @Test
    void itIsAskedForUntilOtherShardsHaveComeToItToo() {
        target.writesAtOnce = batch -> true;
        made.addAll(List.of(false, false, true));
        startFollowing(5);
        reachesAChange();

        assertThat(source.changes(2).from).isEqualTo(at(16));
        assertThat(steps).hasSize(3);
    }

    @Test
    void aDrainWhileItWaitsEndsInFrontOfIt() {
        target.writesAtOnce = batch -> true;
        for (int i = 0; i < 1_000; i++) {
            made.add(false);
        }
        startFollowing(5);
        reachesAChange();
        Await.until("it is asked for", LIMIT, () -> !steps.isEmpty(), () -> "");

        drain();

        assertThat(target.changes(SHARD)).isEqualTo(at(15));
        assertThat(source.opened).hasSize(1);
    }
}
