package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.await;
import static dev.tributary.sink.mysql.TargetFixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.config.Settings.SchemaPolicy;
import dev.tributary.record.SourceTable;
import dev.tributary.route.TableRouter;
import dev.tributary.route.TargetTable;
import dev.tributary.servers.MySqlServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A target whose server writes the names of tables in small letters. */
class FoldedNamesTest {
    private final SourceRows orders =
            new SourceRows("Orders", 1, "CREATE TABLE `Orders` (`id` int NOT NULL, PRIMARY KEY (`id`))", "id int");
    private final SourceRows items =
            new SourceRows("Items", 1, "CREATE TABLE `Items` (`id` int NOT NULL, PRIMARY KEY (`id`))", "id int");

    @Test
    void aCheckFindsTheTablesThatARunFinds() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (MySqlServer server = MySqlServer.start("--lower-case-table-names=1")) {
            server.execute("CREATE DATABASE folded", "CREATE TABLE folded.Orders (id int NOT NULL PRIMARY KEY)");
            TableRouter router = new TableRouter(Optional.empty(), Optional.empty());
            Map<SourceTable, TargetTable> one = router.targetsOf(List.of(orders.table));
            Map<SourceTable, TargetTable> both = router.targetsOf(List.of(orders.table, items.table));
            MySqlSink check =
                    TargetFixture.sink(server, vertx, "folded", "", SchemaPolicy.NONE, new SimpleMeterRegistry());

            await(check.check());
            await(check.verify(one));
            assertThat(failure(check.verify(both))).hasMessageContaining("table Items does not exist");
            assertThat(server.query("SHOW TABLES FROM folded")).hasSize(1);
            await(check.open());
            await(check.prepare(one));
            await(check.close());
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
