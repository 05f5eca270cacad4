package dev.tributary.servers;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real mysqld 8.0.15 on a free loopback port, with data of its own that goes when it is closed. */
public final class MySqlServer implements AutoCloseable {
    /** May do everything, from 127.0.0.1. */
    public static final String USER = "root";

    public static final String PASSWORD = "";

    private static final List<String> DURABLE =
            List.of("--sync-binlog=1", "--innodb-flush-log-at-trx-commit=1", "--innodb-doublewrite=ON");

    private final @Nullable WorkDirectory ownDirectory;
    private final Path directory;
    private final int port;
    private final ServerProcess process;

    private MySqlServer(
            @Nullable WorkDirectory ownDirectory,
            String name,
            Path directory,
            MySqlInstallation installation,
            List<String> flags) {
        this.ownDirectory = ownDirectory;
        this.directory = directory;
        this.port = LoopbackPorts.next();
        List<String> command = new ArrayList<>(installation.command(directory.resolve("data")));
        command.addAll(List.of(
                "--socket=" + socket(),
                "--port=" + port,
                "--bind-address=127.0.0.1",
                "--mysqlx=OFF",
                "--tmpdir=" + directory,
                "--pid-file=" + directory.resolve("mysqld.pid"),
                "--server-id=" + port,
                "--log-bin=bin",
                "--binlog-format=ROW",
                "--gtid-mode=ON",
                "--enforce-gtid-consistency=ON",
                "--log-slave-updates=ON",
                "--default-authentication-plugin=mysql_native_password",
                "--skip-name-resolve",
                "--innodb-log-file-size=16M",
                "--max-allowed-packet=64M",
                "--character-set-server=utf8mb4"));
        command.addAll(flags);
        this.process = new ServerProcess(name, directory, command, Map.of(), this::answers);
    }

    /** Starts a server that has every commit on disk before it answers; a later flag overrides an earlier one. */
    public static MySqlServer start(String... flags) {
        MySqlInstallation installation = MySqlInstallation.find();
        // a data directory is made for one handling of names
        List<String> lasting = Stream.of(flags)
                .filter(flag -> flag.startsWith("--lower-case-table-names"))
                .toList();
        MySqlTemplate template = MySqlTemplate.with(installation, List.of(), lasting);
        WorkDirectory work = WorkDirectory.create("mysql");
        try {
            Path directory = work.subdirectory("mysqld");
            template.copyTo(directory.resolve("data"));
            List<String> all = new ArrayList<>(DURABLE);
            all.addAll(List.of(flags));
            MySqlServer server = new MySqlServer(work, "mysqld", directory, installation, all);
            try {
                server.process.launch().awaitReady();
                return server;
            } catch (RuntimeException e) {
                server.process.kill();
                throw e;
            }
        } catch (RuntimeException e) {
            work.close();
            throw e;
        }
    }

    /** Starts one in another's directory and does not wait for it. */
    static MySqlServer launchIn(
            Path directory, String name, MySqlInstallation installation, MySqlTemplate template, List<String> flags) {
        template.copyTo(directory.resolve("data"));
        MySqlServer server = new MySqlServer(null, name, directory, installation, flags);
        server.process.launch();
        return server;
    }

    void awaitReady() {
        process.awaitReady();
    }

    public int port() {
        return port;
    }

    /** The JDBC address of a database that exists, or of none where it is empty. */
    public String jdbcUrl(String database) {
        return "jdbc:mysql://127.0.0.1:" + port + "/" + database + "?user=" + USER + "&password=" + PASSWORD
                + "&useSSL=false&allowPublicKeyRetrieval=true";
    }

    /** A connection without a default database. */
    public Connection connect() throws SQLException {
        return connect("");
    }

    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database));
    }

    /** Runs each statement by itself, on one connection without a default database. */
    public void execute(String... statements) throws SQLException {
        try (Connection connection = connect()) {
            Sql.execute(connection, statements);
        }
    }

    /** The rows of a query, every value as text. */
    public List<List<@Nullable String>> query(String sql) throws SQLException {
        try (Connection connection = connect()) {
            return Sql.query(connection, sql);
        }
    }

    /** Ends it without a chance to write anything more: SIGKILL. */
    public void kill() {
        process.kill();
    }

    /** Starts it again on the same port and data, killing it first if it runs, and waits until it answers. */
    public void restart() {
        process.restart();
    }

    /** Holds it still without ending its connections. */
    public void freeze() {
        process.freeze();
    }

    public void thaw() {
        process.thaw();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    public String logTail() {
        return process.logTail();
    }

    Path directory() {
        return directory;
    }

    Path socket() {
        return directory.resolve("mysql.sock");
    }

    @Override
    public void close() {
        process.kill();
        if (ownDirectory != null) {
            ownDirectory.close();
        }
    }

    private boolean answers() throws SQLException {
        try (Connection connection = connect()) {
            return connection.isValid(5);
        }
    }
}
