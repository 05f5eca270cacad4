package dev.tributary.servers;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real mysqld, or a MariaDB 11.4.5, on a free loopback port, with data of its own that goes when it is closed. */
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
            List<String> program,
            List<String> flags) {
        this.ownDirectory = ownDirectory;
        this.directory = directory;
        this.port = LoopbackPorts.next();
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of(
                "--socket=" + socket(),
                "--port=" + port,
                "--bind-address=127.0.0.1",
                "--tmpdir=" + directory,
                "--pid-file=" + directory.resolve("mysqld.pid"),
                "--server-id=" + port,
                "--log-bin=bin",
                "--binlog-format=ROW",
                "--skip-name-resolve",
                "--loose-innodb-log-file-size=16M",
                "--max-allowed-packet=64M",
                "--character-set-server=utf8mb4"));
        command.addAll(flags);
        this.process = new ServerProcess(name, directory, command, Map.of(), this::answers);
    }

    /** Starts a server that has every commit on disk before it answers; a later flag overrides an earlier one. */
    public static MySqlServer start(String... flags) {
        MySqlInstallation installation = MySqlInstallation.ofTargets();
        // a data directory is made for one handling of names
        List<String> lasting = Stream.of(flags)
                .filter(flag -> flag.startsWith("--lower-case-table-names"))
                .toList();
        List<String> all = new ArrayList<>(installation.serverFlags());
        all.addAll(List.of(flags));
        return start(MySqlTemplate.with(installation, List.of(), lasting), installation::command, all);
    }

    /** The same of a MariaDB. Without TLS, for which it would make a key at every start. */
    public static MySqlServer startMariaDb(String... flags) {
        MariaDbInstallation installation = MariaDbInstallation.find();
        List<String> all = new ArrayList<>(List.of("--skip-ssl"));
        all.addAll(List.of(flags));
        return start(installation.template(), installation::command, all);
    }

    private static MySqlServer start(MySqlTemplate template, Function<Path, List<String>> program, List<String> flags) {
        WorkDirectory work = WorkDirectory.create("mysql");
        try {
            Path directory = work.subdirectory("mysqld");
            Path data = directory.resolve("data");
            template.copyTo(data);
            List<String> all = new ArrayList<>(DURABLE);
            all.addAll(flags);
            MySqlServer server = new MySqlServer(work, "mysqld", directory, program.apply(data), all);
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
        Path data = directory.resolve("data");
        template.copyTo(data);
        List<String> all = new ArrayList<>(installation.serverFlags());
        all.addAll(flags);
        MySqlServer server = new MySqlServer(null, name, directory, installation.command(data), all);
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
