package dev.tributary.bench.peers;

import dev.tributary.bench.peers.Connections.Task;
import dev.tributary.bench.peers.Sections.Rows;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.List;

/**
 * Upserts by plain JDBC, in batches that Connector/J rewrites to one statement each, and a transaction each.
 *
 * <p>Arguments: MySQL's port, database, the rows' directory, how many connections.
 */
public final class JdbcWriter {
    private static final int BATCH = 1_000;

    private JdbcWriter() {}

    public static void main(String[] arguments) throws Exception {
        String url = "jdbc:mysql://127.0.0.1:" + arguments[0] + "/" + arguments[1]
                + "?user=root&useSSL=false&allowPublicKeyRetrieval=true&rewriteBatchedStatements=true";
        try (Connections connections = new Connections(Integer.parseInt(arguments[3]), url)) {
            Sections.run(Path.of(arguments[2]), tables -> {
                List<Task> tasks = tasks(connections, tables);
                return () -> connections.run(tasks);
            });
        }
    }

    private static List<Task> tasks(Connections connections, List<Rows> tables) throws Exception {
        List<List<Task>> byTable = new ArrayList<>();
        for (Rows rows : tables) {
            String sql = connections.upsert(rows.table());
            List<Task> tasks = new ArrayList<>();
            for (List<String> chunk : rows.chunks(BATCH)) {
                List<String[]> values = chunk.stream().map(Rows::values).toList();
                tasks.add(connection -> write(connection, sql, values));
            }
            byTable.add(tasks);
        }
        return Connections.inTurn(byTable);
    }

    private static void write(Connection connection, String sql, List<String[]> rows) throws Exception {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (String[] row : rows) {
                for (int i = 0; i < row.length; i++) {
                    statement.setString(i + 1, row[i]);
                }
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }
}
