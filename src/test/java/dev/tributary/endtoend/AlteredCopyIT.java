package dev.tributary.endtoend;

import static dev.tributary.endtoend.EndToEnd.assertEqual;
import static dev.tributary.endtoend.EndToEnd.await;
import static dev.tributary.endtoend.EndToEnd.awaitFollowing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.Sql;
import dev.tributary.servers.VitessCluster;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Schema changes while tables are copied, of the one that is under way and of those that wait, with a power cut after them. */
@NeedsVitess
@Tag("long")
class AlteredCopyIT {
    private static final int ROWS = 6_000;
    private static final String COLUMNS =
            "id BIGINT PRIMARY KEY, n INT NOT NULL, at DATETIME NOT NULL DEFAULT '2026-01-01', note VARCHAR(400)";

    private final VitessCluster source = SharedServers.vitess();

    @BeforeEach
    void makeTables() throws SQLException {
        SourceTables tables = SourceTables.in(source);
        for (String table : new String[] {"a_first", "b_second", "c_third"}) {
            // the last without a key
            tables.create(table, "id", table.startsWith("c") ? COLUMNS.replace("PRIMARY KEY", "NOT NULL") : COLUMNS)
                    .insert(table, ROWS, id -> (id + 1000) + ", " + id + ", '2026-11-21 10:11:12', REPEAT('x', 400)");
        }
    }

    @Test
    void tablesThatAreAlteredWhileTheyAreCopiedArriveAsTheyAre() throws Exception {
        Replica replica = replica("altered_copy");
        long atTheFirst;
        try (SchemaLoad load = SchemaLoad.start(source, "a_first")) {
            try (TributaryProcess pipeline = replica.start()) {
                await("rows are copied", pipeline, () -> replica.carried() >= 200);
                atTheFirst = replica.parts("state <> 'copied'");
                for (String table : new String[] {"a_first", "b_second", "c_third"}) {
                    alter("ALTER TABLE " + table + " ADD COLUMN extra VARCHAR(10) NOT NULL DEFAULT 'new' AFTER id");
                }
                alter("ALTER TABLE c_third MODIFY at DATETIME(6) NOT NULL, MODIFY n BIGINT NOT NULL");
                alter("UPDATE c_third SET at = '2026-11-21 10:11:12.345678', n = 5000000000 WHERE id % 3 = 0");
                alter("ALTER TABLE b_second RENAME COLUMN note TO remark");
                alter("ALTER TABLE a_first DROP COLUMN note");
                alter("UPDATE b_second SET remark = 'after', extra = 'more' WHERE id % 3 = 1");
                await("more is copied", pipeline, () -> replica.carried() > ROWS);
                pipeline.kill();
            }
            try (TributaryProcess pipeline = replica.start()) {
                awaitFollowing(replica, pipeline);
                load.more(50);
                pipeline.kill();
            }
        }
        replica.catchUp();

        assertEqual(replica);
        assertThat(atTheFirst).as("parts that were still to be copied").isPositive();
    }

    /** Nothing of the table was copied then, and the target has it as it was. */
    @Test
    void aColumnThatIsRenamedBeforeTheTablesTurnArrivesUnderItsNewName() throws Exception {
        Replica replica = replica("renamed_before_copy");
        try (TributaryProcess pipeline = replica.start()) {
            await("rows are copied", pipeline, () -> replica.carried() >= 200);
            pipeline.kill();
        }
        for (String table : new String[] {"b_second", "c_third"}) {
            alter("ALTER TABLE " + table + " RENAME COLUMN note TO remark");
        }

        replica.catchUp();

        assertEqual(replica);
    }

    private Replica replica(String target) throws Exception {
        return Targets.chosen()
                .replica(source, target)
                .with("TRIBUTARY_SCHEMA", "evolve")
                .with("TRIBUTARY_SCHEMA_DROPS", "apply")
                .with("TRIBUTARY_COPY_PARTS", "1")
                .with("TRIBUTARY_BATCH_ROWS", "10")
                .with("TRIBUTARY_RETRY_DELAY", "100MS");
    }

    /** In one shard after the other; a copy that reads the table makes it wait. */
    private void alter(String sql) throws SQLException {
        for (String shard : source.shards()) {
            try (Connection connection = source.connect(source.keyspace() + ":" + shard + "@primary")) {
                Sql.execute(connection, sql);
            }
        }
    }
}
