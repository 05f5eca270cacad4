package dev.tributary.sink.dynamodb;

import static dev.tributary.sink.dynamodb.DynamoTarget.await;
import static dev.tributary.sink.dynamodb.DynamoTarget.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.checkpoint.CheckpointStore;
import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import dev.tributary.servers.WriteFaults;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Closed shards that the source has no more are forgotten, and nothing else is. */
class OldShardsTest {
    private static final ShardId SNAPSHOT = new ShardId("orders", "snapshot");

    private DynamoTarget target;
    private CheckpointStore checkpoints;

    @BeforeEach
    void open() {
        target = DynamoTarget.open();
        checkpoints = target.sink.checkpoints();
        await(checkpoints.plan(await(checkpoints.claim(SNAPSHOT)), new Position("begin"), Set.of("orders"), List.of()));
    }

    @AfterEach
    void close() {
        target.close();
    }

    private static ShardId shard(int number) {
        return new ShardId("orders", String.format("shard-%04d", number));
    }

    private long claim(ShardId shard) {
        ShardCheckpoint claimed = await(checkpoints.claim(shard));
        await(checkpoints.keepColumns(claimed, Map.of("orders", List.of(new ColumnDefinition("id", "int")))));
        return claimed.epoch();
    }

    private static Reshard reshard(ShardId shard, ShardId next) {
        return new Reshard(shard.shard(), Set.of(shard), Map.of(next, new Position("begin")));
    }

    /** Under a new claim. */
    private void end(ShardId shard, ShardId next) {
        await(checkpoints.close(shard, claim(shard), reshard(shard, next), Set.of()));
    }

    /** Has all that are closed be so for long. */
    private void age() {
        long then = System.currentTimeMillis() - KnownShards.OLD.toMillis();
        for (ShardId shard : await(checkpoints.shards()).closed()) {
            target.set(
                    EntryId.known("default", shard), "put_away_at", AttributeValue.fromN(String.valueOf(then - 1000)));
        }
    }

    /** All that are closed for long but the first, as its source says it. */
    private Set<ShardId> gone() {
        Set<ShardId> gone = new HashSet<>(await(checkpoints.shards()).old());
        gone.remove(SNAPSHOT);
        return gone;
    }

    private Entries entries() {
        return target.sink.ahead().entries();
    }

    /** Of shards: what they are found by, and what is kept of each. */
    private long count() {
        return target.server.scan(entries().table()).stream()
                .filter(entry -> !new Entry(entry).id().entry().startsWith(EntryId.PROCESS))
                .count();
    }

    @Test
    void howeverManyGenerationsComeAndGoAFewEntriesAreLeft() {
        end(SNAPSHOT, shard(0));
        for (int i = 0; i < 20; i++) {
            end(shard(i), shard(i + 1));
            age();
            long epoch = claim(shard(i + 1));
            await(checkpoints.forget(shard(i + 1), epoch, gone()));
            assertThat(count()).isLessThanOrEqualTo(9);
        }

        assertThat(await(checkpoints.shards()))
                .isEqualTo(new KnownShards(Set.of(shard(20)), Set.of(), Set.of(SNAPSHOT), Set.of(SNAPSHOT)));
        assertThat(await(checkpoints.owners())).hasSize(2);
        ShardCheckpoint last = await(checkpoints.claim(shard(20)));
        assertThat(last.tables()).containsExactly("orders");
        assertThat(last.changes()).isEqualTo(new Position("begin"));
        assertThat(await(checkpoints.columns(shard(20)))).containsOnlyKeys("orders");
    }

    @Test
    void parentsGoBeforeTheirChildrenAndAskingAgainDoesNothing() {
        end(SNAPSHOT, shard(0));
        end(shard(0), shard(1));
        end(shard(1), shard(2));
        age();
        long epoch = claim(shard(2));
        Set<ShardId> gone = gone();
        assertThat(gone).containsExactlyInAnyOrder(shard(0), shard(1));

        assertThat(await(checkpoints.forget(shard(2), epoch, gone))).isEqualTo(1);
        assertThat(await(checkpoints.shards()).closed()).containsExactlyInAnyOrder(SNAPSHOT, shard(1));
        assertThat(await(checkpoints.forget(shard(2), epoch, gone))).isEqualTo(1);
        assertThat(await(checkpoints.forget(shard(2), epoch, gone))).isZero();
        assertThat(await(checkpoints.shards()).closed()).containsExactly(SNAPSHOT);
    }

    @Test
    void aParentThatIsYoungerThanItsChildGoesBeforeItAllTheSame() {
        end(SNAPSHOT, shard(0));
        end(shard(0), shard(1));
        end(shard(1), shard(2));
        age();
        target.set(
                EntryId.known("default", shard(0)),
                "put_away_at",
                AttributeValue.fromN(String.valueOf(System.currentTimeMillis())));
        long epoch = claim(shard(2));
        assertThat(gone()).containsExactly(shard(1));

        assertThat(await(checkpoints.forget(shard(2), epoch, gone()))).isZero();
        assertThat(await(checkpoints.forget(shard(2), epoch, Set.of(shard(0), shard(1)))))
                .isZero();
        age();
        assertThat(await(checkpoints.forget(shard(2), epoch, gone()))).isEqualTo(1);
        assertThat(await(checkpoints.shards()).closed()).containsExactlyInAnyOrder(SNAPSHOT, shard(1));
        assertThat(await(checkpoints.forget(shard(2), epoch, gone()))).isEqualTo(1);
        assertThat(await(checkpoints.shards()).closed()).containsExactly(SNAPSHOT);
    }

    /** Each transaction is in the way of the stream by whose right it is made. */
    @Test
    void manyAreForgottenInFewTransactionsAndOneThatHasChangedKeepsNoOther() throws Exception {
        Map<ShardId, Position> first =
                IntStream.range(0, 40).boxed().collect(Collectors.toMap(i -> shard(i), i -> new Position("begin")));
        await(checkpoints.close(SNAPSHOT, claim(SNAPSHOT), new Reshard("all", Set.of(SNAPSHOT), first), Set.of()));
        IntStream.range(0, 40).forEach(i -> end(shard(i), shard(100 + i)));
        age();
        // which nobody does: what it is found by tells something else
        target.set(EntryId.changes("default", shard(7)), "reshard", AttributeValue.fromS("another"));
        long epoch = claim(shard(100));
        Set<ShardId> gone = gone();
        assertThat(gone).hasSize(40);
        try (WriteFaults counted = WriteFaults.before(target.server);
                DynamoTarget other = target.through(counted.endpoint())) {
            CheckpointStore through = other.sink.checkpoints();

            assertThat(await(through.forget(
                            shard(100),
                            epoch,
                            Set.copyOf(gone).stream()
                                    .filter(shard -> shard.shard().compareTo("shard-0008") >= 0)
                                    .collect(Collectors.toSet()))))
                    .isEqualTo(32);
            assertThat(counted.calls("TransactWriteItems")).isEqualTo(1);
            assertThat(await(through.forget(shard(100), epoch, gone))).isEqualTo(7);
        }

        assertThat(await(checkpoints.shards()).closed()).containsExactlyInAnyOrder(SNAPSHOT, shard(7));
    }

    @Test
    void whoHasLostItsShardForgetsNothing() {
        end(SNAPSHOT, shard(0));
        end(shard(0), shard(1));
        age();
        long epoch = claim(shard(1));
        await(checkpoints.claim(shard(1)));
        long before = count();

        assertThat(failure(checkpoints.forget(shard(1), epoch, gone())).kind()).isEqualTo(Kind.FENCED);

        assertThat(await(checkpoints.shards()).closed()).containsExactlyInAnyOrder(SNAPSHOT, shard(0));
        assertThat(count()).isEqualTo(before);
    }

    @Test
    void whatIsYoungOrNotClosedOrHasAChildThatIsNotKnownStays() {
        ShardId waiting = new ShardId("orders", "waiting");
        await(checkpoints.plan(await(checkpoints.claim(waiting)), new Position("w"), Set.of("orders"), List.of()));
        Reshard together = new Reshard("t", Set.of(waiting, shard(0)), Map.of(shard(9), new Position("begin")));
        await(checkpoints.plan(await(checkpoints.claim(shard(0))), new Position("s"), Set.of("orders"), List.of()));
        await(checkpoints.close(waiting, claim(waiting), together, Set.of()));
        end(shard(0), shard(1));
        end(shard(1), shard(2));
        age();
        end(shard(2), shard(3));
        target.remove(EntryId.known("default", shard(1)));
        KnownShards before = await(checkpoints.shards());
        assertThat(before.old()).containsExactly(shard(0));
        assertThat(before.ended()).containsExactly(waiting);

        Set<ShardId> all = Set.of(waiting, shard(0), shard(2), shard(3), new ShardId("customers", "a"));
        assertThat(await(checkpoints.forget(shard(3), claim(shard(3)), all))).isZero();

        assertThat(await(checkpoints.shards())).isEqualTo(before);
    }

    /** It stood still since it had seen that the parent waits: the child has come, ended and been forgotten. */
    @Test
    void whoFinishesAHandOverTooLateDoesNotOpenWhatIsForgotten() {
        end(SNAPSHOT, shard(0));
        end(shard(0), shard(1));
        ShardHead closed = ShardHead.of(await(entries().get(EntryId.changes("default", shard(0)))));
        ShardHead waiting = new ShardHead(
                shard(0),
                ShardHead.ENDED,
                "",
                closed.epoch(),
                closed.position(),
                closed.tables(),
                closed.reshard(),
                closed.openedBy(),
                false,
                0);
        end(shard(1), shard(2));
        age();
        long epoch = claim(shard(2));
        await(checkpoints.forget(shard(2), epoch, gone()));
        await(checkpoints.forget(shard(2), epoch, gone()));
        long before = count();

        ChildShards.Legacy legacy =
                new ChildShards.Legacy(reshard(shard(0), shard(1)), Set.of("orders"), waiting, List.of());
        ChildShards late = new ChildShards(entries(), "default", new ColumnEntries(entries(), "default"));
        assertThat(await(late.open(shard(1), new Position("begin"), legacy))).isFalse();

        assertThat(count()).isEqualTo(before);
        assertThat(await(checkpoints.shards()).open()).containsExactly(shard(2));
    }
}
