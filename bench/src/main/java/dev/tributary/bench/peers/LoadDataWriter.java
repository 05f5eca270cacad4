package dev.tributary.bench.peers;

import com.mysql.cj.jdbc.JdbcStatement;
import dev.tributary.bench.peers.Connections.Task;
import dev.tributary.bench.peers.Sections.Rows;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The fastest way into MySQL that a client has: LOAD DATA LOCAL … REPLACE, from memory.
 *
 * <p>Arguments: MySQL's port, database, the rows' directory, how many connections.
 */
public final class LoadDataWriter {
    private static final int ROWS_OF_STATEMENT = 5_000;

    private LoadDataWriter() {}

    public static void main(String[] arguments) throws Exception {
        String url = "jdbc:mysql://127.0.0.1:" + arguments[0] + "/" + arguments[1]
                + "?user=root&useSSL=false&allowPublicKeyRetrieval=true&allowLoadLocalInfile=true";
        try (Connections connections = new Connections(Integer.parseInt(arguments[3]), url)) {
            Sections.run(Path.of(arguments[2]), tables -> {
                List<Task> tasks = tasks(tables);
                return () -> connections.run(tasks);
            });
        }
    }

    private static List<Task> tasks(List<Rows> tables) {
        List<List<Task>> byTable = new ArrayList<>();
        for (Rows rows : tables) {
            List<Task> tasks = new ArrayList<>();
            for (List<String> chunk : rows.chunks(ROWS_OF_STATEMENT)) {
                byte[] data = (String.join("\n", chunk) + "\n").getBytes(StandardCharsets.UTF_8);
                tasks.add(connection -> write(connection, rows.table(), data));
            }
            byTable.add(tasks);
        }
        return Connections.inTurn(byTable);
    }

    private static void write(Connection connection, String table, byte[] data) throws Exception {
        try (Statement statement = connection.createStatement()) {
            statement.unwrap(JdbcStatement.class).setLocalInfileInputStream(new ByteArrayInputStream(data));
            statement.execute("LOAD DATA LOCAL INFILE 'rows' REPLACE INTO TABLE " + table + " CHARACTER SET utf8mb4");
        }
    }
}
