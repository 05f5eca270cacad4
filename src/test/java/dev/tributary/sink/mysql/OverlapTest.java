package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.CHANGES;
import static dev.tributary.sink.mysql.TargetFixture.await;
import static dev.tributary.sink.mysql.TargetFixture.boundary;
import static dev.tributary.sink.mysql.TargetFixture.failure;
import static dev.tributary.sink.mysql.TargetFixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.servers.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** While one batch is committed the rows of the next are written; but nothing of it is durable before the first is. */
class OverlapTest {
    private TargetFixture direct;
    private CommitGate gate;
    private TargetFixture target;
    private long epoch;

    private final SourceRows orders = new SourceRows(
            "orders", 1, "CREATE TABLE `orders` (`id` int NOT NULL, `n` int, PRIMARY KEY (`id`))", "id int", "n int");
    private final SourceRows log = new SourceRows("log", 0, "CREATE TABLE `log` (`n` int)", "n int");

    @BeforeEach
    void open() throws Exception {
        direct = TargetFixture.open();
        gate = new CommitGate(direct.vertx, direct.server.port());
        target = direct.through(gate.port());
        target.prepare(orders.table, log.table);
        epoch = target.begin();
        target.apply(epoch, "p0", orders.create(1, 0), log.create(0));
    }

    @AfterEach
    void close() {
        target.close();
        direct.close();
        gate.close();
    }

    private CompletableFuture<Void> write(String position, ChangeRecord... records) {
        return target.write(CHANGES, epoch, boundary(position), records)
                .subscribeAsCompletionStage()
                .toCompletableFuture();
    }

    /** Transactions that have written rows. */
    private long writing() throws Exception {
        return Long.parseLong(String.valueOf(
                direct.query("SELECT COUNT(DISTINCT ENGINE_TRANSACTION_ID) FROM performance_schema.data_locks"
                                + " WHERE OBJECT_SCHEMA = DATABASE() AND OBJECT_NAME IN ('orders', 'log')"
                                + " AND LOCK_TYPE = 'TABLE'")
                        .getFirst()
                        .getFirst()));
    }

    private void awaitWriting(int transactions) {
        Await.until(
                transactions + " transactions have written",
                Duration.ofSeconds(30),
                () -> writing() == transactions,
                () -> "in " + direct.database);
    }

    @Test
    void theRowsOfTheNextBatchAreThereBeforeTheFirstIsCommitted() throws Exception {
        gate.hold();
        CompletableFuture<Void> first = write("p1", orders.create(2, 1));
        gate.awaitHeld(1);
        CompletableFuture<Void> second = write("p2", orders.create(3, 2));
        CompletableFuture<Void> third = write("p3", orders.create(4, 3));

        awaitWriting(2);
        assertThat(direct.position()).isEqualTo("p0");
        assertThat(List.of(first, second, third)).noneMatch(CompletableFuture::isDone);

        gate.release();
        third.get(30, TimeUnit.SECONDS);
        assertThat(List.of(first, second)).allMatch(CompletableFuture::isDone);
        assertThat(direct.position()).isEqualTo("p3");
        assertThat(direct.rows("orders")).containsExactly(row("1", "0"), row("2", "1"), row("3", "2"), row("4", "3"));
    }

    @Test
    void theSameRowsWaitForTheFirst() throws Exception {
        gate.hold();
        CompletableFuture<Void> first =
                write("p1", orders.update(orders.row(1, 0), orders.row(1, 1)), orders.create(2, 1));
        gate.awaitHeld(1);
        CompletableFuture<Void> second =
                write("p2", orders.update(orders.row(1, 1), orders.row(1, 2)), orders.delete(2, 1));
        direct.awaitWaiting(1);

        gate.release();
        second.get(30, TimeUnit.SECONDS);
        assertThat(first).isCompleted();
        assertThat(direct.rows("orders")).containsExactly(row("1", "2"));
        assertThat(direct.position()).isEqualTo("p2");
    }

    @Test
    void nothingOfTheNextBatchIsLeftIfTheFirstIsNotCommitted() throws Exception {
        gate.hold();
        CompletableFuture<Void> first = write("p1", orders.create(2, 1));
        gate.awaitHeld(1);
        CompletableFuture<Void> second = write("p2", orders.create(3, 2));
        awaitWriting(2);

        gate.cut();

        assertThat(first).failsWithin(Duration.ofSeconds(30));
        assertThat(second).failsWithin(Duration.ofSeconds(30));
        assertThat(failure(target.write(CHANGES, epoch, boundary("p3"), orders.create(4, 3)))
                        .kind())
                .isEqualTo(Kind.TRANSIENT);
        await(target.sink.abandon(TargetFixture.SHARD, epoch));
        awaitWriting(0);
        assertThat(direct.rows("orders")).containsExactly(row("1", "0"));
        assertThat(direct.position()).isEqualTo("p0");

        epoch = target.claim().epoch();
        target.apply(epoch, "p2", orders.create(2, 1), orders.create(3, 2));
        assertThat(direct.rows("orders")).hasSize(3);
    }

    @Test
    void whatTheNextBatchMeetsIsNotFinalBeforeTheFirstIs() throws Exception {
        direct.execute("SET GLOBAL innodb_lock_wait_timeout = 1");
        try {
            target.close();
            target = direct.through(gate.port());
            target.prepare(orders.table, log.table);
            epoch = target.claim().epoch();
            gate.hold();
            CompletableFuture<Void> first = write("p1", orders.update(orders.row(1, 0), orders.row(1, 1)));
            gate.awaitHeld(1);
            CompletableFuture<Void> second = write("p2", orders.update(orders.row(1, 1), orders.row(1, 2)));
            direct.awaitWaiting(1);
            // the server has had enough of it
            direct.awaitWaiting(0);
            assertThat(List.of(first, second)).noneMatch(CompletableFuture::isDone);

            gate.release();
            second.get(30, TimeUnit.SECONDS);
            assertThat(first).isCompleted();
            assertThat(direct.rows("orders")).containsExactly(row("1", "2"));
            assertThat(direct.position()).isEqualTo("p2");
        } finally {
            direct.execute("SET GLOBAL innodb_lock_wait_timeout = 50");
        }
    }

    @Test
    void aNewOwnerKeepsTheNextBatchFromBeingCommitted() throws Exception {
        gate.hold();
        CompletableFuture<Void> first = write("p1", orders.create(2, 1));
        gate.awaitHeld(1);
        CompletableFuture<Void> second = write("p2", orders.create(3, 2));
        awaitWriting(2);
        CompletableFuture<ShardCheckpoint> claim = CompletableFuture.supplyAsync(direct::claim);
        direct.awaitWaiting(1);

        gate.release();

        ShardCheckpoint claimed = claim.get(30, TimeUnit.SECONDS);
        assertThat(claimed.epoch()).isGreaterThan(epoch);
        first.get(30, TimeUnit.SECONDS);
        // which of the two is first at the checkpoint is open; but nothing is written behind the new owner's back
        boolean fenced = second.handle((done, failed) -> failed != null).get(30, TimeUnit.SECONDS);
        assertThat(claimed.changes()).isEqualTo(new Position(fenced ? "p1" : "p2"));
        assertThat(direct.position()).isEqualTo(fenced ? "p1" : "p2");
        assertThat(direct.rows("orders")).hasSize(fenced ? 2 : 3);
    }

    @Test
    void rowsThatAreFoundByTheirValuesWaitForTheFirst() throws Exception {
        gate.hold();
        CompletableFuture<Void> first = write("p1", log.create(1));
        gate.awaitHeld(1);
        // what comes first in the batch would find no lock to wait for
        CompletableFuture<Void> second = write("p2", orders.create(3, 2), log.delete(1));
        CompletableFuture<Void> third = write("p3", orders.create(4, 3));
        for (int i = 0; i < 20; i++) {
            assertThat(writing()).isEqualTo(1);
        }

        gate.release();
        third.get(30, TimeUnit.SECONDS);
        assertThat(List.of(first, second)).allMatch(CompletableFuture::isDone);
        assertThat(direct.query("SELECT * FROM log")).containsExactly(row("0"));
        assertThat(direct.rows("orders")).hasSize(3);
    }
}
