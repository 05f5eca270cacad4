package dev.tributary.bench;

import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.Sql;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A durable MySQL of one contestant's own, with the tables of the benchmark in it, and one connection to look on, so that
 * to look often costs it little.
 */
final class Target implements AutoCloseable {
    static final String DATABASE = "replica";

    private final MySqlServer server;
    private final Path state;
    private final Connection connection;

    private Target(MySqlServer server, Path state, Connection connection) {
        this.server = server;
        this.state = state;
        this.connection = connection;
    }

    /** Room enough for all data: the disk is written to by commits, and little by evictions and checkpoints. */
    static Target start(List<String> flags) throws SQLException {
        List<String> all = new ArrayList<>(List.of(
                "--innodb-buffer-pool-size=2G",
                "--loose-innodb-log-file-size=512M",
                "--loose-innodb-redo-log-capacity=1G",
                "--local-infile=ON"));
        all.addAll(flags);
        MySqlServer server = MySqlServer.start(all.toArray(String[]::new));
        try {
            Path state = Files.createTempFile("tributary-bench-", ".offsets");
            state.toFile().deleteOnExit();
            return new Target(server, state, server.connect());
        } catch (IOException e) {
            server.close();
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            server.close();
            throw e;
        }
    }

    /** Takes all tables away. */
    void clear() throws SQLException {
        Sql.execute(
                connection, "DROP DATABASE IF EXISTS " + DATABASE, "CREATE DATABASE " + DATABASE, "USE " + DATABASE);
    }

    /** How many parts the application's checkpoint has for which this holds; 0 before it has one. */
    int parts(String where) throws SQLException {
        List<String> there = Source.texts(
                connection,
                "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '" + DATABASE
                        + "' AND table_name = 'tributary_checkpoint'");
        return there.equals(List.of("0"))
                ? 0
                : Integer.parseInt(Source.texts(
                                connection,
                                "SELECT COUNT(*) FROM tributary_checkpoint WHERE shard <> '' AND source_table <> '' AND "
                                        + where)
                        .getFirst());
    }

    /** Empties it, and the contestant's own state with it. */
    void reset() throws SQLException {
        clear();
        for (BenchTable table : BenchTable.ALL) {
            Sql.execute(connection, table.ddl());
        }
        Sql.execute(connection, Source.MARKER_DDL);
        try {
            Files.deleteIfExists(state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the application writes. Without TLS like all the others: on one machine it only costs CPU. */
    static String url(int port) {
        return "mysql://root@127.0.0.1:" + port + "/" + DATABASE + "?tls=disabled";
    }

    int port() {
        return server.port();
    }

    long pid() {
        return server.pid();
    }

    MySqlServer server() {
        return server;
    }

    /** A file that a contestant may keep its place in. */
    Path state() {
        return state;
    }

    boolean hasRows() throws SQLException {
        String sql = BenchTable.ALL.stream()
                .map(table -> "EXISTS (SELECT 1 FROM " + table.name() + ")")
                .collect(Collectors.joining(" OR ", "SELECT ", ""));
        return Source.texts(connection, sql).equals(List.of("1"));
    }

    /** Rows that this server has ever inserted, a few of its own included: cheaper than to count. */
    long inserted() throws SQLException {
        return Long.parseLong(Source.texts(connection, "SHOW GLOBAL STATUS LIKE 'Innodb_rows_inserted'")
                .get(1));
    }

    /** Transactions that this server has ever committed by that word. */
    long commits() throws SQLException {
        return Long.parseLong(
                Source.texts(connection, "SHOW GLOBAL STATUS LIKE 'Com_commit'").get(1));
    }

    /** Rows of all tables. */
    long rows() throws SQLException {
        String sql = BenchTable.ALL.stream()
                .map(table -> "(SELECT COUNT(*) FROM " + table.name() + ")")
                .collect(Collectors.joining(" + ", "SELECT ", ""));
        return Long.parseLong(Source.texts(connection, sql).getFirst());
    }

    /** How many of these markers are here. */
    int marked(List<Long> markers) throws SQLException {
        return arrived(markers).size();
    }

    /** Which of these markers are here. */
    List<Long> arrived(List<Long> markers) throws SQLException {
        String ids = markers.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return Sql.query(connection, "SELECT id FROM marker WHERE id IN (" + ids + ")").stream()
                .map(row -> Long.parseLong(String.valueOf(row.getFirst())))
                .toList();
    }

    /** As the source's. */
    Map<String, String> digest() throws SQLException {
        Map<String, String> digests = new TreeMap<>();
        for (BenchTable table : BenchTable.ALL) {
            List<String> answer = Source.texts(connection, table.digestSql());
            digests.put(table.name(), answer.get(0) + " rows, sum " + answer.get(1));
        }
        return digests;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
        server.close();
    }
}
