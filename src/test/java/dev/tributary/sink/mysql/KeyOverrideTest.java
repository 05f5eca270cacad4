package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.failure;
import static dev.tributary.sink.mysql.TargetFixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that the target tells apart by another key than the source. */
class KeyOverrideTest {
    private TargetFixture target;

    private final SourceRows orders = new SourceRows(
            "orders",
            1,
            "CREATE TABLE `orders` (\n  `id` bigint(20) NOT NULL AUTO_INCREMENT,\n  `item` varchar(50) NOT NULL,\n"
                    + "  PRIMARY KEY (`id`)\n) ENGINE=InnoDB AUTO_INCREMENT=77 DEFAULT CHARSET=utf8mb4",
            "id bigint(20)",
            "item varchar(50)");

    @BeforeEach
    void open() throws Exception {
        TargetFixture plain = TargetFixture.open();
        target = plain.withKeys("orders = item");
        plain.close();
    }

    @AfterEach
    void close() {
        target.close();
    }

    private long begin() throws Exception {
        target.prepare(orders.table);
        return target.begin();
    }

    @Test
    void aKeyThatIsSetReplacesTheSourcesOwn() throws Exception {
        long epoch = begin();

        target.apply(epoch, "p1", orders.create(1, "pen"), orders.create(2, "ink"), orders.create(3, "pen"));
        target.apply(epoch, "p2", orders.delete(2, "ink"));

        assertThat(target.rows("orders")).containsExactly(row("3", "pen"));
    }

    @Test
    void aRowThatHasLostItsKeyToAnotherDoesNotTakeItAway() throws Exception {
        long epoch = begin();
        target.apply(epoch, "p1", orders.create(1, "pen"), orders.create(2, "ink"));

        target.apply(epoch, "p2", orders.create(900, "pen"));
        target.apply(epoch, "p3", orders.delete(1, "pen"));

        assertThat(target.rows("orders")).containsExactlyInAnyOrder(row("900", "pen"), row("2", "ink"));
        target.apply(epoch, "p4", orders.delete(900, "pen"));
        assertThat(target.rows("orders")).containsExactly(row("2", "ink"));
    }

    @Test
    void aKeyIsTakenOverAndGivenUpInOneTransaction() throws Exception {
        long epoch = begin();
        target.apply(epoch, "p1", orders.create(1, "pen"), orders.create(2, "ink"));

        target.apply(
                epoch,
                "p2",
                orders.create(900, "pen"),
                orders.delete(1, "pen"),
                orders.delete(2, "ink"),
                orders.create(901, "ink"));

        assertThat(target.rows("orders")).containsExactlyInAnyOrder(row("900", "pen"), row("901", "ink"));
    }

    @Test
    void aKeyThatWasTakenOverAndGivenUpAgainIsGone() throws Exception {
        long epoch = begin();
        target.apply(epoch, "p1", orders.create(1, "pen"));

        target.apply(epoch, "p2", orders.create(900, "pen"), orders.delete(1, "pen"), orders.delete(900, "pen"));

        assertThat(target.rows("orders")).isEmpty();
    }

    @Test
    void aRowKeepsTheKeyThatAnotherHadForAWhileInOneTransaction() throws Exception {
        long epoch = begin();
        target.apply(epoch, "p1", orders.create(1, "pen"), orders.create(2, "ink"));

        target.apply(
                epoch,
                "p2",
                orders.update(orders.row(2, "ink"), orders.row(2, "pen")),
                orders.update(orders.row(2, "pen"), orders.row(2, "cap")),
                orders.create(3, "pen"),
                orders.delete(3, "pen"));

        assertThat(target.rows("orders")).containsExactlyInAnyOrder(row("1", "pen"), row("2", "cap"));
    }

    @Test
    void aNewRowKeepsTheKeyThatAnotherHadForAWhileInOneTransaction() throws Exception {
        long epoch = begin();

        target.apply(epoch, "p1", orders.create(1, "pen"), orders.create(2, "pen"), orders.delete(2, "pen"));

        assertThat(target.rows("orders")).containsExactly(row("1", "pen"));
    }

    @Test
    void aRowWhoseSourceKeyChangesAndThatIsDeletedInOneTransactionIsGone() throws Exception {
        long epoch = begin();
        target.apply(epoch, "p1", orders.create(1, "pen"));

        target.apply(epoch, "p2", orders.update(orders.row(1, "pen"), orders.row(7, "pen")), orders.delete(7, "pen"));

        assertThat(target.rows("orders")).isEmpty();
    }

    @Test
    void aKeyThatPassesThroughManyRowsInOneBatchIsGoneWithTheLast() throws Exception {
        long epoch = begin();
        target.apply(epoch, "p1", orders.create(1, "pen"));

        target.apply(
                epoch,
                "p2",
                orders.update(orders.row(1, "pen"), orders.row(1, "x")),
                orders.update(orders.row(2, "pen"), orders.row(2, "y")));

        assertThat(target.rows("orders")).containsExactlyInAnyOrder(row("1", "x"), row("2", "y"));
    }

    @Test
    void ofRowsThatShareAKeyForItsCollationTheLastThatWasChangedIsKept() throws Exception {
        long epoch = begin();

        target.apply(
                epoch,
                "p1",
                orders.create(1, "pen"),
                orders.create(2, "PEN"),
                orders.update(orders.row(1, "pen"), orders.row(1, "pen")));
        assertThat(target.rows("orders")).containsExactly(row("1", "pen"));
        target.apply(epoch, "p2", orders.update(orders.row(2, "PEN"), orders.row(2, "cap")));

        assertThat(target.rows("orders")).containsExactlyInAnyOrder(row("1", "pen"), row("2", "cap"));
    }

    @Test
    void twoRowsSwapTheirKeys() throws Exception {
        long epoch = begin();
        target.apply(epoch, "p1", orders.create(1, "pen"), orders.create(2, "ink"));

        // one statement of a source that has no unique index on it
        target.apply(
                epoch,
                "p2",
                orders.update(orders.row(1, "pen"), orders.row(1, "ink")),
                orders.update(orders.row(2, "ink"), orders.row(2, "pen")));

        assertThat(target.rows("orders")).containsExactlyInAnyOrder(row("1", "ink"), row("2", "pen"));
    }

    @Test
    void twoRowsSwapTheirKeysAcrossBatches() throws Exception {
        long epoch = begin();
        target.apply(epoch, "p1", orders.create(1, "pen"), orders.create(2, "ink"));

        target.apply(epoch, "p2", orders.update(orders.row(1, "pen"), orders.row(1, "ink")));
        target.apply(epoch, "p3", orders.update(orders.row(2, "ink"), orders.row(2, "pen")));

        assertThat(target.rows("orders")).containsExactlyInAnyOrder(row("1", "ink"), row("2", "pen"));
    }

    @Test
    void aRowWhoseSourceKeyChangesStaysOne() throws Exception {
        long epoch = begin();
        target.apply(epoch, "p1", orders.create(1, "pen"));

        target.apply(epoch, "p2", orders.update(orders.row(1, "pen"), orders.row(7, "pen")));
        target.apply(epoch, "p3", orders.delete(7, "pen"), orders.create(8, "ink"));

        assertThat(target.rows("orders")).containsExactly(row("8", "ink"));
    }

    @Test
    void atATargetWithTheSourcesKeyAsWell() throws Exception {
        target.execute("CREATE TABLE orders (id bigint PRIMARY KEY, item varchar(50) NOT NULL, UNIQUE KEY (item))");
        long epoch = begin();
        target.apply(epoch, "p1", orders.create(1, "pen"), orders.create(2, "ink"), orders.create(3, "cap"));

        target.apply(
                epoch,
                "p2",
                orders.create(900, "pen"),
                orders.delete(1, "pen"),
                orders.update(orders.row(2, "ink"), orders.row(2, "cap")),
                orders.update(orders.row(3, "cap"), orders.row(3, "ink")));

        assertThat(target.rows("orders"))
                .containsExactlyInAnyOrder(row("900", "pen"), row("2", "cap"), row("3", "ink"));
    }

    @Test
    void deletesFindTheirRowsThroughTheKeysIndex() throws Exception {
        long epoch = begin();
        List<ChangeRecord> records = new ArrayList<>();
        for (int i = 1; i <= 3000; i++) {
            records.add(orders.create(i, "item " + i));
        }
        target.apply(epoch, "p1", records.toArray(ChangeRecord[]::new));
        target.execute("ANALYZE TABLE orders");
        long before = target.rowsScanned();

        target.apply(epoch, "p2", orders.delete(11, "item 11"), orders.delete(12, "item 12"));

        assertThat(target.rowsScanned() - before).isLessThan(1500);
        assertThat(target.query("SELECT COUNT(*) FROM orders")).containsExactly(row("2998"));
    }

    @Test
    void aKeyOfTheSetKindThatIsNullIsRefused() throws Exception {
        target.execute("CREATE TABLE orders (id bigint, item varchar(50), UNIQUE KEY (item))");

        PipelineException refusal = failure(target.sink.prepare(target.router.targetsOf(List.of(orders.table))));

        assertThat(refusal.kind()).isEqualTo(Kind.FATAL);
        assertThat(refusal).hasMessage("table orders: key column item must be NOT NULL at the target");
    }

    /** A counter would make a key of its own for it, and another one when the copy is repeated. */
    @Test
    void aCopiedRowWithoutItsKeyIsRefused() throws Exception {
        SourceRows log = new SourceRows("log", 0, "CREATE TABLE `log` (`n` bigint)", "n bigint", "name varchar(20)");
        try (TargetFixture keyed = target.withKeys("log = n")) {
            keyed.execute("CREATE TABLE log (n bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(20))");
            keyed.prepare(log.table);
            long epoch = keyed.begin();

            PipelineException refusal = failure(keyed.write(
                    TargetFixture.CHANGES,
                    epoch,
                    TargetFixture.boundary("p1"),
                    log.snapshot(1, "a"),
                    log.snapshot(null, "b")));

            assertThat(refusal).hasMessageContaining("table log: a row has NULL in a key column");
            assertThat(keyed.rows("log")).isEmpty();
        }
    }
}
