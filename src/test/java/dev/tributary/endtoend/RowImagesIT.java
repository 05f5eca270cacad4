package dev.tributary.endtoend;

import static dev.tributary.endtoend.EndToEnd.assertEqual;
import static dev.tributary.endtoend.EndToEnd.assertExit;
import static dev.tributary.endtoend.EndToEnd.await;
import static dev.tributary.endtoend.EndToEnd.awaitFollowing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.Sql;
import dev.tributary.servers.VitessCluster;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Binlogs that hold no more of a row than what was changed, written by sessions that ask the tablets' MySQL for them. */
@NeedsVitess
class RowImagesIT {
    private static final String COLUMNS =
            "id BIGINT NOT NULL, n INT NOT NULL, note TEXT, one JSON, data MEDIUMBLOB, two JSON";
    private static final List<String> TABLES = List.of("keyed", "keyless");

    private final VitessCluster source = SharedServers.vitess();

    @Test
    void partsOfRowsBecomeWholeRows() throws Exception {
        SourceTables tables = SourceTables.in(source)
                .create("keyed", "id", COLUMNS + ", PRIMARY KEY (id)")
                .create("keyless", "id", COLUMNS);
        for (String table : TABLES) {
            tables.insert(
                    table,
                    40,
                    id -> id + ", 0, 'note " + id + "', '{\"a\": " + id + ", \"b\": [1, 2], \"c\": \"text\"}', x'00ff"
                            + (10 + id) + "', '[{\"k\": \"v\"}, 7]'");
        }
        Replica replica = Targets.chosen().replica(source, "row_images");
        try (TributaryProcess following = replica.start()) {
            awaitFollowing(replica, following);
            for (String shard : source.shards()) {
                for (String table : TABLES) {
                    change(1, shard, table, "noblob", "");
                    change(2, shard, table, "full", "PARTIAL_JSON");
                    change(3, shard, table, "noblob", "PARTIAL_JSON");
                }
            }
            source.execute("INSERT INTO keyed (id, n) VALUES (9999, -1)");
            await(
                    "the last row is there",
                    following,
                    () -> replica.number("SELECT COUNT(*) FROM keyed WHERE n = -1") > 0);
            following.terminate();
            assertExit(following, 0);
        }
        replica.catchUp();

        assertEqual(replica);
        assertThat(replica.number("SELECT COUNT(*) FROM keyed WHERE n > 0")).isPositive();
    }

    private void change(int round, String shard, String table, String image, String values) throws Exception {
        try (Connection connection = source.mysqldOf(shard).connect("vt_" + source.keyspace())) {
            Sql.execute(
                    connection,
                    "SET SESSION binlog_row_image = '" + image + "', binlog_row_value_options = '" + values + "'",
                    // neither text nor document
                    "UPDATE " + table + " SET n = n + 1",
                    "UPDATE " + table + " SET note = CONCAT(note, '!') WHERE id % 3 = 0",
                    "UPDATE " + table + " SET data = NULL WHERE id % 5 = 0",
                    // differences: of the first document, of the second, and of both
                    "UPDATE " + table + " SET one = JSON_REPLACE(one, '$.a', id * 2) WHERE id % 4 = 0",
                    "UPDATE " + table + " SET two = JSON_SET(two, '$[0].k', 'it''s %s') WHERE id % 4 = 1",
                    "UPDATE " + table + " SET one = JSON_REMOVE(one, '$.c'), two = JSON_ARRAY_APPEND(two, '$', 1.5),"
                            + " n = n + 1 WHERE id % 4 = 2",
                    "UPDATE " + table + " SET one = JSON_OBJECT('new', n), two = NULL WHERE id % 7 = 6",
                    // documents become NULL, and null
                    "UPDATE " + table + " SET one = NULL, two = CAST('null' AS JSON) WHERE id % 11 = 10",
                    // keys, to and fro: the row stays on its shard
                    "UPDATE " + table + " SET id = id + 100000 WHERE id % 6 = 1",
                    "UPDATE " + table + " SET id = id - 100000, n = n + 10 WHERE id > 100000",
                    "DELETE FROM " + table + " WHERE id % 13 = 12",
                    "INSERT INTO " + table + " (id, n) SELECT id + 1000000, n FROM " + table
                            + " WHERE id < 100 AND id % 9 = 8",
                    "UPDATE " + table
                            + " SET n = n + 1, one = JSON_SET(COALESCE(one, '{}'), '$.z', 1) WHERE id > 1000000",
                    "DELETE FROM " + table + " WHERE id > 1000000 AND n % 2 = 0",
                    "UPDATE " + table + " SET id = id + " + 2_000_000 * round + " WHERE id > 1000000 AND id < 2000000");
        }
    }
}
