package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.await;
import static dev.tributary.sink.mysql.TargetFixture.failure;
import static dev.tributary.sink.mysql.TargetFixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.config.Settings.SchemaPolicy;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.route.TableRouter;
import dev.tributary.route.TargetTable;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PrepareTest {
    private TargetFixture target;

    @BeforeEach
    void open() throws Exception {
        target = TargetFixture.open();
    }

    @AfterEach
    void close() {
        target.close();
    }

    @Test
    void namesThatNeedQuotesArriveQuoted() throws Exception {
        SourceRows plain = new SourceRows(
                "odd `name` ünd, (so) on",
                1,
                "CREATE TABLE `odd ``name`` ünd, (so) on` (\n  `order` int NOT NULL,\n"
                        + "  `a``b, (` varchar(20) DEFAULT ') ENGINE=x',\n"
                        + "  PRIMARY KEY (`order`)\n) ENGINE=InnoDB COMMENT='it''s ) \\\\ a , b'",
                "order int");
        target.prepare(plain.table);
        long epoch = target.begin();

        target.apply(epoch, "p1", plain.create(1), plain.create(2));
        target.apply(epoch, "p2", plain.delete(1));

        assertThat(target.query("SELECT * FROM `odd ``name`` ünd, (so) on`")).containsExactly(row("2", ") ENGINE=x"));
    }

    @Test
    void tablesWithForeignKeysAreMadeInAnyOrderAndTakeRowsInAnyOrder() throws Exception {
        SourceRows child = new SourceRows(
                "a_child",
                1,
                "CREATE TABLE `a_child` (`id` int NOT NULL, `parent` int, PRIMARY KEY (`id`), KEY `p` (`parent`),"
                        + " CONSTRAINT `fk` FOREIGN KEY (`parent`) REFERENCES `parent` (`id`) ON DELETE CASCADE)",
                "id int",
                "parent int");
        SourceRows parent =
                new SourceRows("parent", 1, "CREATE TABLE `parent` (`id` int NOT NULL, PRIMARY KEY (`id`))", "id int");
        target.prepare(child.table, parent.table);
        long epoch = target.begin();

        target.apply(epoch, "p1", child.create(1, 7));
        target.apply(epoch, "p2", parent.create(7), parent.create(8), child.create(2, 8));
        target.apply(epoch, "p3", parent.delete(7));

        assertThat(target.rows("a_child")).containsExactly(row("1", "7"), row("2", "8"));
    }

    @Test
    void anotherKeyReplacesThePrimaryKeyAndItsCounter() throws Exception {
        SourceRows orders = new SourceRows(
                "orders",
                1,
                "CREATE TABLE `orders` (\n  `id` int NOT NULL AUTO_INCREMENT,\n"
                        + "  `tenant` int NOT NULL COMMENT 'not AUTO_INCREMENT',\n  PRIMARY KEY (`id`),\n  KEY `t` (`tenant`)\n)"
                        + " ENGINE=MyISAM AUTO_INCREMENT=5",
                "id int",
                "tenant int");
        try (TargetFixture keyed = target.withKeys("orders=tenant,id")) {
            keyed.prepare(orders.table);
        }

        assertThat(target.query(
                        "SELECT COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND"
                                + " TABLE_NAME = 'orders' AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX"))
                .containsExactly(row("tenant"), row("id"));
        assertThat(target.query(
                        "SELECT ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME"
                                + " = 'orders'"))
                .containsExactly(row("InnoDB"));
        assertThat(target.query("SHOW CREATE TABLE orders").get(0).get(1)).contains("COMMENT 'not AUTO_INCREMENT'");
    }

    @Test
    void theTargetsNameIsTheSettings() throws Exception {
        SourceRows orders =
                new SourceRows("orders", 1, "CREATE TABLE `orders` (`id` int NOT NULL, PRIMARY KEY (`id`))", "id int");
        await(target.sink.prepare(
                new TableRouter(Optional.of("bestellungen"), Optional.empty()).targetsOf(List.of(orders.table))));

        assertThat(target.query("SELECT * FROM bestellungen")).isEmpty();
    }

    @Test
    void manyProcessesMayPrepareTheSameTablesAtOnce() throws Exception {
        List<SourceRows> tables = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            tables.add(new SourceRows(
                    "t" + i, 1, "CREATE TABLE `t" + i + "` (`id` int NOT NULL, PRIMARY KEY (`id`))", "id int"));
        }
        Map<dev.tributary.record.SourceTable, TargetTable> all =
                target.router.targetsOf(tables.stream().map(rows -> rows.table).toList());
        try (TargetFixture other = target.another()) {
            List<java.util.concurrent.CompletionStage<Void>> ready = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                for (Uni<Void> prepared : List.of(target.sink.prepare(all), other.sink.prepare(all))) {
                    ready.add(prepared.subscribeAsCompletionStage());
                }
            }
            for (var one : ready) {
                one.toCompletableFuture().get(30, java.util.concurrent.TimeUnit.SECONDS);
            }
        }
        assertThat(target.query("SHOW TABLES LIKE 't_'")).hasSize(5);
    }

    @Test
    void aMissingTableIsAnErrorIfNoneMayBeCreated() throws Exception {
        SourceRows orders =
                new SourceRows("orders", 1, "CREATE TABLE `orders` (`id` int NOT NULL, PRIMARY KEY (`id`))", "id int");
        MySqlSink sink = TargetFixture.sink(
                target.server, target.vertx, target.database, "", SchemaPolicy.NONE, new SimpleMeterRegistry());
        await(sink.open());

        PipelineException missing = failure(sink.prepare(target.router.targetsOf(List.of(orders.table))));

        assertThat(missing.kind()).isEqualTo(Kind.FATAL);
        assertThat(missing)
                .hasMessage("table orders does not exist at the target: set TRIBUTARY_SCHEMA=create or create it");
        await(sink.close());
    }

    @Test
    void aTableThatCanNotBeCreatedIsNamed() {
        SourceRows orders = new SourceRows("orders", 1, "CREATE TABLE `orders` (`id` nonsense)", "id int");

        PipelineException refusal = failure(target.sink.prepare(target.router.targetsOf(List.of(orders.table))));

        assertThat(refusal.kind()).isEqualTo(Kind.FATAL);
        assertThat(refusal).hasMessageStartingWith("creating table orders: MySQL error 1064");
    }

    @Test
    void anEngineWithoutTransactionsIsRefused() throws Exception {
        target.execute("CREATE TABLE orders (id int NOT NULL PRIMARY KEY) ENGINE=MyISAM");
        SourceRows orders = new SourceRows("orders", 1, "", "id int");

        PipelineException refusal = failure(target.sink.prepare(target.router.targetsOf(List.of(orders.table))));

        assertThat(refusal).hasMessageContaining("table orders").hasMessageContaining("MyISAM");
    }
}
