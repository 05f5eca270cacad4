package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.CHANGES;
import static dev.tributary.sink.mysql.TargetFixture.await;
import static dev.tributary.sink.mysql.TargetFixture.boundary;
import static dev.tributary.sink.mysql.TargetFixture.failure;
import static dev.tributary.sink.mysql.TargetFixture.part;
import static dev.tributary.sink.mysql.TargetFixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.StreamId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AppendedRowsTest {
    private static final StreamId COPY = part("log");

    private TargetFixture target;

    private final SourceRows log =
            new SourceRows("log", 0, "CREATE TABLE `log` (`at` int, `what` varchar(20))", "at int", "what varchar(20)");

    @BeforeEach
    void open() throws Exception {
        target = TargetFixture.open();
    }

    @AfterEach
    void close() {
        target.close();
    }

    @Test
    void rowsWithoutAKeyAreAppendedEvenIfTheyAreEqual() throws Exception {
        target.prepare(log.table);
        long epoch = target.begin();

        target.apply(epoch, "p1", log.create(1, "a"), log.create(1, "a"), log.create(null, null));
        target.apply(epoch, "p2", log.create(1, "a"));

        assertThat(target.rows("log")).containsExactly(row(null, null), row("1", "a"), row("1", "a"), row("1", "a"));
    }

    @Test
    void aDeleteTakesOneOfEqualRows() throws Exception {
        target.prepare(log.table);
        long epoch = target.begin();
        target.apply(epoch, "p1", log.create(1, "a"), log.create(1, "a"), log.create(null, null), log.create(1, "A"));

        target.apply(epoch, "p2", log.delete(1, "a"), log.delete(null, null));

        assertThat(target.query("SELECT `at`, what FROM log ORDER BY BINARY what"))
                .containsExactly(row("1", "A"), row("1", "a"));
    }

    @Test
    void anUpdateTakesOneRowAndAppendsAnother() throws Exception {
        target.prepare(log.table);
        long epoch = target.begin();

        target.apply(
                epoch,
                "p1",
                log.create(1, "a"),
                log.create(1, "a"),
                log.update(log.row(1, "a"), log.row(2, "b")),
                log.update(log.row(2, "b"), log.row(3, "c")));

        assertThat(target.rows("log")).containsExactly(row("1", "a"), row("3", "c"));
    }

    @Test
    void aRowThatIsNotThereIsADivergenceAndNothingOfItsBatchStays() throws Exception {
        target.prepare(log.table);
        long epoch = target.begin();
        target.apply(epoch, "p1", log.create(1, "a"));

        PipelineException divergence =
                failure(target.write(CHANGES, epoch, boundary("p2"), log.create(5, "e"), log.delete(1, "geheim")));

        assertThat(divergence.kind()).isEqualTo(Kind.FATAL);
        assertThat(divergence)
                .hasMessageContaining("table log")
                .hasMessageContaining("commerce/-80")
                .hasMessageContaining("p2")
                .hasMessageNotContaining("geheim");
        assertThat(target.rows("log")).containsExactly(row("1", "a"));
        assertThat(target.position()).isEqualTo("p1");
    }

    @Test
    void rowsOfOpenBatchesAreInvisibleUntilTheirPartIsCopied() throws Exception {
        target.prepare(log.table);
        long epoch = target.begin(COPY.part());

        await(target.write(COPY, epoch, new Mark.Open(), log.snapshot(1, "a"), log.snapshot(2, "b")));
        await(target.write(COPY, epoch, new Mark.Open(), log.snapshot(3, "c")));
        assertThat(target.rows("log")).isEmpty();

        await(target.write(COPY, epoch, new Mark.Copied(new Position("c1")), log.snapshot(4, "d")));

        assertThat(target.rows("log")).hasSize(4);
        assertThat(target.query("SELECT position, state FROM tributary_checkpoint WHERE source_table = 'log'"))
                .containsExactly(row("c1", "copied"));
    }

    @Test
    void rowsOfOpenBatchesAreDurableWithTheNextPlaceToo() throws Exception {
        target.prepare(log.table);
        long epoch = target.begin();

        await(target.write(TargetFixture.CHANGES, epoch, new Mark.Open(), log.create(1, "a"), log.create(2, "b")));
        assertThat(target.rows("log")).isEmpty();
        target.apply(epoch, "p1", log.create(3, "c"));
        assertThat(target.rows("log")).hasSize(3);
        target.apply(epoch, "p2", log.create(4, "d"));

        assertThat(target.rows("log")).hasSize(4);
        assertThat(target.position()).isEqualTo("p2");
    }

    @Test
    void openTransactionsDoNotStarveOtherStreams() throws Exception {
        target.prepare(log.table);
        PartId[] parts = new PartId[8];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = new PartId("log", i);
        }
        long epoch = target.begin(parts);
        for (PartId part : parts) {
            StreamId stream = new StreamId(TargetFixture.SHARD, part);
            await(target.write(stream, epoch, new Mark.Open(), log.snapshot(part.index(), "copied")));
        }

        target.apply(epoch, "p1", log.create(99, "change"));
        assertThat(target.rows("log")).containsExactly(row("99", "change"));

        for (PartId part : parts) {
            StreamId stream = new StreamId(TargetFixture.SHARD, part);
            await(target.write(stream, epoch, new Mark.Copied(new Position("c" + part.index()))));
        }
        assertThat(target.rows("log")).hasSize(9);
    }

    @Test
    void whatIsAbandonedLeavesNothing() throws Exception {
        target.prepare(log.table);
        long epoch = target.begin(COPY.part());
        await(target.write(COPY, epoch, new Mark.Open(), log.snapshot(1, "a")));

        await(target.sink.abandon(TargetFixture.SHARD, epoch));

        PipelineException refusal =
                failure(target.write(COPY, epoch, new Mark.Copied(new Position("c1")), log.snapshot(2, "b")));
        assertThat(refusal.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(target.rows("log")).isEmpty();
        // taken up again under a new claim
        long next = target.claim().epoch();
        await(target.write(COPY, next, new Mark.Open(), log.snapshot(1, "a")));
        await(target.write(COPY, next, new Mark.Copied(new Position("c1")), log.snapshot(2, "b")));
        assertThat(target.rows("log")).containsExactly(row("1", "a"), row("2", "b"));
    }

    @Test
    void anOpenTransactionOfAStaleOwnerIsFencedAtItsEnd() throws Exception {
        target.prepare(log.table);
        long epoch = target.begin(COPY.part());
        await(target.write(COPY, epoch, new Mark.Open(), log.snapshot(1, "a")));
        try (TargetFixture other = target.another()) {
            long next = other.claim().epoch();
            PipelineException fenced = failure(target.write(COPY, epoch, new Mark.Copied(new Position("c1"))));

            assertThat(fenced.kind()).isEqualTo(Kind.FENCED);
            other.prepare(log.table);
            await(other.write(COPY, next, new Mark.Open(), log.snapshot(1, "a")));
            await(other.write(COPY, next, new Mark.Copied(new Position("c1"))));
        }
        assertThat(target.rows("log")).containsExactly(row("1", "a"));
    }
}
