package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.CHANGES;
import static dev.tributary.sink.mysql.TargetFixture.SHARD;
import static dev.tributary.sink.mysql.TargetFixture.await;
import static dev.tributary.sink.mysql.TargetFixture.boundary;
import static dev.tributary.sink.mysql.TargetFixture.failure;
import static dev.tributary.sink.mysql.TargetFixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.checkpoint.Lease;
import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings.SchemaPolicy;
import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.StreamId;
import dev.tributary.route.TableRouter;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NeedsVitess
class VtGateTargetTest {
    private VitessCluster cluster;
    private Vertx vertx;
    private @Nullable MySqlSink sink;
    private final TableRouter router = new TableRouter(Optional.empty(), Optional.empty());

    private final SourceRows orders = new SourceRows(
            "orders",
            1,
            "CREATE TABLE `orders` (\n  `id` bigint NOT NULL AUTO_INCREMENT,\n  `item` varchar(20) DEFAULT NULL,\n"
                    + "  PRIMARY KEY (`id`)\n) ENGINE=InnoDB",
            "id bigint",
            "item varchar(20)");
    private final SourceRows users = new SourceRows(
            "users",
            1,
            "CREATE TABLE `users` (`id` int NOT NULL, `mail` varchar(50), PRIMARY KEY (`id`), UNIQUE KEY `m` (`mail`))",
            "id int",
            "mail varchar(50)");
    private final SourceRows log =
            new SourceRows("log", 0, "CREATE TABLE `log` (`a` int, `b` varchar(20))", "a int", "b varchar(20)");

    @BeforeEach
    void start() {
        cluster = SharedServers.vitess();
        vertx = Vertx.vertx();
    }

    @AfterEach
    void stop() throws Exception {
        if (sink != null) {
            await(sink.close());
        }
        vertx.close().toCompletionStage().toCompletableFuture().join();
        cluster.resetKeyspace();
    }

    private MySqlSink sink(String rest) {
        return sink(rest, SchemaPolicy.CREATE);
    }

    private MySqlSink sink(String rest, SchemaPolicy policy) {
        sink = new MySqlSink(
                vertx,
                ConnectionUrl.parse(
                        "TRIBUTARY_SINK", "vitess://127.0.0.1:" + cluster.mysqlPort() + "/" + rest, Optional.empty()),
                "default",
                new Lease("test", "", Duration.ofSeconds(10)),
                SchemaRules.of(policy),
                new SimpleMeterRegistry());
        return sink;
    }

    private Uni<Void> write(MySqlSink to, StreamId stream, long epoch, Mark mark, ChangeRecord... records) {
        return to.write(router.route(new ChangeBatch(stream, epoch, List.of(records), mark, 0, 0)));
    }

    private List<List<@Nullable String>> query(String keyspace, String sql) throws Exception {
        try (Connection connection = cluster.connect(keyspace)) {
            return dev.tributary.servers.Sql.query(connection, sql);
        }
    }

    @Test
    void anUnshardedKeyspaceIsWrittenLikeAMySql() throws Exception {
        MySqlSink to = sink("lookup");
        await(to.open());
        assertThat(await(to.check())).isNotEmpty();
        await(to.prepare(router.targetsOf(List.of(orders.table, users.table, log.table))));
        ShardCheckpoint claimed = await(to.checkpoints().claim(SHARD));
        await(to.checkpoints().plan(claimed, null, Set.of("orders"), List.of()));

        await(write(
                to,
                CHANGES,
                claimed.epoch(),
                boundary("p1"),
                orders.create(1, "a"),
                orders.create(2, "grün 漢字 😀"),
                users.create(1, "x"),
                users.create(2, "y"),
                log.create(1, "l"),
                log.create(1, "l")));
        await(write(
                to,
                CHANGES,
                claimed.epoch(),
                boundary("p2"),
                orders.delete(1, "a"),
                users.update(users.row(1, "x"), users.row(1, null)),
                users.update(users.row(2, "y"), users.row(2, "x")),
                users.update(users.row(1, null), users.row(1, "y")),
                log.delete(1, "l")));

        assertThat(query("lookup", "SELECT * FROM orders")).containsExactly(row("2", "grün 漢字 😀"));
        assertThat(query("lookup", "SELECT * FROM users ORDER BY id")).containsExactly(row("1", "y"), row("2", "x"));
        assertThat(query("lookup", "SELECT * FROM log")).containsExactly(row("1", "l"));

        ShardCheckpoint next = await(to.checkpoints().claim(SHARD));
        assertThat(next.changes()).isEqualTo(new Position("p2"));
        assertThat(failure(write(to, CHANGES, claimed.epoch(), boundary("p3"), orders.create(9, "stale")))
                        .kind())
                .isEqualTo(Kind.FENCED);
        assertThat(query("lookup", "SELECT COUNT(*) FROM orders")).containsExactly(row("1"));
    }

    @Test
    void aShardedKeyspaceIsWrittenRowsFirst() throws Exception {
        cluster.applyVSchema("commerce", """
                {"sharded": true, "vindexes": {"hash": {"type": "xxhash"}}, "tables": {
                  "orders": {"column_vindexes": [{"column": "id", "name": "hash"}]},
                  "users": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}""");
        MySqlSink to = sink("commerce?checkpoint=lookup");
        await(to.open());
        await(to.prepare(router.targetsOf(List.of(orders.table, users.table))));
        ShardCheckpoint claimed = await(to.checkpoints().claim(SHARD));
        ChangeRecord[] creates = new ChangeRecord[500];
        for (int i = 0; i < creates.length; i++) {
            creates[i] = orders.create(i, "n" + i);
        }

        await(write(to, CHANGES, claimed.epoch(), boundary("p1"), creates));
        await(write(
                to,
                CHANGES,
                claimed.epoch(),
                boundary("p2"),
                orders.delete(1, "n1"),
                orders.delete(2, "n2"),
                orders.update(orders.row(3, "n3"), orders.row(3, "three")),
                users.create(1, "x"),
                users.create(2, "y")));

        assertThat(query("commerce", "SELECT COUNT(*), SUM(id) FROM orders")).containsExactly(row("498", "124747"));
        assertThat(query("commerce", "SELECT item FROM orders WHERE id = 3")).containsExactly(row("three"));
        assertThat(query("commerce", "SELECT COUNT(*) FROM users")).containsExactly(row("2"));
        ShardCheckpoint next = await(to.checkpoints().claim(SHARD));
        assertThat(next.changes()).isEqualTo(new Position("p2"));
        assertThat(failure(write(to, CHANGES, claimed.epoch(), boundary("p3"), orders.create(9999, "stale")))
                        .kind())
                .isEqualTo(Kind.FENCED);
        assertThat(query("commerce", "SELECT COUNT(*) FROM orders")).containsExactly(row("498"));
    }

    @Test
    void aShardedKeyspaceNeedsAPlaceForItsPositions() {
        assertThat(failure(sink("lookup", SchemaPolicy.EVOLVE).check()))
                .hasMessageContaining("TRIBUTARY_SCHEMA: 'evolve'");
        PipelineException missing = failure(sink("commerce").open());
        assertThat(missing.kind()).isEqualTo(Kind.SETTING);
        assertThat(missing).hasMessageContaining("TRIBUTARY_SINK").hasMessageContaining("'checkpoint'");
        if (sink != null) {
            assertThat(failure(sink.check())).hasMessage(missing.getMessage());
        }
        if (sink != null) {
            await(sink.close());
        }

        assertThat(failure(sink("commerce?checkpoint=commerce").open())).hasMessageContaining("unsharded");
    }
}
