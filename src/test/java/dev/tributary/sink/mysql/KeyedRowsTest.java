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

class KeyedRowsTest {
    private TargetFixture target;

    private final SourceRows orders = new SourceRows(
            "orders",
            1,
            "CREATE TABLE `orders` (\n  `id` bigint(20) NOT NULL AUTO_INCREMENT,\n  `item` varchar(50) DEFAULT NULL,\n"
                    + "  PRIMARY KEY (`id`)\n) ENGINE=InnoDB AUTO_INCREMENT=77 DEFAULT CHARSET=utf8mb4",
            "id bigint(20)",
            "item varchar(50)");

    @BeforeEach
    void open() throws Exception {
        target = TargetFixture.open();
    }

    @AfterEach
    void close() {
        target.close();
    }

    @Test
    void insertsUpdatesAndDeletesArriveWithTheirPosition() throws Exception {
        target.prepare(orders.table);
        long epoch = target.begin();

        target.apply(epoch, "p1", orders.create(1, "pen"), orders.create(2, "ink"), orders.create(3, null));
        target.apply(
                epoch,
                "p2",
                orders.update(orders.row(1, "pen"), orders.row(1, "red pen")),
                orders.delete(2, "ink"),
                orders.create(4, "cap"));

        assertThat(target.rows("orders")).containsExactly(row("1", "red pen"), row("3", null), row("4", "cap"));
        assertThat(target.position()).isEqualTo("p2");
    }

    @Test
    void manyRowsArriveWhole() throws Exception {
        target.prepare(orders.table);
        long epoch = target.begin();
        List<ChangeRecord> records = new ArrayList<>();
        for (int i = 1; i <= 2345; i++) {
            records.add(orders.create(i, "item " + i));
        }
        target.apply(epoch, "p1", records.toArray(ChangeRecord[]::new));
        assertThat(target.query("SELECT COUNT(*), SUM(id), COUNT(DISTINCT item) FROM orders"))
                .containsExactly(row("2345", String.valueOf(2345L * 2346 / 2), "2345"));

        records.replaceAll(record ->
                new ChangeRecord(record.schema(), dev.tributary.record.Operation.DELETE, record.after(), null));
        target.apply(epoch, "p2", records.subList(1, 2345).toArray(ChangeRecord[]::new));
        assertThat(target.rows("orders")).containsExactly(row("1", "item 1"));
    }

    @Test
    void aRowThatIsThereAlreadyIsOverwritten() throws Exception {
        target.prepare(orders.table);
        long epoch = target.begin();
        target.apply(epoch, "p1", orders.create(1, "pen"));

        target.apply(epoch, "p2", orders.create(1, "ink"));

        assertThat(target.rows("orders")).containsExactly(row("1", "ink"));
    }

    @Test
    void aChangedKeyLeavesNothingUnderTheOldOne() throws Exception {
        target.prepare(orders.table);
        long epoch = target.begin();
        target.apply(epoch, "p1", orders.create(1, "a"), orders.create(2, "b"));

        // both keys move up by one, in the order in which the source allows it
        target.apply(
                epoch,
                "p2",
                orders.update(orders.row(2, "b"), orders.row(3, "b")),
                orders.update(orders.row(1, "a"), orders.row(2, "a")));

        assertThat(target.rows("orders")).containsExactly(row("2", "a"), row("3", "b"));
    }

    @Test
    void theLastOfManyChangesOfAKeyInABatchWins() throws Exception {
        target.prepare(orders.table);
        long epoch = target.begin();
        target.apply(epoch, "p1", orders.create(1, "old"), orders.create(2, "old"));

        target.apply(
                epoch,
                "p2",
                orders.delete(1, "old"),
                orders.create(1, "again"),
                orders.create(9, "short-lived"),
                orders.delete(9, "short-lived"),
                orders.update(orders.row(2, "old"), orders.row(5, "moved")),
                orders.update(orders.row(5, "moved"), orders.row(2, "moved back")));

        assertThat(target.rows("orders")).containsExactly(row("1", "again"), row("2", "moved back"));
    }

    @Test
    void aTimeIsFoundWhateverElseItReadsAs() throws Exception {
        SourceRows laps = new SourceRows("laps", 1, "CREATE TABLE `laps` (`v` time(6) PRIMARY KEY)", "v time(6)");
        target.prepare(laps.table);
        long epoch = target.begin();
        String[] times = {"00:00:00.100000", "100:00:00.1", "-838:59:59", "12:34:56.7", "00:00:00.00001"};
        for (String time : times) {
            target.apply(epoch, "c" + time, laps.create(time));
        }
        assertThat(target.query("SELECT COUNT(*) FROM laps")).containsExactly(row("5"));

        for (String time : times) {
            target.apply(epoch, "d" + time, laps.delete(time));
        }

        assertThat(target.query("SELECT * FROM laps")).isEmpty();
    }

    @Test
    void theOtherColumnsOfACompositeKeyCount() throws Exception {
        SourceRows stock = new SourceRows(
                "stock",
                2,
                "CREATE TABLE `stock` (`shop` varchar(20) NOT NULL, `sku` bigint unsigned NOT NULL, `n` int,"
                        + " PRIMARY KEY (`shop`,`sku`))",
                "shop varchar(20)",
                "sku bigint unsigned",
                "n int");
        target.prepare(stock.table);
        long epoch = target.begin();
        // two neighbours that are one as doubles
        String low = "18446744073709551614";
        String high = "18446744073709551615";
        target.apply(epoch, "p1", stock.create("a", low, 1), stock.create("a", high, 2), stock.create("b", low, 3));

        target.apply(
                epoch, "p2", stock.delete("a", low, 1), stock.update(stock.row("b", low, 3), stock.row("b", high, 4)));

        assertThat(target.rows("stock")).containsExactly(row("a", high, "2"), row("b", high, "4"));
    }

    @Test
    void deletesFindTheirRowsThroughTheKeysIndex() throws Exception {
        SourceRows stock = new SourceRows(
                "stock",
                2,
                "CREATE TABLE `stock` (`shop` int NOT NULL, `sku` bigint NOT NULL, PRIMARY KEY (`shop`,`sku`))",
                "shop int",
                "sku bigint");
        target.prepare(stock.table);
        long epoch = target.begin();
        List<ChangeRecord> records = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            records.add(stock.create(i % 10, i));
        }
        target.apply(epoch, "p1", records.toArray(ChangeRecord[]::new));
        target.execute("ANALYZE TABLE stock");
        long before = target.rowsScanned();

        target.apply(epoch, "p2", stock.delete(1, 11), stock.delete(2, 22), stock.delete(3, 33), stock.delete(4, 44));

        assertThat(target.rowsScanned() - before).isLessThan(1500);
        assertThat(target.query("SELECT COUNT(*) FROM stock")).containsExactly(row("2996"));
    }

    @Test
    void aTableWithoutAnIndexOnItsKeyIsRefused() throws Exception {
        target.execute("CREATE TABLE orders (id bigint NOT NULL, item varchar(50), KEY (id))");

        PipelineException refusal = failure(target.sink.prepare(target.router.targetsOf(List.of(orders.table))));

        assertThat(refusal)
                .hasMessageContaining("table orders")
                .hasMessageContaining("unique index")
                .hasMessageContaining("(id)");
        assertThat(refusal.kind()).isEqualTo(Kind.FATAL);
    }

    @Test
    void decimalKeysAreTheSameHoweverTheyAreWritten() throws Exception {
        SourceRows prices = new SourceRows(
                "prices",
                1,
                "CREATE TABLE `prices` (`p` decimal(30,4) NOT NULL, `n` int, PRIMARY KEY (`p`))",
                "p decimal(30,4)",
                "n int");
        target.prepare(prices.table);
        long epoch = target.begin();

        target.apply(
                epoch,
                "p1",
                prices.create("0.1000", 1),
                prices.delete(".1000", 1),
                prices.create("12345678901234567890.0001", 2),
                prices.create("12345678901234567890.0002", 3));
        target.apply(epoch, "p2", prices.delete("12345678901234567890.0001", 2));

        assertThat(target.rows("prices")).containsExactly(row("12345678901234567890.0002", "3"));
    }
}
