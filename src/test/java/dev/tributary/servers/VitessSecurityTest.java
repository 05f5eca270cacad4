package dev.tributary.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import io.vitess.proto.Query.BoundQuery;
import io.vitess.proto.Vtgate.ExecuteRequest;
import io.vitess.proto.Vtgate.ExecuteResponse;
import io.vitess.proto.grpc.VitessGrpc;
import java.io.IOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@NeedsVitess
class VitessSecurityTest {
    private static VitessCluster cluster;

    @BeforeAll
    static void start() {
        cluster = VitessCluster.builder()
                .keyspace("ks", "0")
                .login("app", "a secret")
                .mutualTls()
                .start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void letsTheUserInOverTls() throws SQLException {
        assertThat(cluster.query("SELECT 1")).containsExactly(List.of("1"));
    }

    @Test
    void refusesAWrongPasswordOnTheMySqlPort() {
        String url = cluster.jdbcUrl("ks").replace("a+secret", "wrong");

        assertThatThrownBy(() -> DriverManager.getConnection(url).close())
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("Access denied");
    }

    @Test
    void letsAClientWithACertificateInOverGrpc() throws Exception {
        assertThat(selectOne(withCertificate(), "a secret").getResult().getRowsCount())
                .isEqualTo(1);
    }

    @Test
    void refusesAWrongPasswordOnTheGrpcPort() {
        assertThatThrownBy(() -> selectOne(withCertificate(), "wrong"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode())
                                .isIn(Status.Code.UNAUTHENTICATED, Status.Code.PERMISSION_DENIED));
    }

    @Test
    void refusesAClientWithoutTlsOrWithoutACertificate() throws IOException {
        ChannelCredentials withoutCertificate = TlsChannelCredentials.newBuilder()
                .trustManager(cluster.certificates().authority().toFile())
                .build();

        for (ChannelCredentials credentials : List.of(InsecureChannelCredentials.create(), withoutCertificate)) {
            assertThatThrownBy(() -> selectOne(credentials, "a secret"))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        }
    }

    private static ChannelCredentials withCertificate() throws IOException {
        TestCertificates certificates = cluster.certificates();
        return TlsChannelCredentials.newBuilder()
                .trustManager(certificates.authority().toFile())
                .keyManager(
                        certificates.clientCertificate().toFile(),
                        certificates.clientKey().toFile())
                .build();
    }

    private static ExecuteResponse selectOne(ChannelCredentials credentials, String password) {
        Metadata login = new Metadata();
        login.put(Metadata.Key.of("username", Metadata.ASCII_STRING_MARSHALLER), "app");
        login.put(Metadata.Key.of("password", Metadata.ASCII_STRING_MARSHALLER), password);
        ManagedChannel channel = Grpc.newChannelBuilderForAddress("127.0.0.1", cluster.grpcPort(), credentials)
                .build();
        try {
            return VitessGrpc.newBlockingStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(login))
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .execute(ExecuteRequest.newBuilder()
                            .setQuery(BoundQuery.newBuilder().setSql("SELECT 1"))
                            .build());
        } finally {
            channel.shutdownNow();
        }
    }
}
