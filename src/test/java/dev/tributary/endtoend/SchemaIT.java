package dev.tributary.endtoend;

import static dev.tributary.endtoend.EndToEnd.assertEqual;
import static dev.tributary.endtoend.EndToEnd.assertExit;
import static dev.tributary.endtoend.EndToEnd.await;
import static dev.tributary.endtoend.EndToEnd.awaitFollowing;
import static dev.tributary.endtoend.EndToEnd.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.Await;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Schema changes of a source of two shards that is written to meanwhile; {@code -Dtarget=mariadb} carries them to a MariaDB. */
@NeedsVitess
class SchemaIT {
    private static final String ITEMS =
            "id BIGINT PRIMARY KEY, n INT NOT NULL, name VARCHAR(20) NOT NULL DEFAULT 'first', note VARCHAR(20)";

    private final VitessCluster source = SharedServers.vitess();
    private SourceTables tables;

    @BeforeEach
    void makeTables() throws SQLException {
        tables = SourceTables.in(source)
                .create("items", "id", ITEMS)
                .insert("items", 200, id -> (id + 1000) + ", " + id + ", 'seed', NULL");
    }

    @Tag("long")
    @Test
    void columnsThatAreAddedAndWidenedFollow() throws Exception {
        Replica replica = evolving("schema_add");
        try (SchemaLoad load = SchemaLoad.start(source, "items");
                TributaryProcess pipeline = replica.start()) {
            awaitFollowing(replica, pipeline);
            load.more(100);
            ddl("ALTER TABLE items ADD COLUMN extra VARCHAR(10)");
            write("UPDATE items SET extra = 'extra' WHERE id % 7 = 0");
            load.more(100);
            ddl(
                    "ALTER TABLE items ADD COLUMN counted INT NOT NULL AFTER n, ADD COLUMN kind ENUM('a', 'b') NOT NULL DEFAULT 'b'");
            load.more(100);
            ddl("ALTER TABLE items MODIFY n BIGINT NOT NULL, MODIFY name VARCHAR(200) NOT NULL DEFAULT 'second'");
            write(
                    "UPDATE items SET n = 5000000000 WHERE id % 5 = 0",
                    "UPDATE items SET name = REPEAT('x', 200), counted = 3, kind = 'a' WHERE id % 5 = 1");
            load.more(100);
            await(
                    "the last column is there",
                    pipeline,
                    () -> !replica.query(column("kind")).isEmpty());
            assertThat(said(pipeline)).doesNotContain("failure 1 in a row");
        }
        replica.catchUp();

        assertEqual(replica);
        assertThat(replica.query(column("n"))).containsExactly(List.of("bigint"));
    }

    private static String column(String name) {
        return "SELECT DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'items'"
                + " AND COLUMN_NAME = '" + name + "'";
    }

    @Test
    void aColumnThatIsRenamedKeepsItsValues() throws Exception {
        Replica replica = evolving("schema_rename");
        try (SchemaLoad load = SchemaLoad.start(source, "items");
                TributaryProcess pipeline = replica.start()) {
            awaitFollowing(replica, pipeline);
            write("UPDATE items SET note = 'before' WHERE id % 3 = 0");
            load.more(100);
            for (String shard : source.shards()) {
                on(shard, "ALTER TABLE items RENAME COLUMN note TO remark");
                load.more(50);
            }
            write("UPDATE items SET remark = 'after' WHERE id % 3 = 1");
            load.more(100);
            ddl("ALTER TABLE items CHANGE name title VARCHAR(40) NOT NULL DEFAULT 'x'");
            load.more(100);
            await(
                    "it is renamed",
                    pipeline,
                    () -> !replica.query(column("title")).isEmpty());
        }
        replica.catchUp();

        assertEqual(replica);
        assertThat(replica.number("SELECT COUNT(*) FROM items WHERE remark = 'before'"))
                .isPositive();
    }

    @Tag("long")
    @Test
    void aColumnThatIsDroppedStopsTheStreamUnlessTheSettingSaysMore() throws Exception {
        Replica replica = evolving("schema_drop_column");
        try (SchemaLoad load = SchemaLoad.start(source, "items")) {
            try (TributaryProcess pipeline = replica.start()) {
                awaitFollowing(replica, pipeline);
                ddl("ALTER TABLE items DROP COLUMN name");
                load.more(50);
                assertExit(pipeline, 1);
                assertThat(said(pipeline)).contains("table items", "drop column", "name", "TRIBUTARY_SCHEMA_DROPS");
            }
            try (TributaryProcess keeping =
                    replica.with("TRIBUTARY_SCHEMA_DROPS", "keep").start()) {
                awaitFollowing(replica, keeping);
                load.more(50);
                ddl("ALTER TABLE items ADD COLUMN later INT");
                await(
                        "it goes on",
                        keeping,
                        () -> !replica.query(column("later")).isEmpty());
                assertThat(replica.number("SELECT COUNT(*) FROM items WHERE name = 'seed'"))
                        .isPositive();
                keeping.kill();
            }
            try (TributaryProcess applying =
                    replica.with("TRIBUTARY_SCHEMA_DROPS", "apply").start()) {
                awaitFollowing(replica, applying);
                ddl("ALTER TABLE items DROP COLUMN note");
                load.more(50);
                await(
                        "it is dropped",
                        applying,
                        () -> replica.query(column("note")).isEmpty());
            }
        }
        replica.catchUp();
        replica.target().execute("ALTER TABLE " + replica.database() + ".items DROP COLUMN name");

        assertEqual(replica);
    }

    @Test
    void rowsAndTablesThatGoAreDroppedIfTheSettingSaysSo() throws Exception {
        tables.create("logs", "id", "id BIGINT PRIMARY KEY, n INT").insert("logs", 100, id -> id + ", 1");
        tables.create("old_name", "id", "id BIGINT PRIMARY KEY, n INT").insert("old_name", 100, id -> id + ", 1");
        Replica replica = evolving("schema_truncate").with("TRIBUTARY_SCHEMA_DROPS", "apply");
        try (SchemaLoad load = SchemaLoad.start(source, "items");
                TributaryProcess pipeline = replica.start()) {
            awaitFollowing(replica, pipeline);
            load.more(100);
            truncate("items");
            load.more(100);
            truncate("items");
            load.more(100);
            ddl("DROP TABLE logs");
            await(
                    "it is dropped",
                    pipeline,
                    () -> replica.query("SHOW TABLES LIKE 'logs'").isEmpty());
            ddl("RENAME TABLE old_name TO new_name");
            await("it has its new name", pipeline, () -> replica.rows("new_name") == 100);
            await(
                    "its old name is gone",
                    pipeline,
                    () -> replica.query("SHOW TABLES LIKE 'old_name'").isEmpty());
            tables.create("added", "id", "id BIGINT PRIMARY KEY, n INT").insert("added", 100, id -> id + ", 1");
            await("the new table is there", pipeline, () -> replica.rows("added") == 100);
            load.more(100);
        }
        replica.catchUp();

        assertEqual(replica);
    }

    @Tag("long")
    @Test
    void rowsAndTablesThatGoStayIfTheSettingSaysSo() throws Exception {
        tables.create("logs", "id", "id BIGINT PRIMARY KEY, n INT").insert("logs", 100, id -> id + ", 1");
        Replica replica = evolving("schema_keep");
        try (TributaryProcess pipeline = replica.start()) {
            awaitFollowing(replica, pipeline);
            truncate("items");
            assertExit(pipeline, 1);
            assertThat(said(pipeline)).contains("table items", "truncate", "TRIBUTARY_SCHEMA_DROPS");
        }
        try (TributaryProcess keeping =
                replica.with("TRIBUTARY_SCHEMA_DROPS", "keep").start()) {
            awaitFollowing(replica, keeping);
            ddl("DROP TABLE logs");
            write("INSERT INTO items (id, n) VALUES (5001, 1), (5002, 2), (5003, 3), (5004, 4)");
            await("rows behind it are there", keeping, () -> replica.rows("items") == 204);
        }
        assertThat(replica.rows("logs")).isEqualTo(100);
    }

    /** The text of its ALTER is in no binlog, and its shadow tables are nobody's. */
    @Tag("long")
    @Test
    void anOnlineSchemaChangeOfVitessFollows() throws Exception {
        Replica replica = evolving("schema_online");
        try (SchemaLoad load = SchemaLoad.start(source, "items");
                TributaryProcess pipeline = replica.start()) {
            awaitFollowing(replica, pipeline);
            online("ALTER TABLE items ADD COLUMN extra INT NOT NULL DEFAULT 7 AFTER id, MODIFY n BIGINT NOT NULL");
            load.more(50);
            write("UPDATE items SET extra = 8, n = 5000000000 WHERE id % 2 = 0");
            await("it is followed", pipeline, () -> replica.number("SELECT COUNT(*) FROM items WHERE extra = 8") > 0);
            assertThat(said(pipeline)).doesNotContain("in a row");
        }
        replica.catchUp();

        assertEqual(replica);
        assertThat(replica.query("SHOW TABLES")).hasSize(3).doesNotContain(List.of("_vt"));
        try (TributaryProcess pipeline = replica.start()) {
            awaitFollowing(replica, pipeline);
            online("ALTER TABLE items CHANGE note remark VARCHAR(20)");
            assertExit(pipeline, 1);
            assertThat(said(pipeline)).contains("[remark]", "[note]", "RENAME COLUMN");
        }
        replica.target().execute("ALTER TABLE " + replica.database() + ".items RENAME COLUMN note TO remark");
        replica.catchUp();

        assertEqual(replica);
    }

    /** Submits it and waits until every shard has it. */
    private void online(String sql) throws SQLException {
        String id;
        try (var connection = source.connect();
                var statement = connection.createStatement()) {
            statement.execute("SET @@ddl_strategy = 'vitess'");
            // it answers with the migration's name, which is no DDL's answer for the driver's executeQuery
            assertThat(statement.execute(sql)).isTrue();
            try (var answer = statement.getResultSet()) {
                assertThat(answer.next()).isTrue();
                id = answer.getString(1);
            }
        }
        Await.until(
                sql,
                EndToEnd.LIMIT,
                () -> source.query("SHOW VITESS_MIGRATIONS LIKE '" + id + "'").stream()
                                .filter(row -> row.contains("complete"))
                                .count()
                        == source.shards().size(),
                () -> "not complete");
    }

    /** What is changed while nobody reads, and rows of before each change are read after all of them. */
    @Tag("long")
    @Test
    void changesAroundPowerCutsAreMadeOnceAndInTheirPlaces() throws Exception {
        Replica replica = evolving("schema_killed")
                .with("TRIBUTARY_SCHEMA_DROPS", "apply")
                .with("TRIBUTARY_RETRY_DELAY", "100MS");
        try (SchemaLoad load = SchemaLoad.start(source, "items")) {
            try (TributaryProcess pipeline = replica.start()) {
                awaitFollowing(replica, pipeline);
                pipeline.kill();
            }
            write("UPDATE items SET note = 'before' WHERE id % 3 = 0");
            ddl("ALTER TABLE items ADD COLUMN first_added VARCHAR(20) AFTER n");
            load.more(50);
            write("UPDATE items SET first_added = name WHERE id % 3 = 1");
            ddl("ALTER TABLE items RENAME COLUMN note TO remark");
            load.more(50);
            for (String sql : List.of(
                    "ALTER TABLE items ADD COLUMN killed INT NOT NULL DEFAULT 5",
                    "ALTER TABLE items RENAME COLUMN killed TO alive",
                    "ALTER TABLE items MODIFY n BIGINT NOT NULL",
                    "ALTER TABLE items DROP COLUMN name")) {
                try (TributaryProcess pipeline = replica.start()) {
                    awaitFollowing(replica, pipeline);
                    long carried = replica.carried();
                    ddl(sql);
                    await("it reads on", pipeline, () -> replica.carried() > carried);
                    pipeline.kill();
                }
                load.more(20);
            }
            ddl("ALTER TABLE items DROP COLUMN first_added");
            load.more(20);
        }
        replica.catchUp();

        assertEqual(replica);
        assertThat(replica.number("SELECT COUNT(*) FROM items WHERE remark = 'before'"))
                .isPositive();
    }

    @Tag("long")
    @Test
    void withoutEvolvingANewColumnStopsTheStreamOrIsLeftOut() throws Exception {
        Replica replica = Targets.chosen().replica(source, "schema_create");
        try (TributaryProcess pipeline = replica.start()) {
            awaitFollowing(replica, pipeline);
            ddl("ALTER TABLE items ADD COLUMN extra INT DEFAULT 1 AFTER n");
            assertExit(pipeline, 1);
            assertThat(said(pipeline)).contains("table items", "column extra", "TRIBUTARY_SCHEMA=evolve");
        }
        write("INSERT INTO items (id, n, extra) VALUES (1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4)");
        replica.with("TRIBUTARY_SCHEMA_MISSING", "skip").catchUp();
        assertThat(replica.rows("items")).isEqualTo(204);

        Replica later = Targets.chosen().replica(source, "schema_create_later");
        later.catchUp();
        ddl("ALTER TABLE items ADD COLUMN more INT");
        write("UPDATE items SET more = 3 WHERE id % 2 = 0");
        try (TributaryProcess pipeline = later.start()) {
            assertExit(pipeline, 1);
            assertThat(said(pipeline)).contains("column more", "TRIBUTARY_SCHEMA=evolve");
        }
        later.with("TRIBUTARY_SCHEMA", "evolve").catchUp();

        assertEqual(later);
    }

    /** VTGate runs it on one shard after the other. */
    private void truncate(String table) throws SQLException {
        for (String shard : source.shards()) {
            on(shard, "TRUNCATE TABLE " + table);
        }
    }

    private void on(String shard, String sql) throws SQLException {
        try (var connection = source.connect(source.keyspace() + ":" + shard + "@primary");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void ddl(String sql) throws SQLException {
        source.execute(sql);
    }

    /** VTGate learns new columns some time after they are there, and may refuse a statement meanwhile. */
    private void write(String... statements) {
        for (String sql : statements) {
            Await.until(
                    sql,
                    EndToEnd.LIMIT,
                    () -> {
                        source.execute(sql);
                        return true;
                    },
                    () -> "refused");
        }
    }

    private Replica evolving(String database) throws SQLException {
        return Targets.chosen().replica(source, database).with("TRIBUTARY_SCHEMA", "evolve");
    }
}
