package dev.tributary.bench;

import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Has servers write to their data files what they have put off, so that no contestant pays for another's rows. */
final class Quiet {
    private static final int CLEAN = 20;
    private static final int LONGEST_SECONDS = 30;

    private Quiet() {}

    static void settle(List<MySqlServer> servers) throws SQLException {
        for (MySqlServer server : servers) {
            try (Connection connection = server.connect()) {
                settle(connection);
            }
        }
    }

    private static void settle(Connection connection) throws SQLException {
        Sql.execute(connection, "SET GLOBAL innodb_max_dirty_pages_pct_lwm = 0, GLOBAL innodb_max_dirty_pages_pct = 0");
        long deadline = System.nanoTime() + LONGEST_SECONDS * 1_000_000_000L;
        while (dirtyPages(connection) > CLEAN && System.nanoTime() < deadline) {
            Watch.pause(100);
        }
        Sql.execute(
                connection,
                "SET GLOBAL innodb_max_dirty_pages_pct = DEFAULT, GLOBAL innodb_max_dirty_pages_pct_lwm = DEFAULT");
    }

    private static long dirtyPages(Connection connection) throws SQLException {
        return Long.parseLong(Source.texts(connection, "SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'")
                .get(1));
    }
}
