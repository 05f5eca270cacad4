package dev.tributary.source.vitess;

import static dev.tributary.servers.VEvents.gtid;
import static dev.tributary.servers.VEvents.lastpk;
import static dev.tributary.servers.VStreamScript.script;
import static org.assertj.core.api.Assertions.assertThat;

import binlogdata.Binlogdata.Filter.FieldEventMode;
import binlogdata.Binlogdata.Rule;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.Position;
import dev.tributary.servers.ServedStream;
import dev.tributary.servers.TestCertificates;
import dev.tributary.servers.VEvents;
import dev.tributary.servers.VStreamServer;
import io.vitess.proto.Topodata.TabletType;
import io.vitess.proto.Vtgate.VStreamFlags;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VStreamRequestTest extends VStreamFixture {
    private static final int TRANSACTION_CHUNK_SIZE = 11;

    private static Rule rule(String match, String filter) {
        return Rule.newBuilder().setMatch(match).setFilter(filter).build();
    }

    @Test
    void changesAreAskedForFromTheirPlaceWithTheFlagsThatTheyNeed() {
        VStreamServer server = started(VStreamServer.start());
        server.answer("-80", script());

        changes(source(server), true);
        ServedStream served = server.await(0);

        assertThat(served.from().getKeyspace()).isEqualTo("commerce");
        assertThat(served.from().getShard()).isEqualTo("-80");
        assertThat(served.from().getGtid()).isEqualTo(gtid(3));
        assertThat(served.from().getTablePKsList()).isEmpty();
        assertThat(served.request().getTabletType()).isEqualTo(TabletType.PRIMARY);
        assertThat(served.request().getFilter().getRulesList())
                .containsExactly(rule("orders", "select * from `orders`"), rule("/.*", ""));
        VStreamFlags flags = served.request().getFlags();
        assertThat(flags.getHeartbeatInterval()).isEqualTo(5);
        assertThat(flags.getIncludeReshardJournalEvents()).isTrue();
        assertThat(flags.getExcludeKeyspaceFromTableName()).isTrue();
        assertThat(flags.getMinimizeSkew()).as("chunks are not sent with it").isFalse();
        assertThat(flags.getStopOnReshard()).as("servers hang behind it").isFalse();
        assertThat(flags.getUnknownFields().getField(TRANSACTION_CHUNK_SIZE).getVarintList())
                .containsExactly(4L << 20);
        assertThat(served.header("username")).isNull();
        assertThat(served.header("authorization")).isNull();
    }

    @Test
    void tablesThatAreNamedOneByOneAreAllThatIsAskedFor() {
        VStreamServer server = started(VStreamServer.start());
        server.answer("-80", script());

        changes(
                source(
                        server.port(),
                        "vitess://127.0.0.1:%d/commerce?tables=orders&tablet_type=replica&cells=a,b&heartbeat_seconds=9"),
                true);
        ServedStream served = server.await(0);

        assertThat(served.request().getFilter().getRulesList())
                .containsExactly(rule("orders", "select * from `orders`"));
        assertThat(served.request().getTabletType()).isEqualTo(TabletType.REPLICA);
        assertThat(served.request().getFlags().getCells()).isEqualTo("a,b");
        assertThat(served.request().getFlags().getHeartbeatInterval()).isEqualTo(9);
    }

    @Test
    void aCopyAsksForTheRowsOfItsRangeFromTheBeginning() {
        VStreamServer server = started(VStreamServer.start());
        server.answer("-80", script());
        KeyRange range = new KeyRange("id", BigInteger.ONE, BigInteger.TEN);

        copy(source(server), new PartCheckpoint(new PartId("orders", 1), range.encode(), null, false));
        ServedStream served = server.await(0);

        assertThat(served.from().getGtid()).isEmpty();
        assertThat(served.from().getTablePKsList()).isEmpty();
        assertThat(served.request().getFilter().getRulesList())
                .containsExactly(rule("orders", "select * from `orders` where `id` >= 1 and `id` < 10"));
    }

    @Test
    void aResumedCopyAsksForTheRestByKey() {
        VStreamServer server = started(VStreamServer.start());
        server.answer("-80", script());
        Position saved = new VitessPosition(gtid(5), lastpk(2), Map.of()).toPosition();

        copy(source(server), new PartCheckpoint(new PartId("orders", 0), "", saved, false));
        ServedStream served = server.await(0);

        assertThat(served.from().getGtid()).isEqualTo(gtid(5));
        assertThat(served.from().getTablePKsList()).singleElement().satisfies(table -> {
            assertThat(table.getTableName()).isEqualTo("orders");
            assertThat(table.getLastpk()).isEqualTo(lastpk(2));
            assertThat(table.getLastpk().getFieldsList()).isNotEmpty();
        });
    }

    /** Without a range: for rows of before a schema change the tablet would look for it in another column. */
    @Test
    void aCopiedPartAsksForItsTablesChangesWhateverTheColumnsWere() {
        VStreamServer server = started(VStreamServer.start());
        server.answer("-80", script());
        KeyRange range = new KeyRange("id", BigInteger.ONE, BigInteger.TEN);

        copy(source(server), new PartCheckpoint(new PartId("orders", 1), range.encode(), Told.at(5), true, true));
        ServedStream served = server.await(0);

        assertThat(served.from().getGtid()).isEqualTo(gtid(5));
        assertThat(served.from().getTablePKsList()).isEmpty();
        assertThat(served.request().getFilter().getRulesList())
                .containsExactly(rule("orders", "select * from `orders`"));
        assertThat(served.request().getFilter().getFieldEventMode()).isEqualTo(FieldEventMode.BEST_EFFORT);
    }

    @Test
    void credentialsAreSentAsVitessWantsThem() {
        VStreamServer server = started(VStreamServer.startWithLogin("user", "p:w"));
        server.answer("-80", script().message(VEvents.heartbeat()));

        OpenStream stream = changes(source(server.port(), "vitess://user:p%%3Aw@127.0.0.1:%d/commerce"), true);
        stream.awaitLines(1);

        assertThat(stream.lines).containsExactly("heartbeat");
        assertThat(server.await(0).header("username")).isEqualTo("user");
        assertThat(server.await(0).header("password")).isEqualTo("p:w");
    }

    @Test
    void credentialsAreSentAsPlanetscaleWantsThem() {
        VStreamServer server = started(VStreamServer.start());
        server.answer("-80", script());

        changes(source(server.port(), "planetscale://user:p%%3Aw@127.0.0.1:%d/commerce?tls=disabled"), true);

        String expected = Base64.getEncoder().encodeToString("user:p:w".getBytes(StandardCharsets.UTF_8));
        assertThat(server.await(0).header("authorization")).isEqualTo("Basic " + expected);
        assertThat(server.await(0).header("password")).isNull();
    }

    @Test
    void speaksTlsWithAClientsCertificate(@TempDir Path directory) {
        TestCertificates certificates = TestCertificates.createIn(directory);
        VStreamServer server = started(VStreamServer.startWithTls(certificates));
        server.answer("-80", script().message(VEvents.heartbeat()));
        String tls = "?ca=" + certificates.authority() + "&cert=" + certificates.clientCertificate() + "&key="
                + certificates.clientKey();

        OpenStream trusted = changes(source(server.port(), "vitess://localhost:%d/commerce" + tls), true);
        trusted.awaitLines(1);
        OpenStream stranger = changes(source(server.port(), "vitess://localhost:%d/commerce?tls=verify"), true);
        stranger.awaitFailure();

        assertThat(trusted.lines).containsExactly("heartbeat");
        assertThat(stranger.failureMessage()).contains("localhost:" + server.port());
    }
}
