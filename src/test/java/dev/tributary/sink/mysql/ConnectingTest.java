package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.TargetFixture.CHANGES;
import static dev.tributary.sink.mysql.TargetFixture.await;
import static dev.tributary.sink.mysql.TargetFixture.boundary;
import static dev.tributary.sink.mysql.TargetFixture.failure;
import static dev.tributary.sink.mysql.TargetFixture.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.checkpoint.Lease;
import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings.SchemaPolicy;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectingTest {
    private TargetFixture target;

    private final SourceRows orders =
            new SourceRows("orders", 1, "CREATE TABLE `orders` (`id` int NOT NULL, PRIMARY KEY (`id`))", "id int");

    @BeforeEach
    void open() throws Exception {
        target = TargetFixture.open();
    }

    @AfterEach
    void close() {
        target.close();
    }

    private MySqlSink sink(String url) {
        return new MySqlSink(
                target.vertx,
                ConnectionUrl.parse("TRIBUTARY_SINK", url, Optional.empty()),
                "default",
                new Lease("test", "", Duration.ofSeconds(10)),
                SchemaRules.of(SchemaPolicy.CREATE),
                new SimpleMeterRegistry());
    }

    private String version() throws Exception {
        return String.valueOf(target.query("SELECT @@version").getFirst().getFirst());
    }

    private String url(String account, String rest) {
        return "mysql://" + account + "@127.0.0.1:" + target.server.port() + "/" + target.database + rest;
    }

    @Test
    void checkTellsTheServerAndChangesNothing() throws Exception {
        String database = target.database + "_empty";
        target.execute("CREATE DATABASE " + database);
        MySqlSink sink = sink("mysql://root@127.0.0.1:" + target.server.port() + "/" + database);

        assertThat(await(sink.check()))
                .hasSize(1)
                .first()
                .asString()
                .contains("MySQL " + version())
                .contains("/" + database)
                .contains("granted");
        assertThat(target.query("SHOW TABLES FROM " + database)).isEmpty();
        await(sink.close());
    }

    @Test
    void aMissingPrivilegeIsNamed() throws Exception {
        target.execute(
                "CREATE USER reader@'%' IDENTIFIED BY 'secret'",
                "GRANT SELECT, INSERT, CREATE, REFERENCES ON `" + target.database + "`.* TO reader@'%'");
        MySqlSink sink = sink(url("reader:secret", ""));

        PipelineException refusal = failure(sink.check());
        assertThat(refusal.kind()).isEqualTo(Kind.FATAL);
        assertThat(refusal).hasMessageContaining("lacks UPDATE, DELETE on " + target.database);

        await(sink.open());
        target.prepare(orders.table);
        long epoch = target.begin();
        PipelineException denied = failure(sink.write(target.router.route(new dev.tributary.record.ChangeBatch(
                CHANGES, epoch, java.util.List.of(orders.create(1)), boundary("p1"), 0, 0))));
        assertThat(denied.kind()).isEqualTo(Kind.FATAL);
        assertThat(denied)
                .hasMessageContaining("1142")
                .hasMessageContaining("UPDATE")
                .hasMessageContaining("grant");
        await(sink.close());
        target.execute("DROP USER reader@'%'");
    }

    @Test
    void privilegesThroughRolesCount() throws Exception {
        target.execute(
                "CREATE ROLE writer",
                "GRANT ALL ON `" + target.database + "`.* TO writer",
                "CREATE USER actor@'%' IDENTIFIED BY 'secret'",
                "GRANT writer TO actor@'%'",
                "ALTER USER actor@'%' DEFAULT ROLE writer");
        MySqlSink sink = sink(url("actor:secret", ""));

        assertThat(await(sink.check())).hasSize(1);
        await(sink.close());
        target.execute("DROP USER actor@'%'", "DROP ROLE writer");
    }

    @Test
    void aWrongPasswordIsAWrongSetting() {
        MySqlSink sink = sink(url("root:geheim", ""));

        PipelineException refusal = failure(sink.open());

        assertThat(refusal.kind()).isEqualTo(Kind.SETTING);
        assertThat(refusal)
                .hasMessageContaining("TRIBUTARY_SINK")
                .hasMessageContaining("1045")
                .hasMessageNotContaining("geheim");
        await(sink.close());
    }

    @Test
    void anAccountThatSignsInInAnUnknownWayIsAWrongSetting() throws Exception {
        // a server asks the same of some users that it does not know
        target.execute("CREATE USER old@'%' IDENTIFIED WITH sha256_password BY 'geheim'");
        MySqlSink sink = sink(url("old:geheim", ""));

        PipelineException refusal = failure(sink.open());

        assertThat(refusal.kind()).isEqualTo(Kind.SETTING);
        assertThat(refusal)
                .hasMessageContaining("TRIBUTARY_SINK")
                .hasMessageContaining("there may be no such user")
                .hasMessageContaining("caching_sha2_password")
                .hasMessageNotContaining("geheim");
        await(sink.close());
        target.execute("DROP USER old@'%'");
    }

    @Test
    void aMissingDatabaseIsAWrongSetting() {
        MySqlSink sink = sink("mysql://root@127.0.0.1:" + target.server.port() + "/nowhere");

        assertThat(failure(sink.open()).kind()).isEqualTo(Kind.SETTING);
        await(sink.close());
    }

    @Test
    void aServerThatIsNotThereMayComeBack() {
        MySqlSink sink = sink("mysql://root@127.0.0.1:1/nowhere");

        assertThat(failure(sink.open()).kind()).isEqualTo(Kind.TRANSIENT);
        await(sink.close());
    }

    @Test
    void unknownParametersAndSchemesAreRefused() {
        assertThatThrownBy(() -> sink(url("root", "?conections=3"))).hasMessageContaining("conections");
        assertThatThrownBy(() -> sink(url("root", "?tls=maybe"))).hasMessageContaining("tls");
        assertThatThrownBy(() -> sink(url("root", "?target=%40replica"))).hasMessageContaining("target");
        assertThatThrownBy(() -> sink(url("root", "?ca=/nowhere.pem"))).hasMessageContaining("/nowhere.pem");
        assertThatThrownBy(() -> sink("postgres://host/db"))
                .isInstanceOf(PipelineException.class)
                .hasMessageContaining("TRIBUTARY_SINK")
                .hasMessageContaining("postgres");
    }

    @Test
    void encryptionIsUsedWhereTheServerHasIt() {
        MySqlSink sink = sink(url("root", "?tls=required"));
        await(sink.open());
        await(sink.close());
    }

    @Test
    void aServerThatHangsIsGivenUpAndAfterwardsUsedAgain() throws Exception {
        try (var own = dev.tributary.servers.MySqlServer.start()) {
            own.execute("CREATE DATABASE hanging");
            try (TargetFixture hanging =
                    TargetFixture.on(own, target.vertx, "hanging", "&timeout=1&connect_timeout=1", Optional.empty())) {
                hanging.prepare(orders.table);
                long epoch = hanging.begin();
                hanging.apply(epoch, "p1", orders.create(1));
                own.freeze();
                try {
                    Uni<Void> write = hanging.write(CHANGES, epoch, boundary("p2"), orders.create(2), orders.create(3));
                    PipelineException lost = failure(write);
                    assertThat(lost.kind()).isEqualTo(Kind.TRANSIENT);
                    assertThat(lost).hasMessageContaining("no answer");
                    assertThat(failure(hanging.sink.checkpoints().claim(TargetFixture.SHARD))
                                    .kind())
                            .isEqualTo(Kind.TRANSIENT);
                } finally {
                    own.thaw();
                }
                var claimed = hanging.claim();
                // the frozen server had the whole of it, or nothing
                String rows =
                        String.valueOf(hanging.rows("orders, (SELECT 1) x").size());
                assertThat(rows + claimed.changes()).isIn("1" + new Position("p1"), "3" + new Position("p2"));
                hanging.apply(claimed.epoch(), "p2", orders.create(2), orders.create(3));
                assertThat(hanging.rows("orders, (SELECT 1) x")).contains(row("3", "1"));

                own.kill();
                assertThat(failure(hanging.write(CHANGES, claimed.epoch(), boundary("p3"), orders.create(4)))
                                .kind())
                        .isEqualTo(Kind.TRANSIENT);
                own.restart();
                hanging.apply(hanging.claim().epoch(), "p3", orders.create(4));
                assertThat(hanging.position()).isEqualTo("p3");
            }
        }
    }
}
