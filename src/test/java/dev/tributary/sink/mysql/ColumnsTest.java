package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.CHANGES;
import static dev.tributary.sink.mysql.TargetFixture.boundary;
import static dev.tributary.sink.mysql.TargetFixture.failure;
import static dev.tributary.sink.mysql.TargetFixture.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The columns of source and target need not be the same, but a value must have a place. */
class ColumnsTest {
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
    void aColumnThatTheTargetLacksStopsTheStreamBeforeAnythingIsWritten() throws Exception {
        target.execute("CREATE TABLE orders (id bigint NOT NULL PRIMARY KEY)");
        assertThatThrownBy(() -> target.prepare(orders.table)).hasMessageContaining("column item");
        long epoch = target.begin();

        PipelineException refusal = failure(target.write(CHANGES, epoch, boundary("p1"), orders.create(1, "pen")));

        assertThat(refusal.kind()).isEqualTo(Kind.FATAL);
        assertThat(refusal).hasMessageContaining("table orders").hasMessageContaining("column item");
        assertThat(target.rows("orders, (SELECT 1) x")).isEmpty();
        assertThat(target.position()).isNull();
    }

    @Test
    void aColumnThatTheSourceLacksNeedsADefault() throws Exception {
        target.execute("CREATE TABLE orders (id bigint NOT NULL PRIMARY KEY, item varchar(50), note text NOT NULL)");
        target.prepare(orders.table);
        long epoch = target.begin();

        PipelineException refusal = failure(target.write(CHANGES, epoch, boundary("p1"), orders.create(1, "pen")));

        assertThat(refusal.kind()).isEqualTo(Kind.FATAL);
        assertThat(refusal).hasMessageContaining("column note").hasMessageContaining("commerce.orders");
    }

    /** One shard has new columns before the other: rows that are equal but for them are not each other. */
    @Test
    void aRowWithoutAKeyIsTheOneThatHasNoValuesInColumnsThatItsShardLacks() throws Exception {
        SourceRows log = new SourceRows("log", 0, "", "item varchar(50)");
        target.execute(
                "CREATE TABLE log (item varchar(50), note varchar(20), n int NOT NULL DEFAULT 7, w varchar(9) DEFAULT 'new',"
                        + " at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, made int AS (n * 2) VIRTUAL,"
                        + " t text, c bigint NOT NULL AUTO_INCREMENT PRIMARY KEY)");
        target.execute(
                "INSERT INTO log (item, note, n) VALUES ('a', 'x', 7), ('a', NULL, 8), ('b', 'x', 8)",
                "INSERT INTO log (item, w) VALUES ('a', 'New')",
                "INSERT INTO log (item) VALUES ('a')",
                "INSERT INTO log (item, t) VALUES ('a', 'x')");
        target.prepare(log.table);
        long epoch = target.begin();

        target.apply(epoch, "p1", log.delete("a"));
        assertThat(target.query("SELECT item, note, n, t FROM log ORDER BY c"))
                .containsExactly(
                        row("a", "x", "7", null),
                        row("a", null, "8", null),
                        row("b", "x", "8", null),
                        row("a", null, "7", null),
                        row("a", null, "7", "x"));
        assertThat(target.query("SELECT w FROM log WHERE n = 7 AND note IS NULL AND t IS NULL"))
                .containsExactly(row("New"));

        // where the user keeps a column that is gone at the source, any of them is the row
        target.apply(epoch, "p2", log.delete("b"));
        assertThat(target.query("SELECT COUNT(*) FROM log WHERE item = 'b'")).containsExactly(row("0"));
    }

    @Test
    void aColumnAddedAtBothEndsIsFoundWithoutARestart() throws Exception {
        target.prepare(orders.table);
        long epoch = target.begin();
        target.apply(epoch, "p1", orders.create(1, "pen"));
        target.execute("ALTER TABLE orders ADD COLUMN note varchar(20)");
        SourceRows wider = new SourceRows("orders", 1, "", "id bigint(20)", "item varchar(50)", "note varchar(20)");

        target.apply(epoch, "p2", orders.create(2, "ink"), wider.create(3, "cap", "blue"));

        assertThat(target.rows("orders"))
                .containsExactly(row("1", "pen", null), row("2", "ink", null), row("3", "cap", "blue"));
    }

    @Test
    void generatedColumnsAreLeftToTheTarget() throws Exception {
        SourceRows boxes = new SourceRows(
                "boxes",
                1,
                "CREATE TABLE `boxes` (`id` int NOT NULL, `a` int, `twice` int GENERATED ALWAYS AS (`a` * 2) STORED,"
                        + " `thrice` int GENERATED ALWAYS AS (`a` * 3) VIRTUAL, PRIMARY KEY (`id`))",
                "id int",
                "a int",
                "twice int",
                "thrice int");
        target.prepare(boxes.table);
        long epoch = target.begin();

        target.apply(epoch, "p1", boxes.create(1, 5, 10, 15));

        assertThat(target.rows("boxes")).containsExactly(row("1", "5", "10", "15"));
    }

    @Test
    void moreStatementsThanAConnectionKeepsPreparedAreStillRight() throws Exception {
        target.execute(
                "CREATE TABLE wide (id int NOT NULL PRIMARY KEY, c0 int, c1 int, c2 int, c3 int, c4 int, c5 int, c6 int,"
                        + " c7 int, c8 int, c9 int)");
        try (TargetFixture single =
                TargetFixture.on(target.server, target.vertx, target.database, "&connections=1", Optional.empty())) {
            long epoch = single.begin();
            for (int round = 0; round < 2; round++) {
                // every subset of columns is another statement
                List<ChangeRecord> records = new ArrayList<>();
                for (int subset = 1; subset < 400; subset++) {
                    List<String> columns = new ArrayList<>(List.of("id int"));
                    List<Object> values = new ArrayList<>(List.of(subset));
                    for (int column = 0; column < 10; column++) {
                        if ((subset & (1 << column)) != 0) {
                            columns.add("c" + column + " int");
                            values.add(subset + round);
                        }
                    }
                    SourceRows shape = new SourceRows("wide", 1, "", columns.toArray(String[]::new));
                    records.add(shape.create(values.toArray()));
                }
                single.apply(epoch, "p" + round, records.toArray(ChangeRecord[]::new));
            }
        }
        assertThat(target.query("SELECT COUNT(*), SUM(c0 = id + 1), SUM(c3 = id + 1), SUM(c3 IS NULL) FROM wide"))
                .containsExactly(row("399", "200", "200", "199"));
    }
}
