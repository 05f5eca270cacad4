package dev.tributary.sink.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.ChangeRecord;
import dev.tributary.servers.MySqlServer;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeyedRowsTest {
    private static MySqlServer server;
    private static Vertx vertx;
    private TargetFixture target;

    private final SourceRows orders = new SourceRows(
            "orders",
            1,
            "CREATE TABLE `orders` (\n  `id` bigint(20) NOT NULL AUTO_INCREMENT,\n  `item` varchar(50) DEFAULT NULL,\n"
                    + "  PRIMARY KEY (`id`)\n) ENGINE=InnoDB AUTO_INCREMENT=77 DEFAULT CHARSET=utf8mb4",
            "id bigint(20)",
            "item varchar(50)");

    @BeforeAll
    static void start() {
        server = MySqlServer.start();
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        server.close();
    }

    @BeforeEach
    void open() throws Exception {
        target = TargetFixture.open(server, vertx);
    }

    @AfterEach
    void close() {
        target.close();
    }

    @Test
    void insertsUpdatesAndDeletesArrive() throws Exception {
        target.prepare(orders.table);
        long epoch = target.begin();

        target.apply(epoch, "p1", orders.create(1, "pen"), orders.create(2, "ink"), orders.create(3, null));
        target.apply(
                epoch,
                "p2",
                orders.update(orders.row(1, "pen"), orders.row(1, "red pen")),
                orders.delete(2, "ink"),
                orders.create(4, "cap"));

        assertThat(target.rows("orders")).containsExactly(list("1", "red pen"), list("3", null), list("4", "cap"));
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
                .containsExactly(list("2345", String.valueOf(2345L * 2346 / 2), "2345"));
    }

    private static List<@Nullable String> list(@Nullable String... values) {
        return java.util.Arrays.asList(values);
    }
}
