package dev.tributary.sink.dynamodb;

import static dev.tributary.sink.dynamodb.DynamoTarget.SHARD;
import static dev.tributary.sink.dynamodb.DynamoTarget.at;
import static dev.tributary.sink.dynamodb.DynamoTarget.await;
import static dev.tributary.sink.dynamodb.DynamoTarget.failure;
import static dev.tributary.sink.dynamodb.DynamoTarget.part;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.StreamId;
import dev.tributary.sink.dynamodb.DynamoTarget.Rows;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Tables that come to a shard whose changes are followed. */
class LateTablesTest {
    private final Rows orders = new Rows("orders", 1, "id int", "v int");
    private DynamoTarget target;

    @BeforeEach
    void open() {
        target = DynamoTarget.open();
        target.prepare(orders.table);
    }

    @AfterEach
    void close() {
        target.close();
    }

    @Test
    void tablesThatCameLaterJoinWhereTheChangesStand() {
        long epoch = target.begin();
        target.apply(epoch, "p1", orders.create(1, 1));
        ShardCheckpoint claimed = target.claim();
        PartId late = new PartId("late", 0);
        await(target.sink
                .checkpoints()
                .plan(claimed, null, Set.of("orders", "late"), List.of(new PartCheckpoint(late, "", null, false))));
        assertThat(await(target.sink.checkpoints().look(SHARD)).parts())
                .containsExactly(new PartCheckpoint(late, "", null, false, true));
        await(target.write(part("late"), claimed.epoch(), new Mark.Copied(new Position("p1"))));

        assertThat(failure(target.sink.checkpoints().join(SHARD, claimed.epoch(), new Position("elsewhere")))
                        .kind())
                .isEqualTo(Kind.TRANSIENT);
        await(target.sink.checkpoints().join(SHARD, claimed.epoch(), new Position("p1")));
        assertThat(await(target.sink.checkpoints().look(SHARD)).parts())
                .containsExactly(new PartCheckpoint(late, "", new Position("p1"), true, false));

        ShardCheckpoint again = target.claim();
        await(target.sink.checkpoints().leave(again, Set.of("late"), Set.of(), Set.of()));
        assertThat(await(target.sink.checkpoints().look(SHARD)).tables()).containsExactly("orders");
        assertThat(await(target.sink.checkpoints().look(SHARD)).parts()).isEmpty();
    }

    /** Each catch-up has a lane of its own, behind the part's last batch. */
    @Test
    void aTableThatCameLaterFollowsItsChangesHoweverManyBatchesItsCopyHad() {
        long epoch = late(1);
        await(target.write(part("late"), epoch, at("c1")));
        await(target.write(part("late"), epoch, new Mark.Copied(new Position("p1"))));

        await(target.write(part("late"), epoch, new Mark.Copied(new Position("p2"))));
        await(target.write(part("late"), epoch, new Mark.Copied(new Position("p3"))));

        assertThat(await(target.sink.checkpoints().look(SHARD)).parts())
                .containsExactly(new PartCheckpoint(new PartId("late", 0), "", new Position("p3"), true, true));
    }

    /** What the change stream goes on without is a table: a part that had joined would miss what comes until the others do. */
    @Test
    void aTableThatCameLaterJoinsWhollyOrNotAtAll() {
        long epoch = late(3);
        for (int i = 0; i < 3; i++) {
            await(target.write(new StreamId(SHARD, new PartId("late", i)), epoch, new Mark.Copied(new Position("p1"))));
        }
        // one that somebody has claimed meanwhile
        EntryId claimed = EntryId.part("default", SHARD, new PartId("late", 2));
        target.set(claimed, "epoch", AttributeValue.fromN("100"));

        assertThat(failure(target.sink.checkpoints().join(SHARD, epoch, new Position("p1")))
                        .kind())
                .isEqualTo(Kind.FENCED);
        assertThat(await(target.sink.checkpoints().look(SHARD)).parts()).allMatch(PartCheckpoint::late);

        target.set(claimed, "epoch", AttributeValue.fromN("" + epoch));
        await(target.sink.checkpoints().join(SHARD, epoch, new Position("p1")));
        assertThat(await(target.sink.checkpoints().look(SHARD)).parts())
                .hasSize(3)
                .noneMatch(PartCheckpoint::late);
    }

    @Test
    void aTableThatIsNotWhollyCopiedDoesNotJoin() {
        long epoch = late(2);
        await(target.write(part("late"), epoch, new Mark.Copied(new Position("p1"))));

        await(target.sink.checkpoints().join(SHARD, epoch, new Position("p1")));

        assertThat(await(target.sink.checkpoints().look(SHARD)).parts())
                .hasSize(2)
                .allMatch(PartCheckpoint::late);
    }

    @Test
    void aShardIsCopiedWhenNoTableIsLate() {
        long epoch = late(1);
        assertThat(copied()).isFalse();
        await(target.write(part("late"), epoch, new Mark.Copied(new Position("p1"))));
        assertThat(copied()).isFalse();
        await(target.sink.checkpoints().join(SHARD, epoch, new Position("p1")));
        assertThat(copied()).isTrue();

        plan("another", "more");
        await(target.write(part("more"), target.claim().epoch(), new Mark.Copied(new Position("p1"))));
        await(target.sink.checkpoints().join(SHARD, target.claim().epoch(), new Position("p1")));
        assertThat(copied()).isFalse();
        await(target.sink.checkpoints().leave(target.claim(), Set.of("another"), Set.of(), Set.of()));
        assertThat(copied()).isTrue();
    }

    private boolean copied() {
        return await(target.sink.checkpoints().owners()).getFirst().copied();
    }

    /** Tables of one part that come to a shard. */
    private void plan(String... names) {
        ShardCheckpoint claimed = target.claim();
        Set<String> tables = new HashSet<>(Objects.requireNonNull(claimed.tables()));
        List<PartCheckpoint> added = Arrays.stream(names)
                .map(name -> new PartCheckpoint(new PartId(name, 0), "", null, false))
                .toList();
        tables.addAll(List.of(names));
        await(target.sink.checkpoints().plan(claimed, null, tables, added));
    }

    /** A table that has come to a shard whose changes stand at p1. */
    private long late(int parts) {
        target.apply(target.begin(), "p1", orders.create(1, 1));
        ShardCheckpoint claimed = target.claim();
        List<PartCheckpoint> added = IntStream.range(0, parts)
                .mapToObj(i -> new PartCheckpoint(new PartId("late", i), "", null, false))
                .toList();
        await(target.sink.checkpoints().plan(claimed, null, Set.of("orders", "late"), added));
        return claimed.epoch();
    }
}
