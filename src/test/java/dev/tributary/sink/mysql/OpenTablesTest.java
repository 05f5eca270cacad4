package dev.tributary.sink.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings.SchemaPolicy;
import dev.tributary.record.Column;
import dev.tributary.record.TableId;
import dev.tributary.record.TableSchema;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.SharedServers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tables that streams of several processes make fit for their rows at the same time. */
class OpenTablesTest {
    private static final String DATABASE = "open_tables";

    private final MySqlServer server = SharedServers.mysql();
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() throws Exception {
        await(vertx.close());
    }

    @Test
    void aColumnIsNeverMadeNarrowerWhoeverWidensItMeanwhile() throws Exception {
        server.execute(
                "DROP DATABASE IF EXISTS " + DATABASE,
                "CREATE DATABASE " + DATABASE,
                "CREATE TABLE " + DATABASE + ".t (id BIGINT PRIMARY KEY, n DECIMAL(19,0))");
        List<Future<Void>> fitting = new ArrayList<>();
        for (int process = 0; process < 3; process++) {
            OpenTables tables = process();
            for (int digits = 1; digits <= 10; digits++) {
                int fractions = 3 * digits % 11;
                tables(fitting, tables, 19 + 2 * digits, fractions);
            }
        }
        for (Future<Void> fit : fitting) {
            await(fit);
        }

        assertThat(server.query("SELECT COLUMN_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '" + DATABASE
                        + "' AND COLUMN_NAME IN ('n', 'more') ORDER BY COLUMN_NAME"))
                .containsExactly(List.of("mediumtext"), List.of("decimal(49,10)"));
    }

    private static void tables(List<Future<Void>> fitting, OpenTables tables, int integers, int fractions) {
        fitting.add(tables.fit(
                new TableSchema(
                        new TableId("t", "t"),
                        List.of(
                                new Column("id", "bigint", null),
                                new Column(
                                        "n",
                                        "decimal(" + (integers + fractions) + "," + fractions + ")",
                                        StandardCharsets.UTF_8),
                                new Column("more", "mediumtext", StandardCharsets.UTF_8, "utf8mb4")),
                        List.of(0),
                        true),
                "t"));
    }

    /** As another process has it: with what it knows of the table by itself. */
    private OpenTables process() throws Exception {
        Target target = Target.parse(ConnectionUrl.parse(
                "TRIBUTARY_SINK", "mysql://root@127.0.0.1:" + server.port() + "/" + DATABASE, Optional.empty()));
        Sessions sessions = new Sessions(vertx, target, Duration.ofSeconds(10));
        Catalog catalog = new Catalog(sessions, DATABASE, false);
        await(catalog.load(List.of("t")));
        return new OpenTables(sessions, catalog, SchemaRules.of(SchemaPolicy.CREATE), DATABASE);
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
