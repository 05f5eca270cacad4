package dev.tributary.endtoend;

import static dev.tributary.endtoend.EndToEnd.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What somebody sees who starts the pipeline by hand, and what stands in a log. */
@NeedsVitess
class TerminalIT {
    private static final String ESCAPE = "\u001b[";

    private final VitessCluster source = SharedServers.vitess();
    private Replica replica;

    @BeforeEach
    void createTable() throws SQLException {
        SourceTables.in(source)
                .create("items", "id", "id BIGINT PRIMARY KEY, name VARCHAR(50) NOT NULL")
                .insert("items", 1_000, id -> id + ", 'first'");
        replica = Replica.create(source, SharedServers.mysql(), "terminal");
    }

    @Test
    void progressIsDrawnOnATerminalBelowTheLog() throws Exception {
        try (TributaryProcess run = replica.process("run").onTerminal().start()) {
            EndToEnd.awaitFollowing(replica, run);
            run.awaitOutput("2 of 2 shards follow, 1,000 rows durable", LIMIT);
            source.execute("UPDATE items SET name = 'second' WHERE id <= 7");
            run.awaitOutput("2 of 2 shards follow, 1,007 rows durable", LIMIT);
            List<String> lines = run.output();
            assertThat(lines).anyMatch(line -> line.contains(ESCAPE + "1A" + ESCAPE + "J"));
            assertThat(lines)
                    .filteredOn(line -> line.contains("2 shards, 1 tables"))
                    .hasSize(1);
        }
    }

    @Tag("long")
    @Test
    void aLogHasPlainLines() throws Exception {
        try (TributaryProcess run = replica.start()) {
            run.awaitLine("2 of 2 shards follow, 1,000 rows durable", LIMIT);
            assertThat(run.errors()).noneMatch(line -> line.contains(ESCAPE));
        }
    }
}
