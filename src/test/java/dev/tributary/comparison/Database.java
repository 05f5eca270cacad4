package dev.tributary.comparison;

import dev.tributary.servers.MySqlServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** One database of one server: a shard of the source, or the target. */
public record Database(MySqlServer server, String name) {

    /** A connection whose values read the same wherever it is. */
    Connection connect() throws SQLException {
        Connection connection = server.connect(name);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET time_zone = '+00:00', sql_mode = '', NAMES utf8mb4 COLLATE utf8mb4_bin");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }
}
