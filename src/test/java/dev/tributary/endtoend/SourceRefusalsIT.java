package dev.tributary.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.LoopbackPorts;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VStreamServer;
import dev.tributary.servers.VitessCluster;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong about a source is said in one line, by {@code run} as by {@code check}, and at once. */
@NeedsVitess
class SourceRefusalsIT {
    private static final String PASSWORD = Refusal.SECRET;
    private static final Refusals REFUSALS = new Refusals();

    private static final MySqlServer MYSQL = SharedServers.mysql();
    private static final VitessCluster PLAIN = SharedServers.vitess();
    private static VitessCluster secured;
    private static VStreamServer stranger;
    private static ServerSocket silent;

    @BeforeAll
    static void startAll() throws Exception {
        PLAIN.resetKeyspace();
        PLAIN.applyVSchema("""
                {"sharded": true,
                 "vindexes": {"hash": {"type": "hash"}},
                 "tables": {"orders": {"column_vindexes": [{"column": "id", "name": "hash"}]},
                            "_orders_old": {"column_vindexes": [{"column": "id", "name": "hash"}]}}}
                """);
        PLAIN.execute(
                "CREATE TABLE orders (id BIGINT PRIMARY KEY)",
                "CREATE TABLE _orders_old (id BIGINT PRIMARY KEY)",
                "CREATE TABLE hollow (a INT, b FLOAT)",
                "CREATE TABLE computed (id BIGINT PRIMARY KEY, KEY ((id + 1)))");
        MYSQL.execute("DROP DATABASE IF EXISTS refusals", "CREATE DATABASE refusals");
        secured = VitessCluster.builder()
                .keyspace("commerce", "0")
                .login("app", PASSWORD)
                .tls()
                .start();
        secured.execute("CREATE TABLE orders (id BIGINT PRIMARY KEY)");
        stranger = VStreamServer.startWithLogin("app", "another");
        silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        addresses();
        names();
        tls();
        REFUSALS.start();
    }

    @AfterAll
    static void stop() throws Exception {
        REFUSALS.close();
        silent.close();
        stranger.close();
        secured.close();
        PLAIN.resetKeyspace();
    }

    private static void addresses() {
        int nobody = LoopbackPorts.next();
        int grpc = PLAIN.grpcPort();
        int mysql = PLAIN.mysqlPort();
        refused("unknown host", 1, "vitess://nowhere.invalid/commerce", "nowhere.invalid:15306", "no such host");
        refused("closed gRPC port", 1, plain(nobody, mysql, ""), "gRPC port 127.0.0.1:" + nobody, "can't connect");
        refused("closed MySQL port", 1, plain(grpc, nobody, ""), "MySQL port 127.0.0.1:" + nobody, "mysql_port");
        refused("gRPC port for MySQL", 1, plain(grpc, grpc, ""), "MySQL port 127.0.0.1:" + grpc, "mysql_port");
        refused("MySQL port for gRPC", 1, plain(mysql, mysql, ""), "gRPC port 127.0.0.1:" + mysql, "check");
        int hung = silent.getLocalPort();
        refused("silent MySQL port", 1, plain(grpc, hung, ""), "MySQL port 127.0.0.1:" + hung, "no answer within 10 s");
        refused("silent gRPC port", 1, plain(hung, mysql, ""), "gRPC port 127.0.0.1:" + hung, "20 s");
    }

    private static void names() {
        String found = plain(PLAIN.grpcPort(), PLAIN.mysqlPort(), "");
        refused("unknown keyspace", 2, found.replace("/commerce", "/comerce"), "'comerce'", "check");
        refused("unknown table", 2, found + "&tables=orders,oders", "'tables'", "'oders'");
        refused("expression that selects nothing", 2, found + "&tables=/oders_.*/", "'tables'", "no table");
        refused("table that is never streamed", 2, found + "&tables=_orders_old", "'_orders_old'", "rename");
        refused("unknown shard", 2, found + "&shards=-40", "'shards'", "'-40'", "[-80, 80-]");
        refused(
                "no such tablet",
                1,
                found + "&tablet_type=replica",
                "of commerce/",
                "no healthy tablet",
                "tablet_type");
        refused(
                "wrong password for gRPC",
                2,
                "vitess://app:" + PASSWORD + "@127.0.0.1:" + stranger.port() + "/commerce?mysql_port="
                        + PLAIN.mysqlPort(),
                "127.0.0.1:" + stranger.port(),
                "refuses user 'app'",
                "check user and password");
    }

    private static void tls() throws Exception {
        String ca = "&ca=" + secured.certificates().authority();
        String trusting = secured(secured.grpcPort(), PASSWORD, ca);
        String other = "&ca=" + MYSQL.query("SELECT @@datadir").getFirst().getFirst() + "ca.pem";
        refused("wrong password", 2, secured(secured.grpcPort(), "wrong-" + PASSWORD, ca), "'app'", "password");
        refused("wrong server name", 2, trusting + "&server_name=other.example", "another name", "other.example");
        refused("untrusted", 2, secured(secured.grpcPort(), PASSWORD, other), "not trusted", "'ca'");
        refused("missing CA", 2, trusting.replace("ca.pem", "none.pem"), "'ca'", "none.pem");
        refused("MySQL port without TLS", 1, plain(PLAIN.grpcPort(), PLAIN.mysqlPort(), ca), "MySQL port", "'tls'");
        refused("gRPC port without TLS", 2, secured(PLAIN.grpcPort(), PASSWORD, ca), "gRPC port", "'tls'");
        refused("gRPC port with TLS", 1, secured(secured.grpcPort(), PASSWORD, ""), "gRPC port", "'tls'");
    }

    private static String plain(int grpc, int mysql, String parameters) {
        return "vitess://127.0.0.1:" + grpc + "/commerce?mysql_port=" + mysql + parameters;
    }

    private static String secured(int grpc, String password, String parameters) {
        return "vitess://app:" + password + "@127.0.0.1:" + grpc + "/commerce?mysql_port=" + secured.mysqlPort()
                + parameters;
    }

    private static void refused(String what, int code, String source, String... said) {
        REFUSALS.add(
                what,
                settings(source),
                code,
                Stream.concat(Stream.of("TRIBUTARY_SOURCE: "), Stream.of(said)).toArray(String[]::new));
    }

    private static Map<String, String> settings(String source) {
        return Map.of(
                "TRIBUTARY_SOURCE",
                source,
                "TRIBUTARY_SINK",
                "mysql://" + MySqlServer.USER + "@127.0.0.1:" + MYSQL.port() + "/refusals");
    }

    static Stream<Arguments> refusals() {
        return REFUSALS.cases();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("refusals")
    void aLineSaysWhatIsWrong(String verb, Refusal refusal) throws Exception {
        REFUSALS.assertSaid(verb, refusal);
    }

    @Test
    void theServerNameHoldsForBothPorts() {
        String source = secured(
                secured.grpcPort(),
                PASSWORD,
                "&server_name=localhost&ca=" + secured.certificates().authority());

        try (TributaryProcess check = check(source)) {
            assertThat(check.exitCode()).as(() -> EndToEnd.said(check)).isZero();
            assertThat(check.errors()).isEmpty();
        }
    }

    @Test
    void tablesThatVitessDoesNotStreamRightlyAreTold() {
        try (TributaryProcess check = check(plain(PLAIN.grpcPort(), PLAIN.mysqlPort(), ""))) {
            assertThat(check.exitCode()).as(() -> EndToEnd.said(check)).isZero();
            assertThat(check.output())
                    .anyMatch(line -> line.startsWith("table commerce._orders_old is not read: "))
                    .anyMatch(line -> line.startsWith("table commerce.hollow: it has no key, and "))
                    .anyMatch(line -> line.startsWith("table commerce.computed: it has an index on an expression"));
        }
    }

    private static TributaryProcess check(String source) {
        TributaryProcess.Start start = TributaryProcess.of("check");
        settings(source).forEach(start::with);
        return start.end();
    }
}
