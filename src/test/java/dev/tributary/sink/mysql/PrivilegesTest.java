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
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.SourceTable;
import dev.tributary.route.TargetTable;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A user that may do what the documentation says, and nothing more. */
class PrivilegesTest {
    private static final String WITHOUT_SCHEMA = "SELECT, INSERT, UPDATE, DELETE, CREATE";
    private static final String EVERY = WITHOUT_SCHEMA + ", REFERENCES";

    private TargetFixture target;
    private @Nullable MySqlSink sink;

    private final SourceRows child = new SourceRows(
            "a_child",
            1,
            "CREATE TABLE `a_child` (`id` int NOT NULL, `parent` int, PRIMARY KEY (`id`), KEY `p` (`parent`),"
                    + " CONSTRAINT `fk` FOREIGN KEY (`parent`) REFERENCES `parent` (`id`) ON DELETE CASCADE)",
            "id int",
            "parent int");
    private final SourceRows parent =
            new SourceRows("parent", 1, "CREATE TABLE `parent` (`id` int NOT NULL, PRIMARY KEY (`id`))", "id int");
    private final SourceRows sibling = new SourceRows(
            "sibling",
            1,
            "CREATE TABLE `sibling` (`id` int NOT NULL, `parent` int, PRIMARY KEY (`id`),"
                    + " CONSTRAINT `fk2` FOREIGN KEY (`parent`) REFERENCES `parent` (`id`))",
            "id int",
            "parent int");
    private final SourceRows log = new SourceRows("log", 0, "CREATE TABLE `log` (`a` int)", "a int");

    @BeforeEach
    void open() throws Exception {
        target = TargetFixture.open();
        target.execute("DROP TABLE tributary_checkpoint", "CREATE USER exact@'%' IDENTIFIED BY 'secret'");
    }

    @AfterEach
    void close() throws Exception {
        if (sink != null) {
            await(sink.close());
        }
        target.execute("DROP USER exact@'%'");
        target.close();
    }

    private MySqlSink sink(String privileges, SchemaPolicy policy) throws Exception {
        return sink(privileges, policy, "");
    }

    private MySqlSink sink(String privileges, SchemaPolicy policy, String parameters) throws Exception {
        target.execute("GRANT " + privileges + " ON `" + target.database + "`.* TO exact@'%'");
        sink = new MySqlSink(
                target.vertx,
                ConnectionUrl.parse(
                        "TRIBUTARY_SINK",
                        "mysql://exact:secret@127.0.0.1:" + target.server.port() + "/" + target.database + parameters,
                        Optional.empty()),
                "default",
                new Lease("test", "", Duration.ofSeconds(10)),
                SchemaRules.of(policy),
                new SimpleMeterRegistry());
        return sink;
    }

    @Test
    void aBinlogIsLeftOutByThoseWhoMay() throws Exception {
        await(target.sink.open());
        target.prepare(log.table);
        try (TargetFixture quiet =
                TargetFixture.on(target.server, target.vertx, target.database, "&binlog=false", Optional.empty())) {
            List<?> before = target.query("SHOW MASTER STATUS");
            long epoch = quiet.begin();
            await(quiet.sink.prepare(quiet.router.targetsOf(List.of(log.table))));
            await(quiet.write(CHANGES, epoch, boundary("p1"), log.create(1)));
            assertThat(target.query("SHOW MASTER STATUS")).isEqualTo(before);
        }
        assertThat(target.query("SELECT * FROM log")).containsExactly(row("1"));

        PipelineException refused =
                failure(sink(EVERY, SchemaPolicy.CREATE, "?binlog=false").open());

        assertThat(refused.kind()).isEqualTo(Kind.FATAL);
        assertThat(refused).hasMessageContaining("1227").hasMessageContaining("privilege");
    }

    private Map<SourceTable, TargetTable> tables() {
        return target.router.targetsOf(List.of(child.table, parent.table, sibling.table, log.table));
    }

    @Test
    void sufficeForASchemaWithForeignKeysAndItsRows() throws Exception {
        MySqlSink to = sink(EVERY, SchemaPolicy.CREATE);
        assertThat(await(to.check())).singleElement().asString().contains("every privilege needed is granted");
        await(to.open());
        await(to.prepare(tables()));
        ShardCheckpoint claimed = await(to.checkpoints().claim(SHARD));
        await(to.checkpoints().plan(claimed, null, Set.of("parent"), List.of()));

        write(
                to,
                claimed,
                "p1",
                child.create(1, 7),
                parent.create(7),
                sibling.create(3, 7),
                log.create(1),
                log.create(1));
        write(
                to,
                claimed,
                "p2",
                child.update(child.row(1, 7), child.row(1, 8)),
                parent.delete(7),
                parent.create(8),
                sibling.delete(3, 7),
                log.delete(1));

        assertThat(target.rows("a_child")).containsExactly(row("1", "8"));
        assertThat(target.query("SELECT * FROM parent")).containsExactly(row("8"));
        assertThat(target.rows("sibling")).isEmpty();
        assertThat(target.query("SELECT * FROM log")).containsExactly(row("1"));
        assertThat(target.query("SELECT COUNT(*) FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE"
                        + " CONSTRAINT_SCHEMA = DATABASE()"))
                .containsExactly(row("2"));
        assertThat(target.position()).isEqualTo("p2");
    }

    private void write(MySqlSink to, ShardCheckpoint claimed, String position, ChangeRecord... records) {
        await(to.write(target.router.route(
                new ChangeBatch(CHANGES, claimed.epoch(), List.of(records), boundary(position), 0, 0))));
    }

    @Test
    void tablesWithForeignKeysAreNotCreatedWithoutReferences() throws Exception {
        MySqlSink to = sink(WITHOUT_SCHEMA, SchemaPolicy.CREATE);

        assertThat(failure(to.check())).hasMessageContaining("lacks REFERENCES on " + target.database + "; grant it");
        await(to.open());
        assertThat(failure(to.prepare(tables())))
                .hasMessageContaining("1142")
                .hasMessageContaining("REFERENCES")
                .satisfies(denied -> assertThat(denied.kind()).isEqualTo(Kind.FATAL));
    }

    @Test
    void whoCreatesNoTablesNeedsNoReferences() throws Exception {
        assertThat(await(sink(WITHOUT_SCHEMA, SchemaPolicy.NONE).check()))
                .singleElement()
                .asString()
                .contains("every privilege needed is granted");
    }
}
