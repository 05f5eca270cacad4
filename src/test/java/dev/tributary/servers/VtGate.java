package dev.tributary.servers;

import dev.tributary.servers.VitessSettings.Encryption;
import dev.tributary.servers.VitessSettings.Login;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The proxy that clients of a cluster talk to. */
final class VtGate {
    private final int grpcPort = LoopbackPorts.next();
    private final int mysqlPort = LoopbackPorts.next();
    private final @Nullable Login login;
    private final @Nullable TestCertificates certificates;
    private final ServerProcess process;

    VtGate(VitessTools tools, Topology topology, WorkDirectory work, VitessSettings settings) {
        Path directory = work.subdirectory("vtgate");
        this.login = settings.login();
        this.certificates = settings.encryption() == Encryption.NONE ? null : TestCertificates.createIn(directory);
        List<String> flags = new ArrayList<>(topology.flags());
        flags.addAll(List.of(
                "--cell=" + Topology.CELL,
                "--cells-to-watch=" + Topology.CELL,
                "--tablet-types-to-wait=PRIMARY",
                "--tablet-refresh-interval=1s",
                "--service-map=grpc-vtgateservice",
                "--bind-address=127.0.0.1",
                "--port=" + LoopbackPorts.next(),
                "--grpc-bind-address=127.0.0.1",
                "--grpc-port=" + grpcPort,
                "--mysql-server-port=" + mysqlPort,
                "--mysql-server-bind-address=127.0.0.1",
                "--vschema-ddl-authorized-users=%",
                "--grpc-max-message-size=67108864",
                "--logtostderr",
                "--log-structured=false"));
        flags.addAll(authentication(directory));
        if (certificates != null) {
            flags.addAll(encryption(certificates, settings.encryption()));
        }
        flags.addAll(settings.vtgateFlags());
        this.process = new ServerProcess(
                "vtgate",
                directory,
                tools.command("vtgate", flags),
                Map.of(),
                () -> LoopbackPorts.answers(grpcPort) && LoopbackPorts.answers(mysqlPort));
    }

    private List<String> authentication(Path directory) {
        if (login == null) {
            return List.of("--mysql-auth-server-impl=none");
        }
        JsonObject grpc = new JsonObject().put("Username", login.user()).put("Password", login.password());
        JsonObject mysql = new JsonObject()
                .put(
                        login.user(),
                        new JsonArray()
                                .add(new JsonObject()
                                        .put("UserData", login.user())
                                        .put("Password", login.password())));
        try {
            Path grpcFile = Files.writeString(
                    directory.resolve("grpc-users.json"),
                    new JsonArray().add(grpc).encode());
            Path mysqlFile = Files.writeString(directory.resolve("mysql-users.json"), mysql.encode());
            return List.of(
                    "--grpc-auth-mode=static",
                    "--grpc-auth-static-password-file=" + grpcFile,
                    "--mysql-auth-server-impl=static",
                    "--mysql-auth-server-static-file=" + mysqlFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> encryption(TestCertificates certificates, Encryption encryption) {
        List<String> flags = new ArrayList<>(List.of(
                "--grpc-cert=" + certificates.serverCertificate(),
                "--grpc-key=" + certificates.serverKey(),
                "--mysql-server-ssl-cert=" + certificates.serverCertificate(),
                "--mysql-server-ssl-key=" + certificates.serverKey()));
        if (encryption == Encryption.MUTUAL_TLS) {
            flags.add("--grpc-ca=" + certificates.authority());
        }
        return flags;
    }

    int grpcPort() {
        return grpcPort;
    }

    int mysqlPort() {
        return mysqlPort;
    }

    ServerProcess process() {
        return process;
    }

    TestCertificates certificates() {
        if (certificates == null) {
            throw new IllegalStateException("this cluster was started without TLS");
        }
        return certificates;
    }

    /** The JDBC address of a target: {@code ks}, {@code ks:-80@primary}, {@code @replica}, or empty. */
    String jdbcUrl(String target) {
        // Connector/J compares a certificate's names with the host's, but not its addresses.
        String host = certificates == null ? "127.0.0.1" : "localhost";
        StringBuilder url = new StringBuilder("jdbc:mysql://" + host + ":" + mysqlPort + "/" + encoded(target));
        if (login == null) {
            url.append("?user=test");
        } else {
            url.append("?user=" + encoded(login.user()) + "&password=" + encoded(login.password()));
        }
        if (certificates == null) {
            url.append("&sslMode=DISABLED");
        } else {
            url.append("&sslMode=VERIFY_IDENTITY&trustCertificateKeyStoreType=PKCS12")
                    .append("&trustCertificateKeyStoreUrl=" + encoded("file:" + certificates.trustStore()))
                    .append("&trustCertificateKeyStorePassword=" + TestCertificates.STORE_PASSWORD);
        }
        return url.toString();
    }

    Connection connect(String target) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(target));
    }

    void execute(String target, String... statements) throws SQLException {
        try (Connection connection = connect(target)) {
            Sql.execute(connection, statements);
        }
    }

    List<List<@Nullable String>> query(String target, String sql) throws SQLException {
        try (Connection connection = connect(target)) {
            return Sql.query(connection, sql);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
