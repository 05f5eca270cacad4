package dev.tributary.endtoend;

import static dev.tributary.endtoend.EndToEnd.assertEqual;
import static dev.tributary.endtoend.EndToEnd.assertExit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One stream for all tables would take a second for each of them. {@code -Dtables} says how many there are. */
@NeedsVitess
@Tag("long")
class ManySmallTablesIT {
    private static final int TABLES = Integer.getInteger("tables", 80);
    private static final int ROWS = 3;

    private final VitessCluster source = SharedServers.vitess();

    @Test
    void manySmallTablesAreCopied() throws Exception {
        source.resetKeyspace();
        List<String> statements = new ArrayList<>();
        List<String> vschema = new ArrayList<>();
        for (int table = 0; table < TABLES; table++) {
            vschema.add("\"t" + table + "\": {\"column_vindexes\": [{\"column\": \"id\", \"name\": \"hash\"}]}");
            statements.add("CREATE TABLE t" + table + " (id BIGINT PRIMARY KEY, name VARCHAR(20) NOT NULL)");
        }
        source.applyVSchema("{\"sharded\": true, \"vindexes\": {\"hash\": {\"type\": \"hash\"}}, \"tables\": {"
                + String.join(", ", vschema) + "}}");
        source.execute(statements.toArray(String[]::new));
        for (String shard : source.shards()) {
            List<String> all = new ArrayList<>();
            for (int table = 0; table < TABLES; table++) {
                for (int row = 0; row < ROWS; row++) {
                    int id = row * 2 + source.shards().indexOf(shard);
                    all.add("INSERT INTO vt_commerce.t" + table + " VALUES (" + id + ", 'row')");
                }
            }
            source.mysqldOf(shard).execute(all.toArray(String[]::new));
        }
        Replica replica = Replica.create(source, SharedServers.mysql(), "many_tables");

        long start = System.nanoTime();
        try (TributaryProcess copy = replica.start("--until", "copied")) {
            assertExit(copy, 0);
        }
        Duration time = Duration.ofNanos(System.nanoTime() - start);

        System.out.println(TABLES + " tables of two shards in " + time.toMillis() + " ms");
        assertThat(replica.parts("state = 'copied'")).isEqualTo(2L * TABLES);
        assertEqual(replica);
    }
}
