package dev.tributary.endtoend;

import static dev.tributary.endtoend.EndToEnd.assertExit;
import static dev.tributary.endtoend.EndToEnd.awaitFollowing;
import static dev.tributary.endtoend.EndToEnd.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On a cluster of its own, whose shards become others. */
@NeedsVitess
class ReshardIT {

    /** Past its journal an old shard streams what the reverse workflow writes. */
    @Test
    void aStreamWhoseShardIsSplitStopsLoudlyAndSavesNothingThatComesAfter() throws Exception {
        try (VitessCluster source = VitessCluster.start("commerce", "-80", "80-")) {
            SourceTables.in(source)
                    .create("items", "id", "id BIGINT PRIMARY KEY, name VARCHAR(50) NOT NULL")
                    .create("log", "id", "id BIGINT NOT NULL, name VARCHAR(50) NOT NULL")
                    .insert("items", 1_000, id -> id + ", 'first'")
                    .insert("log", 1_000, id -> id + ", 'first'");
            Replica replica = Replica.create(source, SharedServers.mysql(), "trap_reshard");
            try (TributaryProcess following = replica.start()) {
                awaitFollowing(replica, following);
                source.execute("UPDATE items SET name = 'second'", "INSERT INTO log (id, name) VALUES (1, 'second')");
                source.reshard(List.of("-80"), List.of("-40", "40-80"));
                assertExit(following, 1);
                assertThat(said(following)).contains("commerce/-80").contains("reshard");
            }
            List<?> positions = replica.query("SELECT position FROM tributary_checkpoint WHERE shard = '-80'");
            List<?> rows = replica.query("SELECT * FROM items ORDER BY id");
            assertThat(replica.rows("items")).isEqualTo(1_000);
            assertThat(replica.rows("log")).isEqualTo(1_001);
            assertThat(replica.number("SELECT COUNT(*) FROM items WHERE name <> 'second'"))
                    .isZero();

            source.execute("UPDATE items SET name = 'third'", "INSERT INTO log (id, name) VALUES (2, 'third')");
            try (TributaryProcess again = replica.start()) {
                assertExit(again, 1);
                assertThat(said(again)).contains("-80");
            }
            assertThat(replica.query("SELECT position FROM tributary_checkpoint WHERE shard = '-80'"))
                    .isEqualTo(positions);
            assertThat(replica.query("SELECT * FROM items ORDER BY id")).isEqualTo(rows);
            assertThat(replica.rows("log")).isEqualTo(1_001);
        }
    }
}
