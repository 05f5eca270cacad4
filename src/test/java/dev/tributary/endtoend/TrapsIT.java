package dev.tributary.endtoend;

import static dev.tributary.endtoend.EndToEnd.assertEqual;
import static dev.tributary.endtoend.EndToEnd.assertExit;
import static dev.tributary.endtoend.EndToEnd.await;
import static dev.tributary.endtoend.EndToEnd.awaitFollowing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What VStream does that a client loses rows by, on a real cluster: each trap, and that nothing is lost in it. */
@NeedsVitess
class TrapsIT {
    private final VitessCluster source = SharedServers.vitess();

    /** The position in front of a table's first key would be taken for the end of the copy on a resume. */
    @Test
    void aCopyThatIsCutBeforeItsFirstSavablePositionBeginsAgain() throws Exception {
        SourceTables.in(source)
                .create("large", "id", "id BIGINT PRIMARY KEY, filler VARCHAR(200) NOT NULL")
                .insert("large", 20_000, id -> id + ", REPEAT('x', 200)");
        // a message's rows are many batches, so that a batch ends before the copy has said where it is
        Replica replica = replica("trap_first_position").with("TRIBUTARY_BATCH_BYTES", "1K");
        for (long rows : new long[] {0, 1, 3_000}) {
            try (TributaryProcess copying = replica.start()) {
                await(
                        rows + " rows are there",
                        copying,
                        () -> replica.parts("TRUE") > 0 && replica.rows("large") >= rows);
                copying.kill();
            }
        }
        replica.with("TRIBUTARY_BATCH_BYTES", "8M").catchUp();

        assertEqual(replica);
    }

    /** Without a key there is no place to go on at: rows that are equal to the last one would be lost or doubled. */
    @Test
    void aBrokenCopyOfEqualRowsBeginsAgain() throws Exception {
        SourceTables.in(source)
                .create("equals", "id", "id BIGINT NOT NULL, filler VARCHAR(200) NOT NULL")
                .insert("equals", 20_000, id -> id % 5 + ", REPEAT('x', 200)");
        Replica replica = replica("trap_keyless").with("TRIBUTARY_BATCH_BYTES", "1K");
        try (TributaryProcess copying = replica.start()) {
            await("its copy is under way", copying, () -> rowsUnderWay(replica) >= 3_000 || replica.rows("equals") > 0);
            copying.kill();
        }
        replica.with("TRIBUTARY_BATCH_BYTES", "8M").catchUp();

        assertEqual(replica);
    }

    private static long rowsUnderWay(Replica replica) throws SQLException {
        return replica.number("SELECT COALESCE(MAX(trx_rows_modified), 0) FROM information_schema.innodb_trx");
    }

    /**
     * In one stream for several tables, deletes from those that are copied would not be sent. The changes begin where the
     * first copy ended, and what a later copy holds of them already must not come twice.
     */
    @Test
    void rowsThatAreDeletedFromACopiedTableDuringTheCopyOfAnotherAreDeleted() throws Exception {
        SourceTables.in(source)
                .create("a_copied", "id", "id BIGINT PRIMARY KEY, name VARCHAR(50) NOT NULL")
                .create("b_log", "id", "id BIGINT NOT NULL, name VARCHAR(50) NOT NULL")
                .create("c_large", "id", "id BIGINT PRIMARY KEY, filler VARCHAR(200) NOT NULL")
                .create("d_log", "id", "id BIGINT NOT NULL, name VARCHAR(50) NOT NULL")
                .insert("a_copied", 1_000, id -> id + ", 'first'")
                .insert("b_log", 500, id -> id + ", 'equal rows'")
                .insert("b_log", 500, id -> id + ", 'equal rows'")
                .insert("c_large", 20_000, id -> id + ", REPEAT('x', 200)")
                .insert("d_log", 500, id -> id + ", 'not copied yet'");
        Replica replica =
                replica("trap_deletes").with("TRIBUTARY_COPY_PARTS", "1").with("TRIBUTARY_BATCH_ROWS", "500");
        try (TributaryProcess copying = replica.start()) {
            await("two tables are copied and the third is begun", copying, () -> {
                return replica.parts("state = 'copied' AND source_table IN ('a_copied', 'b_log')") == 4
                        && replica.parts("state <> 'copied' AND position IS NOT NULL") > 0;
            });
            source.execute(
                    "DELETE FROM a_copied WHERE id % 3 = 0",
                    "UPDATE a_copied SET name = 'second' WHERE id % 3 = 1",
                    "INSERT INTO a_copied (id, name) VALUES (100001, 'new'), (100002, 'new'), (100003, 'new')",
                    "DELETE FROM b_log WHERE id = 7",
                    "INSERT INTO b_log (id, name) VALUES (8, 'equal rows'), (8, 'equal rows')",
                    "DELETE FROM c_large WHERE id % 100 = 0",
                    "DELETE FROM d_log WHERE id % 50 = 0",
                    "INSERT INTO d_log (id, name) VALUES (501, 'in the copy'), (501, 'in the copy')");
            copying.kill();
        }
        try (TributaryProcess copying = replica.start()) {
            awaitFollowing(replica, copying);
            copying.kill();
        }
        replica.catchUp();

        assertEqual(replica);
    }

    /**
     * Both images of a change are sent if one of them passes the filter: a part that catches up hears of rows as they were in
     * another part's range, and that part is to be copied later, or is further.
     */
    @Test
    void rowsThatMoveOutOfARangeWhileItsCopyIsBrokenOffAreNotOfThatRange() throws Exception {
        SourceTables.in(source)
                .create("moved", "id", "n BIGINT, id BIGINT, filler VARCHAR(200) NOT NULL, PRIMARY KEY (n, id)")
                .insert("moved", 40_000, id -> id + ", " + id + ", REPEAT('x', 200)");
        Replica replica = replica("trap_ranges")
                .with("TRIBUTARY_COPY_PARTS", "1")
                .with("TRIBUTARY_COPY_RANGE_ROWS", "10000")
                .with("TRIBUTARY_BATCH_ROWS", "1");
        try (TributaryProcess copying = replica.start()) {
            await("both shards have begun with the first range", copying, () -> {
                return replica.parts("state <> 'copied' AND position IS NOT NULL") == 2;
            });
            copying.kill();
        }
        assertThat(replica.parts("state = 'copied'")).isZero();
        source.execute(
                "UPDATE moved SET n = n + 100000 WHERE n <= 200",
                "DELETE FROM moved WHERE n > 100100",
                "UPDATE moved SET filler = 'changed' WHERE n > 100000");
        replica.with("TRIBUTARY_BATCH_ROWS", "5000").catchUp();

        assertEqual(replica);
    }

    /** A rule that names a table and has no filter copies it, and then ends the stream. */
    @Test
    void aTableThatIsNamedExactlyIsFollowedAfterItsCopy() throws Exception {
        SourceTables.in(source)
                .create("näme with-blanks", "id", "id BIGINT PRIMARY KEY, name VARCHAR(50) NOT NULL")
                .create("left_out", "id", "id BIGINT PRIMARY KEY")
                .insert("näme with-blanks", 100, id -> id + ", 'first'")
                .insert("left_out", 100, String::valueOf);
        Replica replica = replica("trap_exact_name");
        replica.with("TRIBUTARY_SOURCE", replica.sourceUrl("&tables=n%C3%A4me%20with-blanks"));
        try (TributaryProcess following = replica.start()) {
            awaitFollowing(replica, following);
            source.execute(
                    "UPDATE `näme with-blanks` SET name = 'second' WHERE id < 50",
                    "DELETE FROM `näme with-blanks` WHERE id > 90");
            await("the changes are there", following, () -> replica.rows("näme with-blanks") == 90);
        }
        replica.catchUp();

        assertThat(replica.query("SELECT name, COUNT(*) FROM `näme with-blanks` GROUP BY name ORDER BY name"))
                .containsExactly(List.of("first", "41"), List.of("second", "49"));
    }

    /** A stream that has not begun says that it is at "current": to come back there is to miss what was in between. */
    @Test
    void aStreamWithoutASnapshotMissesNothingFromItsFirstStartOn() throws Exception {
        SourceTables.in(source).create("seen", "id", "id BIGINT PRIMARY KEY, name VARCHAR(50) NOT NULL");
        Replica replica = replica("trap_current");
        replica.with("TRIBUTARY_SOURCE", replica.sourceUrl("&snapshot=false"));
        for (int start = 0; start < 3; start++) {
            try (TributaryProcess following = replica.start()) {
                awaitFollowing(replica, following);
                following.kill();
            }
            int first = start * 10;
            for (int id = first; id < first + 10; id++) {
                source.execute("INSERT INTO seen (id, name) VALUES (" + id + ", 'while nobody reads')");
            }
        }
        assertThat(replica.number("SELECT COUNT(*) FROM tributary_checkpoint WHERE position LIKE '%current%'"))
                .isZero();
        replica.catchUp();

        assertEqual(replica);
        assertThat(replica.rows("seen")).isEqualTo(30);
    }

    /** The copy writes numbers in another way than the binlog does. */
    @Tag("long")
    @Test
    void rowsWhoseKeysAreDecimalsOrFloatsAreFoundAgainAfterTheCopy() throws Exception {
        String floats = "16777216, 0.5, 3.25, 100000, 1234567, -0.1";
        SourceTables.in(source)
                .create("decimals", "d", "d BIGINT, k DECIMAL(10,4), name VARCHAR(20), PRIMARY KEY (d, k)")
                .create("wholes", "d", "d BIGINT, k DECIMAL(10,0), name VARCHAR(20), PRIMARY KEY (d, k)")
                .create("doubles", "d", "d BIGINT, k DOUBLE, name VARCHAR(20), PRIMARY KEY (k, d)")
                .create("keyless", "d", "d BIGINT, k FLOAT, m DOUBLE, n DECIMAL(8,4)")
                .insert(
                        "decimals",
                        40,
                        id -> id + ", " + new String[] {"0.1", "0", "-0.25", "1234.5"}[id % 4] + ", 'a'")
                .insert("wholes", 40, id -> id + ", " + new String[] {"0", "10", "-7", "123456"}[id % 4] + ", 'a'")
                .insert(
                        "doubles",
                        40,
                        id -> "%d, '%s', 'a'"
                                .formatted(id, new String[] {"1e100", "0.1", "-1e-7", "123456789012345678"}[id % 4]))
                .insert("keyless", 60, id -> "%d, %s, '1e100', 0.1".formatted(id, floats.split(", ", -1)[id % 6]));
        Replica replica = replica("trap_numbers");
        try (TributaryProcess copy = replica.start("--until", "copied")) {
            assertExit(copy, 0);
        }
        for (String table : List.of("decimals", "wholes", "doubles")) {
            source.execute(
                    "DELETE FROM " + table + " WHERE d <= 10",
                    "UPDATE " + table + " SET name = 'changed' WHERE d BETWEEN 11 AND 20",
                    "UPDATE " + table + " SET k = k + 1 WHERE d BETWEEN 21 AND 30");
        }
        source.execute("DELETE FROM keyless WHERE d <= 30", "UPDATE keyless SET n = 0.2 WHERE d > 30");
        replica.catchUp();

        assertEqual(replica);
    }

    /** MySQL shows six digits of a FLOAT: by these a change would not find the row, and two rows would become one. */
    @Tag("long")
    @Test
    void aTableWithAFloatInItsKeyIsCopiedExactly() throws Exception {
        SourceTables.in(source)
                .create("floats", "d", "d BIGINT, k FLOAT, n INT, PRIMARY KEY (k)")
                .create("others", "d", "d BIGINT, k FLOAT NOT NULL, n INT, PRIMARY KEY (d)")
                .insert("floats", 400, id -> id + ", 16777216 - " + id + ", 0")
                .insert("others", 400, id -> id + ", 0.1 + " + id + " / 3, 0");
        // a key that is set may be a FLOAT as well
        Replica replica = replica("trap_float_key").with("TRIBUTARY_KEY_COLUMNS", "others=k");
        try (TributaryProcess copy = replica.start("--until", "copied")) {
            assertExit(copy, 0);
        }
        for (String table : List.of("floats", "others")) {
            source.execute(
                    "DELETE FROM " + table + " WHERE d <= 100",
                    "UPDATE " + table + " SET n = 1 WHERE d BETWEEN 101 AND 200",
                    "UPDATE " + table + " SET k = -k WHERE d BETWEEN 201 AND 300");
        }
        replica.catchUp();

        assertEqual(replica);
    }

    private Replica replica(String database) throws SQLException {
        return Targets.chosen().replica(source, database);
    }
}
