package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.CHANGES;
import static dev.tributary.sink.mysql.TargetFixture.await;
import static dev.tributary.sink.mysql.TargetFixture.boundary;
import static dev.tributary.sink.mysql.TargetFixture.failure;
import static dev.tributary.sink.mysql.TargetFixture.part;
import static dev.tributary.sink.mysql.TargetFixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.servers.Await;
import io.micrometer.core.instrument.Counter;
import io.smallrye.mutiny.Uni;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows and position are one: what is committed, when, and what is left of what is not. */
class TransactionTest {
    private TargetFixture target;

    private final SourceRows orders = new SourceRows(
            "orders", 1, "CREATE TABLE `orders` (`id` int NOT NULL, `n` int, PRIMARY KEY (`id`))", "id int", "n int");
    private final SourceRows small = new SourceRows(
            "small",
            1,
            "CREATE TABLE `small` (`id` int NOT NULL, `n` tinyint, PRIMARY KEY (`id`))",
            "id int",
            "n tinyint");

    @BeforeEach
    void open() throws Exception {
        target = TargetFixture.open();
        target.prepare(orders.table, small.table);
    }

    @AfterEach
    void close() {
        target.close();
    }

    @Test
    void aStaleOwnersBatchLeavesNoRowAndNoPosition() throws Exception {
        long stale = target.begin();
        target.apply(stale, "p1", orders.create(1, 1));
        try (TargetFixture other = target.another()) {
            ShardCheckpoint claimed = other.claim();
            assertThat(claimed.epoch()).isGreaterThan(stale);
            assertThat(claimed.changes()).isEqualTo(new Position("p1"));

            PipelineException fenced =
                    failure(target.write(CHANGES, stale, boundary("p2"), orders.create(2, 2), orders.delete(1, 1)));

            assertThat(fenced.kind()).isEqualTo(Kind.FENCED);
            assertThat(fenced).hasMessageContaining("commerce/-80");
            assertThat(target.rows("orders")).containsExactly(row("1", "1"));
            other.prepare(orders.table);
            other.apply(claimed.epoch(), "p2", orders.create(2, 2));
        }
        assertThat(target.rows("orders")).containsExactly(row("1", "1"), row("2", "2"));
        assertThat(target.position()).isEqualTo("p2");
    }

    @Test
    void aFailedLaneRefusesEverythingAfterIt() throws Exception {
        long epoch = target.begin();

        Uni<Void> bad = target.write(CHANGES, epoch, boundary("p1"), small.create(1, 300));
        Uni<Void> after = target.write(CHANGES, epoch, boundary("p2"), orders.create(2, 2));

        assertThat(failure(bad).kind()).isEqualTo(Kind.FATAL);
        assertThat(failure(after).kind()).isEqualTo(Kind.FATAL);
        assertThat(failure(target.write(CHANGES, epoch, boundary("p3"), orders.create(3, 3)))
                        .kind())
                .isEqualTo(Kind.FATAL);
        assertThat(target.rows("orders")).isEmpty();
        assertThat(target.position()).isNull();
    }

    @Test
    void nothingIsCommittedIfAStatementInTheMiddleFails() throws Exception {
        long epoch = target.begin();

        PipelineException refusal = failure(target.write(
                CHANGES, epoch, boundary("p1"), orders.create(1, 1), small.create(1, 300), orders.create(2, 2)));

        assertThat(refusal)
                .hasMessageContaining("table small")
                .hasMessageContaining("1264")
                .hasMessageContaining("column n")
                .hasMessageNotContaining("300");
        assertThat(target.rows("orders")).isEmpty();
        assertThat(target.rows("small")).isEmpty();
        assertThat(target.position()).isNull();
        // the session that failed is whole again for others
        long next = target.claim().epoch();
        target.apply(next, "p1", orders.create(1, 1));
        assertThat(target.rows("orders")).containsExactly(row("1", "1"));
    }

    @Test
    void batchesOfAStreamAreWrittenInTheOrderOfTheirCalls() throws Exception {
        long epoch = target.begin();
        List<Uni<Void>> writes = new ArrayList<>();
        ChangeRecord last = orders.create(1, 0);
        writes.add(target.write(CHANGES, epoch, boundary("p0"), last));
        for (int i = 1; i <= 200; i++) {
            writes.add(target.write(
                    CHANGES, epoch, boundary("p" + i), orders.update(orders.row(1, i - 1), orders.row(1, i))));
        }
        for (Uni<Void> write : writes) {
            await(write);
        }

        assertThat(target.rows("orders")).containsExactly(row("1", "200"));
        assertThat(target.position()).isEqualTo("p200");
    }

    @Test
    void lanesThatDeadlockAreRepeatedUntilAllIsWritten() throws Exception {
        long epoch = target.begin(part("orders").part());
        List<ChangeRecord> all = new ArrayList<>();
        for (int i = 1; i <= 400; i++) {
            all.add(orders.create(i, 0));
        }
        target.apply(epoch, "p0", all.toArray(ChangeRecord[]::new));
        // one lane walks up the table, the other down, many statements each, so that they meet in the middle
        List<Uni<Void>> writes = new ArrayList<>();
        for (int round = 1; round <= 30; round++) {
            writes.add(target.write(CHANGES, epoch, boundary("up" + round), walk(round, true)));
            writes.add(target.write(
                    part("orders"), epoch, new Mark.Boundary(new Position("down" + round)), walk(round, false)));
        }
        for (Uni<Void> write : writes) {
            await(write);
        }

        assertThat(target.query("SELECT COUNT(*), MIN(n), MAX(n) FROM orders")).containsExactly(row("400", "30", "30"));
        assertThat(target.position()).isEqualTo("up30");
    }

    private ChangeRecord[] walk(int round, boolean up) {
        ChangeRecord[] records = new ChangeRecord[400];
        for (int i = 0; i < records.length; i++) {
            int id = up ? i + 1 : records.length - i;
            records[i] = orders.update(orders.row(id, round - 1), orders.row(id, round));
        }
        return records;
    }

    @Test
    void whatFollowsADeadlockInThePipelineIsNotCommittedByItself() throws Exception {
        long epoch = target.begin();
        target.apply(epoch, "p1", orders.create(1, 1), small.create(1, 1));
        target.execute("CREATE TABLE weight (n int)", "CREATE TABLE third LIKE orders");
        SourceRows third = new SourceRows("third", 1, "", "id int", "n int");
        try (Connection other = target.server.connect(target.database);
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            // the server gives up the transaction that has changed less
            statement.execute("INSERT INTO weight SELECT 1 FROM information_schema.COLLATIONS");
            statement.execute("SELECT * FROM small WHERE id = 1 FOR UPDATE");
            Uni<Void> write = target.write(
                    CHANGES, epoch, boundary("p2"), orders.create(1, 2), small.create(1, 2), third.create(1, 2));
            waitFor("SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '" + target.database
                    + "' AND INFO LIKE '%small%' AND ID <> CONNECTION_ID() AND COMMAND = 'Execute'");
            statement.execute("SELECT * FROM orders WHERE id = 1 FOR UPDATE");
            Counter conflicts = target.meters.counter("tributary.sink.conflicts", "shard", "commerce/-80");
            Await.until("a conflict", Duration.ofSeconds(30), () -> conflicts.count() > 0, () -> "none counted");
            // it is tried again, up to the lock that is still held
            target.awaitWaiting(1);

            assertThat(target.rows("third")).isEmpty();
            assertThat(target.position()).isEqualTo("p1");
            other.rollback();
            await(write);
        }
        assertThat(target.rows("orders")).containsExactly(row("1", "2"));
        assertThat(target.rows("small")).containsExactly(row("1", "2"));
        assertThat(target.rows("third")).containsExactly(row("1", "2"));
        assertThat(target.position()).isEqualTo("p2");
    }

    @Test
    void aLockThatAnotherTransactionHoldsIsWaitedForOrTheStreamStartsAgain() throws Exception {
        long epoch = target.begin();
        target.apply(epoch, "p1", orders.create(1, 1));
        try (Connection blocker = target.server.connect(target.database);
                Statement statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            statement.execute("SELECT * FROM orders WHERE id = 1 FOR UPDATE");
            Uni<Void> write =
                    target.write(CHANGES, epoch, boundary("p2"), orders.update(orders.row(1, 1), orders.row(1, 2)));
            target.awaitWaiting(1);
            assertThat(target.position()).isEqualTo("p1");
            blocker.rollback();
            await(write);
        }
        assertThat(target.rows("orders")).containsExactly(row("1", "2"));
    }

    @Test
    void aConnectionThatIsKilledInTheMiddleLeavesRowsAndPositionTogether() throws Exception {
        long epoch = target.begin();
        target.apply(epoch, "p1", orders.create(1, 1), orders.create(2, 1));
        try (Connection blocker = target.server.connect(target.database);
                Statement statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            statement.execute("SELECT * FROM orders WHERE id = 2 FOR UPDATE");
            // many statements are in flight behind the one that waits
            Uni<Void> write = target.write(
                    CHANGES,
                    epoch,
                    boundary("p2"),
                    orders.delete(1, 1),
                    orders.update(orders.row(2, 1), orders.row(2, 2)),
                    small.create(1, 1));
            String writer = waitFor("SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '" + target.database
                    + "' AND INFO LIKE '%orders%' AND ID <> CONNECTION_ID() AND COMMAND = 'Execute'");
            target.server.execute("KILL " + writer);

            PipelineException lost = failure(write);

            assertThat(lost.kind()).isEqualTo(Kind.TRANSIENT);
            blocker.rollback();
        }
        assertThat(target.rows("orders")).containsExactly(row("1", "1"), row("2", "1"));
        assertThat(target.rows("small")).isEmpty();
        ShardCheckpoint again = target.claim();
        assertThat(again.changes()).isEqualTo(new Position("p1"));
        target.apply(again.epoch(), "p2", orders.delete(1, 1), orders.update(orders.row(2, 1), orders.row(2, 2)));
        assertThat(target.rows("orders")).containsExactly(row("2", "2"));
    }

    private String waitFor(String sql) {
        AtomicReference<String> found = new AtomicReference<>("");
        Await.until(
                "something is found",
                Duration.ofSeconds(30),
                () -> {
                    target.server.query(sql).forEach(row -> found.set(String.valueOf(row.get(0))));
                    return !found.get().isEmpty();
                },
                () -> sql);
        return found.get();
    }
}
