package dev.tributary.endtoend;

import static dev.tributary.endtoend.EndToEnd.await;
import static dev.tributary.endtoend.EndToEnd.awaitFollowing;
import static dev.tributary.endtoend.EndToEnd.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.Sql;
import dev.tributary.servers.VitessCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One source, every kind of target: copied, followed, killed in between, and equal row by row. */
@NeedsVitess
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TargetsIT {
    private VitessCluster source;
    private int round;

    @BeforeAll
    void fillSource() throws SQLException {
        source = VitessCluster.builder()
                .keyspace("commerce", "-80", "80-")
                .keyspace("lookup", "0")
                .keyspace("replica", "-80", "80-")
                .start();
        source.applyVSchema("commerce", EveryTable.vschema(EveryTable.NAMES));
        // what has no key is written twice there after a failure, as the README says
        source.applyVSchema("replica", EveryTable.vschema(EveryTable.KEYED));
        source.execute(EveryTable.CREATE);
        execute(EveryTable.rows());
    }

    @AfterAll
    void stop() {
        source.close();
    }

    @ParameterizedTest
    @EnumSource
    void isEqualAfterCopyKillAndChanges(Targets target) throws Exception {
        Replica replica = target.replica(source, "every_target");
        if (target == Targets.SHARDED_VTGATE) {
            replica.with("TRIBUTARY_SOURCE", replica.sourceUrl("&tables=" + String.join(",", EveryTable.KEYED)));
        }
        try (TributaryProcess copying = replica.start()) {
            await("a table is copied", copying, () -> replica.parts("state = 'copied'") > 0);
            copying.kill();
        }
        change();
        try (TributaryProcess following = replica.start()) {
            awaitFollowing(replica, following);
            long before = replica.carried();
            change();
            await("changes are there", following, () -> replica.carried() > before);
            following.kill();
        }
        change();
        replica.catchUp();

        assertThat(target.comparison(replica).run(target.tables()).toString())
                .endsWith("equal")
                .startsWith(target.tables().size() + " tables")
                .doesNotContain(" 0 rows");
        try (TributaryProcess diff = replica.process("diff").end()) {
            assertThat(diff.exitCode()).as(() -> diff.output() + said(diff)).isZero();
            assertThat(diff.output())
                    .last()
                    .asString()
                    .startsWith("diff: " + target.tables().size() + " tables")
                    .endsWith("equal");
        }
    }

    private void change() throws SQLException {
        execute(EveryTable.changes(++round));
        try (Connection shard = source.connect("commerce:-80@primary")) {
            List<List<@Nullable String>> ids = Sql.query(shard, "SELECT id FROM members ORDER BY id");
            String one = String.valueOf(ids.get(2 * round).getFirst());
            String other = String.valueOf(ids.get(2 * round + 1).getFirst());
            Sql.execute(shard, EveryTable.swap(one, other));
        }
    }

    private void execute(String... statements) throws SQLException {
        try (Connection connection = source.connect()) {
            Sql.execute(connection, statements);
        }
    }
}
