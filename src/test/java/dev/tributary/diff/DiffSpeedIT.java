package dev.tributary.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Says how many rows a second are read on both sides; {@code -Drows=2000000} is enough to tell. No time decides anything. */
@NeedsVitess
@Tag("long")
class DiffSpeedIT {
    private static final int ROWS = Integer.getInteger("rows", 50_000);
    private static final VitessCluster SOURCE = SharedServers.vitess();

    @AfterAll
    static void reset() throws SQLException {
        SOURCE.resetKeyspace();
    }

    @Test
    void rowsPerSecond() throws Exception {
        Compared both = Compared.create(SOURCE, SharedServers.mysql(), "diff_speed");
        both.table(
                        "t",
                        "id BIGINT PRIMARY KEY, a INT, b BIGINT, c VARCHAR(50), d VARCHAR(50), e DECIMAL(12,2), f DATETIME,"
                                + " g DOUBLE, h TINYINT, i CHAR(8)")
                .rows(
                        "t",
                        ROWS,
                        "n, n * 7, n * 31, CONCAT('name ', n), REPEAT('x', n % 40), n / 100, '2024-01-01 12:00:00', n / 7e0,"
                                + " n % 100, LEFT(SHA2(n, 224), 8)");
        for (int i = 0; i < 3; i++) {
            long began = System.nanoTime();
            DiffReport report = both.diff();
            Duration time = Duration.ofNanos(System.nanoTime() - began);

            assertThat(report.lines()).last().asString().endsWith("equal");
            System.out.printf(
                    "diff: %,d rows in %d ms, %,d rows/s%n", ROWS, time.toMillis(), ROWS * 1000L / time.toMillis());
        }
    }
}
