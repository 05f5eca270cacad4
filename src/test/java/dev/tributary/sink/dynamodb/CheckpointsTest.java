package dev.tributary.sink.dynamodb;

import static dev.tributary.sink.dynamodb.DynamoTarget.CHANGES;
import static dev.tributary.sink.dynamodb.DynamoTarget.LEASE;
import static dev.tributary.sink.dynamodb.DynamoTarget.SHARD;
import static dev.tributary.sink.dynamodb.DynamoTarget.at;
import static dev.tributary.sink.dynamodb.DynamoTarget.await;
import static dev.tributary.sink.dynamodb.DynamoTarget.failure;
import static dev.tributary.sink.dynamodb.DynamoTarget.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.checkpoint.Members;
import dev.tributary.checkpoint.Replica;
import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.checkpoint.WaitingShards;
import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.servers.Await;
import dev.tributary.sink.dynamodb.DynamoTarget.Rows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Who may write a shard, and where it goes on. */
class CheckpointsTest {
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
    void aClaimTellsWhatWasPlannedAndSaved() {
        PartId whole = new PartId("orders", 0);
        long epoch = target.begin(whole, new PartId("orders", 1));
        await(target.write(part("orders"), epoch, at("c1"), orders.snapshot(1, 1)));
        await(target.write(part("orders"), epoch, new Mark.Copied(new Position("c2")), orders.snapshot(2, 1)));

        ShardCheckpoint claimed = target.claim();

        assertThat(claimed.epoch()).isEqualTo(epoch + 1);
        assertThat(claimed.tables()).containsExactly("orders");
        assertThat(claimed.changes()).isNull();
        assertThat(claimed.parts())
                .containsExactly(
                        new PartCheckpoint(whole, "", new Position("c2"), true),
                        new PartCheckpoint(new PartId("orders", 1), "", null, false));
        assertThat(await(target.sink.checkpoints().shards()).open()).containsExactly(SHARD);

        await(target.write(CHANGES, claimed.epoch(), new Mark.PastParts(new Position("p1")), orders.create(3, 1)));
        ShardCheckpoint after = target.claim();
        assertThat(after.changes()).isEqualTo(new Position("p1"));
        assertThat(after.parts()).containsExactly(new PartCheckpoint(new PartId("orders", 1), "", null, false));
    }

    @Test
    void anotherProcessTakesAShardOnlyOnceItsOwnersCounterHasStoodStillForALease() {
        long epoch = target.begin();
        target.apply(epoch, "p1", orders.create(1, 1));
        Duration lease = Duration.ofSeconds(2);
        try (DynamoTarget owner = target.another("owner", lease);
                DynamoTarget other = target.another("other", lease)) {
            await(target.sink.checkpoints().release(List.of(SHARD)));
            owner.renew();
            long owned = owner.claim().epoch();
            other.renew();
            assertThat(failure(other.sink.checkpoints().claim(SHARD)))
                    .hasMessageContaining("another process has claimed the shard: owner")
                    .extracting("kind")
                    .isEqualTo(Kind.FENCED);
            // as long as it is renewed
            for (int i = 0; i < 6; i++) {
                owner.renew();
                assertThat(await(other.sink.checkpoints().renew(WaitingShards.NONE, false))
                                .live())
                        .contains("owner", "other");
            }
            Await.until(
                    "its lease is over",
                    Duration.ofSeconds(30),
                    () -> !await(other.sink.checkpoints().renew(WaitingShards.NONE, false))
                            .live()
                            .contains("owner"),
                    () -> "");

            ShardCheckpoint taken = other.claim();
            assertThat(taken.epoch()).isGreaterThan(owned);
            assertThat(taken.changes()).isEqualTo(new Position("p1"));
            // it knows by itself that it is late
            assertThat(failure(owner.write(CHANGES, owned, at("p2"), orders.create(2, 2))))
                    .hasMessageContaining("the lease of owner was not renewed")
                    .extracting("kind")
                    .isEqualTo(Kind.TRANSIENT);
            assertThat(target.items("orders")).hasSize(1);
            // and if it does not, it saves nothing
            owner.renew();
            assertThat(failure(owner.write(CHANGES, owned + 100, at("p2")))).hasMessageContaining("was given up");
            assertThat(failure(
                            owner.sink.checkpoints().plan(taken.without(Set.of()), null, Set.of("orders"), List.of())))
                    .isNull();
            assertThat(failure(owner.sink
                                    .checkpoints()
                                    .plan(
                                            new ShardCheckpoint(SHARD, owned, null, null, List.of()),
                                            null,
                                            Set.of(),
                                            List.of()))
                            .kind())
                    .isEqualTo(Kind.FENCED);
        }
    }

    @Test
    void shardsThatWaitAreToldWithTheLeaseUntilTheyDoNot() {
        WaitingShards waiting = new WaitingShards(Map.of(SHARD.toString(), "the source is away"));
        await(target.sink.checkpoints().renew(waiting, false));

        assertThat(await(target.sink.checkpoints().replicas()))
                .singleElement()
                .extracting(Replica::waiting)
                .isEqualTo(waiting);

        await(target.sink.checkpoints().renew(WaitingShards.NONE, false));
        assertThat(await(target.sink.checkpoints().replicas()))
                .singleElement()
                .extracting(Replica::waiting)
                .isEqualTo(WaitingShards.NONE);
    }

    /** What it has is its own, but nothing that is free is kept for it. */
    @Test
    void whoStopsHasALeaseButIsNoPeer() {
        try (DynamoTarget other = target.another("other", LEASE)) {
            Members before = await(other.sink.checkpoints().renew(WaitingShards.NONE, false));
            assertThat(before.peers()).containsExactlyInAnyOrder("one", "other");
            assertThat(before.isOneStopping()).isFalse();

            await(target.sink.checkpoints().renew(WaitingShards.NONE, true));

            Members members = await(other.sink.checkpoints().renew(WaitingShards.NONE, false));
            assertThat(members.live()).containsExactlyInAnyOrder("one", "other");
            assertThat(members.peers()).containsExactly("other");
            assertThat(members.isOneStopping()).isTrue();
        }
    }

    @Test
    void aShardThatIsGivenBackIsFreeAtOnce() {
        target.begin();
        await(target.sink.checkpoints().resign(List.of(SHARD)));
        try (DynamoTarget other = target.another("other", LEASE)) {
            other.renew();
            Members members = await(other.sink.checkpoints().renew(WaitingShards.NONE, false));
            assertThat(members.live()).containsExactly("other");
            assertThat(other.claim().epoch()).isEqualTo(2);
            assertThat(await(other.sink.checkpoints().owners()).getFirst().owner())
                    .isEqualTo("other");
        }
        assertThat(failure(target.write(CHANGES, 1, at("p1"), orders.create(1, 1))))
                .hasMessageContaining("was given up");
    }

    @Test
    void aTableOfThatNameWithAnotherKeyIsRefused() {
        target.server.create(target.prefix + "tributary_checkpoint", "id");

        assertThatThrownBy(() -> target.another("other", LEASE))
                .hasMessageContaining("tributary_checkpoint' has the key id (S)")
                .hasMessageContaining("need stream (S), entry (S)")
                .extracting("kind")
                .isEqualTo(Kind.SETTING);
    }

    /** What is sent once more may arrive when its process has the shard again. */
    @Test
    void whatIsGivenBackTooLateStaysClaimed() {
        target.begin();
        try (DynamoTarget again = target.another("one", LEASE)) {
            again.renew();
            again.claim();

            await(target.sink.checkpoints().release(List.of(SHARD)));
            assertThat(await(target.sink.checkpoints().owners()).getFirst().owner())
                    .isEqualTo("one");

            await(again.sink.checkpoints().release(List.of(SHARD)));
            assertThat(await(target.sink.checkpoints().owners()).getFirst().owner())
                    .isEmpty();
        }
    }

    @Test
    void aStaleEpochSavesNothing() {
        long stale = target.begin();
        long epoch = target.begin();
        target.apply(epoch, "p1", orders.create(1, 1));

        assertThat(failure(target.sink.write(new dev.tributary.route.RoutedBatch(
                        new ChangeBatch(CHANGES, stale, List.of(), at("p0"), 0, 0), List.of()))))
                .hasMessageContaining("epoch 1");
        assertThat(target.claim().changes()).isEqualTo(new Position("p1"));
    }

    @Test
    void whatACopyWroteBeyondItsPositionIsDeletedAndNothingElse() {
        long epoch = target.begin(new PartId("orders", 0));
        await(target.write(part("orders"), epoch, at("c1"), orders.snapshot(1, 1), orders.snapshot(2, 1)));
        // the rows of the next are written, and its position is not: its save is refused
        try (DynamoTarget other = target.another("one", LEASE)) {
            Lost lost = new Lost(target);
            lost.writeWithoutPosition(epoch, orders);
            assertThat(target.items("orders")).hasSize(4);

            other.renew();
            ShardCheckpoint claimed = other.claim();

            assertThat(claimed.parts().getFirst().position()).isEqualTo(new Position("c1"));
            assertThat(target.items("orders")).hasSize(2).allMatch(item -> item.endsWith("\"v\":{\"N\":\"1\"}}"));
            assertThat(other.claim().parts().getFirst().position()).isEqualTo(new Position("c1"));
            assertThat(target.items("orders")).hasSize(2);
        }
    }

    /** Each owner numbers its batches by itself. */
    @Test
    void keysThatALaterOwnerHasNotedAreNotForgottenByTheOneBefore() {
        long stale = target.begin(new PartId("orders", 0));
        long epoch = target.claim().epoch();
        new Lost(target).writeWithoutPosition(epoch, orders);

        await(target.sink.ahead().forget(batch(stale), 2, 1));
        await(target.sink.ahead().undo(SHARD, stale, List.of(), () -> {}));

        assertThat(target.items("orders")).hasSize(2);
        target.claim();
        assertThat(target.items("orders")).isEmpty();
    }

    private static ChangeBatch batch(long epoch) {
        return new ChangeBatch(part("orders"), epoch, List.of(), at("c2"), 0, 0);
    }

    /** A process that is gone between the rows of a copy's batch and its position. */
    private record Lost(DynamoTarget target) {
        void writeWithoutPosition(long epoch, Rows orders) {
            List<ItemWrite> writes = new ArrayList<>();
            for (int id = 3; id < 5; id++) {
                Map<String, AttributeValue> key = Map.of("id", AttributeValue.fromN("" + id));
                writes.add(new ItemWrite.Put(new ItemKey(target.prefix + "orders", key), key));
                target.server.put(target.prefix + "orders", key);
            }
            await(target.sink.ahead().note(batch(epoch), 2, writes));
        }
    }

    @Test
    void morePartsThanATransactionTakesArePlanned() {
        PartId[] parts =
                IntStream.range(0, 250).mapToObj(i -> new PartId("orders", i)).toArray(PartId[]::new);
        target.begin(parts);

        assertThat(target.claim().parts()).hasSize(250);
    }
}
