package dev.tributary.sink.dynamodb;

import static dev.tributary.sink.dynamodb.DynamoTarget.LEASE;
import static dev.tributary.sink.dynamodb.DynamoTarget.SHARD;
import static dev.tributary.sink.dynamodb.DynamoTarget.await;
import static dev.tributary.sink.dynamodb.DynamoTarget.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.SchemaChange.Altered;
import dev.tributary.record.SchemaChange.Dropped;
import dev.tributary.record.SchemaChange.OfTable;
import dev.tributary.record.SchemaChange.Truncated;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.sink.dynamodb.DynamoTarget.Rows;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Streams that come to a schema change of the source: they stop where the items that are there would be wrong. */
class SchemaChangesTest {
    private static final SourceTable ORDERS = new Rows("orders", 1, "id int", "v int", "note varchar(20)").table;

    private DynamoTarget target = DynamoTarget.open();
    private long epoch = begun();

    private long begun() {
        target.prepare(ORDERS);
        return target.begin();
    }

    @AfterEach
    void close() {
        target.close();
    }

    private void keepOldItems() {
        target.close();
        target = DynamoTarget.open("&old_items=keep");
        epoch = begun();
    }

    private static Altered refused(String why) {
        return new Altered("orders", ORDERS.columns(), ORDERS.columns(), Map.of(), Set.of(), Optional.of(why));
    }

    /** All that a source says of it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "it changes the charset of columns",
                "it takes away rows, or brings some, that the stream does not tell",
                "it takes away rows that the stream does not tell",
                "it changes the primary key",
                "it changes the key",
                "it gives a column the name of another one",
                "it puts table orders_new in its place, whose rows the stream does not tell",
                "it drops column note and adds another one of that name"
            })
    void whatCanNotBeFollowedStopsTheStreamUnlessOldItemsAreKept(String why) {
        assertThat(failure(target.evolve(epoch, refused(why), ORDERS, ORDERS)))
                .hasMessageContaining(SHARD + ": table orders: ALTER …: " + why)
                .hasMessageContaining("old_items=keep")
                .extracting("kind")
                .isEqualTo(Kind.FATAL);

        keepOldItems();
        assertThat(await(target.evolve(epoch, refused(why), ORDERS, ORDERS))).isTrue();
    }

    @Test
    void aChangedKeyIsSaidAtTheStartAlthoughTheTargetsTableLooksTheSame() {
        SourceTable first = new Rows("lines", 3, "a int", "b int", "c int", "v int").table;
        SourceTable changed = new Rows("lines", 3, "a int", "c int", "b int", "v int").table;
        target.prepare(first);
        target.prepare(first);

        try (DynamoTarget later = target.another("later", LEASE, "&old_items=keep")) {
            later.verify(first);
            for (ThrowingCallable start :
                    List.<ThrowingCallable>of(() -> later.prepare(changed), () -> later.verify(changed))) {
                assertThatThrownBy(start)
                        .hasMessageContaining("lines': its key at the source is [a, c, b] now, and was [a, b, c]")
                        .extracting("kind")
                        .isEqualTo(Kind.FATAL);
            }
        }
    }

    @Test
    void aChangedKeyStopsTheStreamEvenIfOldItemsAreKept() {
        keepOldItems();
        SourceTable first = new Rows("lines", 3, "a int", "b int", "c int", "v int").table;
        SourceTable changed = new Rows("lines", 3, "a int", "c int", "b int", "v int").table;
        target.prepare(first);
        Altered altered = new Altered(
                "lines",
                first.columns(),
                first.columns(),
                Map.of(),
                Set.of(),
                Optional.of("it changes the primary key"));

        for (OfTable change : List.of(altered, new Dropped("lines"))) {
            // after a restart the source tells the new key alone
            for (SourceTable followed : List.of(first, changed)) {
                assertThat(failure(target.evolve(epoch, change, followed, changed)))
                        .hasMessageContaining(SHARD + ": table lines: ALTER …: its key at the source is [a, c, b] now")
                        .extracting("kind")
                        .isEqualTo(Kind.FATAL);
            }
        }
        assertThat(await(target.evolve(epoch, altered, first, first))).isTrue();
        assertThat(await(target.evolve(epoch, new Dropped("lines"), first, null)))
                .isTrue();
    }

    @Test
    void anotherTypeOfAKeyStopsTheStreamEvenIfOldItemsAreKept() {
        keepOldItems();
        SourceTable now = new Rows("orders", 1, "id varchar(20)", "v int", "note varchar(20)").table;
        Altered altered = new Altered("orders", ORDERS.columns(), now.columns(), Map.of(), Set.of(), Optional.empty());

        assertThat(failure(target.evolve(epoch, altered, ORDERS, now)))
                .hasMessageContaining("table orders: ALTER …: column id of its key is changed from int to varchar(20)")
                .extracting("kind")
                .isEqualTo(Kind.FATAL);
    }

    @Test
    void aColumnThatIsDroppedIsRememberedByTheShardsThatFollow() {
        List<ColumnDefinition> without = ORDERS.columns().subList(0, 2);
        Altered drops = new Altered("orders", ORDERS.columns(), without, Map.of(), Set.of(), Optional.empty());
        Altered adds = new Altered("orders", without, ORDERS.columns(), Map.of(), Set.of(), Optional.empty());
        SourceTable then = ORDERS.with(without);
        await(target.evolve(epoch, adds, then, ORDERS));
        await(target.evolve(epoch, drops, ORDERS, then));
        await(target.sink.checkpoints().keepColumns(target.claim(), Map.of("orders", without)));
        epoch++;
        // told again
        await(target.evolve(epoch, drops, ORDERS, then));

        assertThat(failure(target.evolve(epoch, adds, then, ORDERS)))
                .hasMessageContaining("column note is added, and items may have values of one of that name")
                .extracting("kind")
                .isEqualTo(Kind.FATAL);
        ShardId child = new ShardId("commerce", "-40");
        Reshard reshard = new Reshard("r1", Set.of(SHARD), Map.of(child, new Position("a")));
        await(target.sink
                .checkpoints()
                .plan(
                        new ShardCheckpoint(SHARD, epoch, null, null, List.of()),
                        new Position("p"),
                        Set.of("orders"),
                        List.of()));
        await(target.sink.checkpoints().close(SHARD, epoch, reshard, Set.of("orders")));
        assertThat(target.server.scan(target.prefix + "tributary_checkpoint"))
                .filteredOn(item -> item.containsKey("dropped"))
                .hasSize(2)
                .allMatch(item -> AttributeValue.fromS("[\"note\"]").equals(item.get("dropped")));
    }

    @Test
    void aTableOfWhichNothingIsLeftIsSaidAndStopsTheStreamIfThatIsWanted() {
        for (OfTable change : List.of(new Truncated("orders"), new Dropped("orders"))) {
            assertThat(await(target.evolve(epoch, change, ORDERS, null))).isTrue();
        }
        target.close();
        target = DynamoTarget.evolving("&old_items=keep");
        epoch = begun();

        assertThat(failure(target.evolve(epoch, new Truncated("orders"), ORDERS, ORDERS)))
                .hasMessageContaining("table orders: ALTER …: it is truncated at the source, and its items stay")
                .hasMessageContaining("start with TRIBUTARY_SCHEMA_DROPS=keep")
                .extracting("kind")
                .isEqualTo(Kind.FATAL);
        assertThat(failure(target.evolve(epoch, new Dropped("orders"), ORDERS, null)))
                .hasMessageContaining("it is dropped or renamed at the source, and its items stay")
                .extracting("kind")
                .isEqualTo(Kind.FATAL);
    }
}
