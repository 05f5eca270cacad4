package dev.tributary.source.vitess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import io.vitess.proto.Topodata.TabletType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VitessAddressTest {
    private static VitessAddress address(String url) {
        return VitessAddress.of(url(url));
    }

    @Test
    void vitessHasItsOwnDefaults() {
        VitessAddress address = address("vitess://gate/commerce");

        assertThat(address.host()).isEqualTo("gate");
        assertThat(address.grpcPort()).isEqualTo(15991);
        assertThat(address.mysqlPort()).isEqualTo(15306);
        assertThat(address.keyspace()).isEqualTo("commerce");
        assertThat(address.tls()).isFalse();
        assertThat(address.basicAuthentication()).isFalse();
        assertThat(address.tabletType()).isEqualTo(TabletType.PRIMARY);
        assertThat(address.cells()).isEmpty();
        assertThat(address.shards()).isEmpty();
        assertThat(address.snapshot()).isTrue();
        assertThat(address.heartbeat()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void aPathNamesOneKeyspaceSomeOrAll() {
        assertThat(keyspaces("commerce")).containsExactly("commerce");
        assertThat(keyspaces("customer,commerce")).containsExactly("customer", "commerce");
        assertThat(keyspaces("*")).isEmpty();
        for (String wrong : List.of("a,", "a,*", "a,a")) {
            assertThatThrownBy(() -> keyspaces(wrong))
                    .isInstanceOf(PipelineException.class)
                    .hasMessageContainingAll("TRIBUTARY_SOURCE", "the path names keyspaces");
        }
        assertThatThrownBy(() -> address("vitess://gate/a,b"))
                .isInstanceOf(PipelineException.class)
                .hasMessageContaining("--keyspace");
    }

    private static Set<String> keyspaces(String path) {
        return VitessAddress.keyspaces(url("vitess://gate/" + path));
    }

    private static ConnectionUrl url(String text) {
        return ConnectionUrl.parse("TRIBUTARY_SOURCE", text, Optional.empty());
    }

    @Test
    void ofSeveralKeyspacesAShardIsNamedWithItsOwn() {
        ConnectionUrl url = url("vitess://gate/a,b,c?shards=a/-80,b/0");

        assertThat(VitessAddress.of(url, "a").shards()).containsExactly("-80");
        assertThat(VitessAddress.of(url, "b").shards()).containsExactly("0");
        assertThat(VitessAddress.readsSome(url, "b")).isTrue();
        assertThat(VitessAddress.readsSome(url, "c")).isFalse();
        assertThatThrownBy(() -> VitessAddress.of(url("vitess://gate/a,b?shards=-80"), "a"))
                .isInstanceOf(PipelineException.class)
                .hasMessageContaining("keyspace/shard");
    }

    @Test
    void planetscaleMeansTlsAndBasicAuthentication() {
        VitessAddress address = address("planetscale://user:secret@host/shop");

        assertThat(address.grpcPort()).isEqualTo(443);
        assertThat(address.mysqlPort()).isEqualTo(3306);
        assertThat(address.tls()).isTrue();
        assertThat(address.basicAuthentication()).isTrue();
    }

    @Test
    void everyParameterIsTaken(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("some.pem"), "x");
        VitessAddress address = address("vitess://u:p@[::1]:2/commerce?mysql_port=3&tls=verify&ca=" + file
                + "&cert=" + file + "&key=" + file + "&server_name=gate.example&tablet_type=REPLICA"
                + "&cells=zone1,%20zone2&tables=orders&exclude=audit&shards=-80,80-&snapshot=false"
                + "&heartbeat_seconds=7");

        assertThat(address.host()).isEqualTo("::1");
        assertThat(address.grpcPort()).isEqualTo(2);
        assertThat(address.mysqlPort()).isEqualTo(3);
        assertThat(address.tls()).isTrue();
        assertThat(address.ca()).isEqualTo(file.toFile());
        assertThat(address.certificate()).isEqualTo(file.toFile());
        assertThat(address.key()).isEqualTo(file.toFile());
        assertThat(address.serverName()).contains("gate.example");
        assertThat(address.tabletType()).isEqualTo(TabletType.REPLICA);
        assertThat(address.cells()).isEqualTo("zone1,zone2");
        assertThat(address.tables().selects("orders")).isTrue();
        assertThat(address.tables().selects("items")).isFalse();
        assertThat(address.shards()).containsExactly("-80", "80-");
        assertThat(address.snapshot()).isFalse();
        assertThat(address.heartbeat()).isEqualTo(Duration.ofSeconds(7));
        assertThat(address.target("-80")).isEqualTo("commerce:-80@replica");
    }

    @Test
    void aCertificateAuthorityMeansTls(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("ca.pem"), "x");

        assertThat(address("vitess://gate/commerce?ca=" + file).tls()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vitess://gate/commerce?mysqlport=1              | mysqlport",
                "vitess://gate/commerce?mysql_port=x             | mysql_port",
                "vitess://gate/commerce?mysql_port=0             | mysql_port",
                "vitess://gate/commerce?mysql_port=65536         | mysql_port",
                "vitess://gate/commerce?tls=true                 | tls",
                "vitess://gate/commerce?tls=disabled&ca=/x       | ca",
                "vitess://gate/commerce?cert=/x                  | cert",
                "vitess://gate/commerce?server_name=x            | server_name",
                "vitess://gate/commerce?tls=verify&ca=/none      | ca",
                "vitess://gate/commerce?tls=verify&cert=/none    | cert",
                "vitess://gate/commerce?tablet_type=master       | tablet_type",
                "vitess://gate/commerce?snapshot=perhaps         | snapshot",
                "vitess://gate/commerce?heartbeat_seconds=0      | heartbeat_seconds",
                "vitess://gate/commerce?heartbeat_seconds=301    | heartbeat_seconds",
                "vitess://gate/commerce?tables=a,,b              | tables",
                "vitess://gate/commerce?exclude=/(/              | exclude",
                "vitess://gate/commerce?tables=a&tables=b        | tables",
                "vitess://user:hidden@gate/commerce?cell=x       | cell",
                "vitess://user@gate/commerce                     | password",
                "vitess://gate                                   | name",
                "vitess://gate/a/b                               | name"
            })
    void whatIsWrongIsSaidByName(String url, String name) {
        assertThatThrownBy(() -> address(url))
                .asInstanceOf(InstanceOfAssertFactories.type(PipelineException.class))
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(Kind.SETTING))
                .satisfies(failure -> assertThat(failure)
                        .hasMessageStartingWith("TRIBUTARY_SOURCE: ")
                        .hasMessageContaining(name)
                        .hasMessageNotContaining("hidden"));
    }

    @Test
    void aCertificateNeedsItsKey(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("client.pem"), "x");

        assertThatThrownBy(() -> address("vitess://gate/commerce?tls=verify&cert=" + file))
                .hasMessageContaining("'cert' and 'key'");
    }

    @Test
    void itsTextHoldsNoPassword() {
        assertThat(address("vitess://user:hidden@gate/commerce").toString()).doesNotContain("hidden");
    }
}
