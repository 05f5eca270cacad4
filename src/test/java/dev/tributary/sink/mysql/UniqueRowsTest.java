package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.CHANGES;
import static dev.tributary.sink.mysql.TargetFixture.SHARD;
import static dev.tributary.sink.mysql.TargetFixture.await;
import static dev.tributary.sink.mysql.TargetFixture.boundary;
import static dev.tributary.sink.mysql.TargetFixture.failure;
import static dev.tributary.sink.mysql.TargetFixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.checkpoint.Sweep;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tables with a second unique index, on which two rows of different keys can clash. */
class UniqueRowsTest {
    private TargetFixture target;

    private final SourceRows users = new SourceRows(
            "users",
            1,
            "CREATE TABLE `users` (`id` int NOT NULL, `mail` varchar(50), `n` int, PRIMARY KEY (`id`),"
                    + " UNIQUE KEY `by_mail` (`mail`))",
            "id int",
            "mail varchar(50)",
            "n int");

    @BeforeEach
    void open() throws Exception {
        target = TargetFixture.open();
        target.prepare(users.table);
    }

    @AfterEach
    void close() {
        target.close();
    }

    @Test
    void twoRowsThatSwapTheirUniqueValuesKeepTheirOwnOthers() throws Exception {
        long epoch = target.begin();
        target.apply(epoch, "p1", users.create(1, "a@x", 10), users.create(2, "b@x", 20), users.create(3, "c@x", 30));

        target.apply(
                epoch,
                "p2",
                users.update(users.row(1, "a@x", 10), users.row(1, null, 10)),
                users.update(users.row(2, "b@x", 20), users.row(2, "a@x", 20)),
                users.update(users.row(1, null, 10), users.row(1, "b@x", 10)));

        assertThat(target.rows("users"))
                .containsExactly(row("1", "b@x", "10"), row("2", "a@x", "20"), row("3", "c@x", "30"));
    }

    @Test
    void aUniqueValueThatMovesToAnotherKeyMoves() throws Exception {
        long epoch = target.begin();
        target.apply(epoch, "p1", users.create(1, "a@x", 10), users.create(2, "b@x", 20));

        target.apply(
                epoch,
                "p2",
                users.delete(1, "a@x", 10),
                users.update(users.row(2, "b@x", 20), users.row(7, "a@x", 21)));

        assertThat(target.rows("users")).containsExactly(row("7", "a@x", "21"));
    }

    @Test
    void aTrueDuplicateIsLoudAndOverwritesNothing() throws Exception {
        long epoch = target.begin();
        target.apply(epoch, "p1", users.create(1, "a@x", 10));

        PipelineException duplicate = failure(
                target.write(CHANGES, epoch, boundary("p2"), users.create(3, "c@x", 1), users.create(2, "a@x", 20)));

        assertThat(duplicate.kind()).isEqualTo(Kind.FATAL);
        assertThat(duplicate)
                .hasMessageContaining("table users")
                .hasMessageContaining("commerce/-80")
                .hasMessageContaining("1062")
                .hasMessageContaining("by_mail")
                .hasMessageNotContaining("a@x")
                .hasNoCause();
        assertThat(target.rows("users")).containsExactly(row("1", "a@x", "10"));
        assertThat(target.position()).isEqualTo("p1");
    }

    /** As long as it is to be swept: the source has no row any more of the key that is in the way. */
    @Test
    void aRowThatTheSourceHasNoMoreMakesRoom() throws Exception {
        long epoch = target.begin();
        target.apply(epoch, "p1", users.create(1, "a@x", 10), users.create(3, "c@x", 30));
        ShardCheckpoint claimed = await(target.sink.checkpoints().claim(SHARD));
        await(target.sink.checkpoints().leave(claimed, Set.of("users"), Set.of("users"), Set.of()));
        target.prepare(users.table);

        target.apply(claimed.epoch(), "p2", users.create(2, "a@x", 20), users.create(3, "c@x", 31));

        assertThat(target.rows("users")).containsExactly(row("2", "a@x", "20"), row("3", "c@x", "31"));
        for (Sweep sweep : await(target.sink.checkpoints().sweeps(Set.of()))) {
            await(target.sink.checkpoints().swept(sweep));
        }
        PipelineException duplicate =
                failure(target.write(CHANGES, claimed.epoch(), boundary("p3"), users.create(4, "a@x", 20)));
        assertThat(duplicate).hasMessageContaining("1062");
    }
}
