package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.await;
import static dev.tributary.sink.mysql.TargetFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.checkpoint.CheckpointStore;
import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Closed shards that the source has no more are forgotten, and nothing else is. */
class OldShardsTest {
    private static final ShardId SNAPSHOT = new ShardId("orders", "snapshot");

    private TargetFixture target;
    private CheckpointStore checkpoints;

    @BeforeEach
    void open() throws Exception {
        target = TargetFixture.open();
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

    /** Under a new claim. */
    private void end(ShardId shard, ShardId next) {
        Reshard reshard = new Reshard(shard.shard(), Set.of(shard), Map.of(next, new Position("begin")));
        await(checkpoints.close(shard, claim(shard), reshard, Set.of()));
    }

    private void age() throws SQLException {
        target.execute("UPDATE tributary_checkpoint SET updated_at = updated_at - INTERVAL 49 HOUR"
                + " WHERE state IN ('closed', 'ended')");
    }

    /** All that are closed for long but the first, as its source says it. */
    private Set<ShardId> gone() {
        Set<ShardId> gone = new HashSet<>(await(checkpoints.shards()).old());
        gone.remove(SNAPSHOT);
        return gone;
    }

    private long rows(String table) throws SQLException {
        return Long.parseLong(String.valueOf(target.query("SELECT COUNT(*) FROM " + table + " WHERE shard <> ''")
                .getFirst()
                .getFirst()));
    }

    @Test
    void howeverManyGenerationsComeAndGoAFewRowsAreLeft() throws Exception {
        end(SNAPSHOT, shard(0));
        for (int i = 0; i < 40; i++) {
            end(shard(i), shard(i + 1));
            age();
            long epoch = claim(shard(i + 1));
            await(checkpoints.forget(shard(i + 1), epoch, gone()));
            assertThat(rows("tributary_checkpoint")).isLessThanOrEqualTo(3);
            assertThat(rows("tributary_schema")).isLessThanOrEqualTo(3);
        }

        assertThat(await(checkpoints.shards()))
                .isEqualTo(new KnownShards(Set.of(shard(40)), Set.of(), Set.of(SNAPSHOT), Set.of(SNAPSHOT)));
        assertThat(await(checkpoints.owners())).hasSize(2);
        ShardCheckpoint last = await(checkpoints.claim(shard(40)));
        assertThat(last.tables()).containsExactly("orders");
        assertThat(last.changes()).isEqualTo(new Position("begin"));
        assertThat(await(checkpoints.columns(shard(40)))).containsOnlyKeys("orders");
    }

    @Test
    void parentsGoBeforeTheirChildrenAndAskingAgainDoesNothing() throws Exception {
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

    /** Somebody claims the parent a moment too late. */
    @Test
    void aParentThatIsYoungerThanItsChildGoesBeforeItAllTheSame() throws Exception {
        end(SNAPSHOT, shard(0));
        end(shard(0), shard(1));
        end(shard(1), shard(2));
        age();
        claim(shard(0));
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

    @Test
    void aClosedShardThatIsGivenBackIsAsOldAsItWas() throws Exception {
        end(SNAPSHOT, shard(0));
        end(shard(0), shard(1));
        claim(shard(0));
        age();

        await(checkpoints.release(List.of(shard(0))));

        assertThat(gone()).containsExactly(shard(0));
    }

    @Test
    void whoHasLostItsShardForgetsNothing() throws Exception {
        end(SNAPSHOT, shard(0));
        end(shard(0), shard(1));
        age();
        long epoch = claim(shard(1));
        await(checkpoints.claim(shard(1)));

        assertThat(failure(checkpoints.forget(shard(1), epoch, gone())).kind()).isEqualTo(Kind.FENCED);

        assertThat(await(checkpoints.shards()).closed()).containsExactlyInAnyOrder(SNAPSHOT, shard(0));
        assertThat(rows("tributary_schema")).isEqualTo(3);
    }

    @Test
    void whatIsYoungOrNotClosedOrHasAChildThatIsNotKnownStays() throws Exception {
        end(SNAPSHOT, shard(0));
        ShardId waiting = new ShardId("orders", "waiting");
        await(checkpoints.plan(await(checkpoints.claim(waiting)), new Position("w"), Set.of("orders"), List.of()));
        Reshard together = new Reshard("t", Set.of(waiting, shard(0)), Map.of(shard(9), new Position("begin")));
        await(checkpoints.close(waiting, claim(waiting), together, Set.of()));
        end(shard(0), shard(1));
        end(shard(1), shard(2));
        age();
        end(shard(2), shard(3));
        target.execute("DELETE FROM tributary_checkpoint WHERE shard = '" + shard(1).shard() + "'");
        KnownShards before = await(checkpoints.shards());
        assertThat(before.old()).containsExactlyInAnyOrder(SNAPSHOT, shard(0));
        assertThat(before.ended()).containsExactly(waiting);

        Set<ShardId> all = Set.of(waiting, shard(0), shard(2), shard(3), new ShardId("customers", "a"));
        assertThat(await(checkpoints.forget(shard(3), claim(shard(3)), all))).isZero();

        assertThat(await(checkpoints.shards())).isEqualTo(before);
    }
}
