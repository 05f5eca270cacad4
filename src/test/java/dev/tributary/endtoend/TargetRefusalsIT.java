package dev.tributary.endtoend;

import dev.tributary.servers.LoopbackPorts;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong about a target is said in one line, by {@code run} as by {@code check}, and at once. */
@NeedsVitess
class TargetRefusalsIT {
    private static final String DATABASE = "refusing";
    private static final List<String> PRIVILEGES =
            List.of("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "REFERENCES");
    private static final Refusals REFUSALS = new Refusals();

    private static final MySqlServer MYSQL = SharedServers.mysql();
    private static final VitessCluster VITESS = SharedServers.vitess();
    private static MySqlServer readOnly;
    private static ServerSocket silent;

    @BeforeAll
    static void startAll() throws Exception {
        VITESS.resetKeyspace();
        VITESS.applyVSchema("""
                {"sharded": true,
                 "vindexes": {"hash": {"type": "hash"}},
                 "tables": {"orders": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}
                """);
        VITESS.execute("CREATE TABLE orders (id BIGINT PRIMARY KEY, note VARCHAR(50))");
        for (String database : List.of(DATABASE, DATABASE + "_narrow", DATABASE + "_cut")) {
            MYSQL.execute("DROP DATABASE IF EXISTS " + database, "CREATE DATABASE " + database);
        }
        MYSQL.execute("CREATE TABLE " + DATABASE + "_narrow.orders (id BIGINT PRIMARY KEY)");
        MYSQL.execute("CREATE TABLE " + DATABASE + "_cut.orders (id INT PRIMARY KEY, note VARCHAR(20))");
        // without TLS either
        readOnly = MySqlServer.start(
                "--read-only=ON", System.getProperty("mysqld") == null ? "--ssl=OFF" : "--tls-version=");
        readOnly.execute("CREATE DATABASE " + DATABASE);
        silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        addresses();
        privileges();
        tls();
        tables();
        REFUSALS.start();
    }

    @AfterAll
    static void stop() throws Exception {
        REFUSALS.close();
        silent.close();
        readOnly.close();
        for (String privilege : PRIVILEGES) {
            MYSQL.execute("DROP USER IF EXISTS no_" + privilege + "@'%'");
        }
        MYSQL.execute("DROP USER IF EXISTS nothing@'%'");
        VITESS.resetKeyspace();
    }

    private static void addresses() {
        int nobody = LoopbackPorts.next();
        refused("unknown host", 1, "mysql://root@nowhere.invalid/refusing", "nowhere.invalid", "no such host");
        refused("closed port", 1, sink("root", nobody, ""), "127.0.0.1:" + nobody, "can't connect");
        refused(
                "silent port",
                1,
                sink("root", silent.getLocalPort(), "?connect_timeout=2"),
                "127.0.0.1:" + silent.getLocalPort(),
                "no answer");
        refused("read-only server", 1, sink("root", readOnly.port(), ""), "read-only");
        refused("unknown database", 2, sink("root", MYSQL.port(), "_nowhere"), "refusing_nowhere", "create");
    }

    private static void privileges() throws SQLException {
        MYSQL.execute("CREATE USER nothing@'%' IDENTIFIED BY '" + Refusal.SECRET + "'");
        refused(
                "wrong password",
                2,
                sink("nothing:not" + Refusal.SECRET, MYSQL.port(), ""),
                "'nothing'",
                "check user and password");
        refused("no privilege", 2, sink("nothing:" + Refusal.SECRET, MYSQL.port(), ""), "'nothing'", "grant");
        for (String privilege : PRIVILEGES) {
            String user = "no_" + privilege;
            List<String> others = PRIVILEGES.stream()
                    .filter(other -> !other.equals(privilege))
                    .toList();
            MYSQL.execute(
                    "CREATE USER " + user + "@'%' IDENTIFIED BY '" + Refusal.SECRET + "'",
                    "GRANT " + String.join(", ", others) + " ON " + DATABASE + ".* TO " + user + "@'%'");
            refused(
                    "no " + privilege,
                    1,
                    sink(user + ":" + Refusal.SECRET, MYSQL.port(), ""),
                    "user '" + user + "' lacks " + privilege + " on " + DATABASE,
                    "grant it");
        }
    }

    private static void tls() throws SQLException {
        String ca = "?ca=" + MYSQL.query("SELECT @@datadir").getFirst().getFirst() + "ca.pem";
        refused("certificate for another name", 2, sink("root", MYSQL.port(), ca), "another name");
        refused("untrusted", 2, sink("root", MYSQL.port(), "?tls=verify"), "not trusted", "'ca'");
        refused("missing CA", 2, sink("root", MYSQL.port(), "?ca=/none.pem"), "'ca'", "/none.pem");
        refused("no TLS there", 2, sink("root", readOnly.port(), "?tls=required"), "'tls'");
    }

    private static void tables() {
        Map<String, String> none = new HashMap<>(settings(sink("root", MYSQL.port(), "")));
        none.put("TRIBUTARY_SCHEMA", "none");
        REFUSALS.add("missing table", none, 1, "table orders", "TRIBUTARY_SCHEMA=create");
        REFUSALS.add(
                "missing column",
                settings(sink("root", MYSQL.port(), "_narrow")),
                1,
                "table orders",
                "column note",
                "commerce.orders",
                "add it");
        REFUSALS.add(
                "narrower columns",
                settings(sink("root", MYSQL.port(), "_cut")),
                1,
                "table orders: column id is int at the target, bigint at the source; table orders: column note is"
                        + " varchar(20) at the target, varchar(50) at the source",
                "schema_check=off");
    }

    private static String sink(String account, int port, String rest) {
        return "mysql://" + account + "@127.0.0.1:" + port + "/" + DATABASE + rest;
    }

    private static void refused(String what, int code, String sink, String... said) {
        REFUSALS.add(
                what,
                settings(sink),
                code,
                Stream.concat(Stream.of("TRIBUTARY_SINK: "), Stream.of(said)).toArray(String[]::new));
    }

    private static Map<String, String> settings(String sink) {
        return Map.of(
                "TRIBUTARY_SOURCE",
                "vitess://127.0.0.1:" + VITESS.grpcPort() + "/commerce?mysql_port=" + VITESS.mysqlPort(),
                "TRIBUTARY_SINK",
                sink);
    }

    static Stream<Arguments> refusals() {
        return REFUSALS.cases();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("refusals")
    void aLineSaysWhatIsWrong(String verb, Refusal refusal) throws Exception {
        REFUSALS.assertSaid(verb, refusal);
    }
}
