package dev.tributary.source.vitess;

import static dev.tributary.servers.VEvents.begin;
import static dev.tributary.servers.VEvents.commit;
import static dev.tributary.servers.VEvents.field;
import static dev.tributary.servers.VEvents.gtid;
import static dev.tributary.servers.VEvents.heartbeat;
import static dev.tributary.servers.VEvents.idAndName;
import static dev.tributary.servers.VEvents.insert;
import static dev.tributary.servers.VEvents.rows;
import static dev.tributary.servers.VEvents.vgtid;
import static dev.tributary.servers.VStreamScript.script;
import static org.assertj.core.api.Assertions.assertThat;

import binlogdata.Binlogdata.ShardGtid;
import binlogdata.Binlogdata.VGtid;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.servers.Await;
import dev.tributary.servers.VStreamServer;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.vitess.proto.Vtgate.VStreamRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VStreamFailureTest extends VStreamFixture {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final List<ManagedChannel> channels = new ArrayList<>();

    @AfterEach
    void closeChannels() {
        channels.forEach(ManagedChannel::shutdownNow);
    }

    private static Kind kind(OpenStream stream) {
        return Objects.requireNonNull(stream.failure).kind();
    }

    @ParameterizedTest
    @CsvSource({
        "CANCELLED,TRANSIENT",
        "UNKNOWN,TRANSIENT",
        "DEADLINE_EXCEEDED,TRANSIENT",
        "FAILED_PRECONDITION,TRANSIENT",
        "RESOURCE_EXHAUSTED,TRANSIENT",
        "INTERNAL,TRANSIENT",
        "UNAVAILABLE,TRANSIENT",
        "INVALID_ARGUMENT,FATAL",
        "UNIMPLEMENTED,FATAL",
        "UNAUTHENTICATED,SETTING",
        "PERMISSION_DENIED,SETTING"
    })
    void whatEndsAStreamIsToldByItsStatus(Status.Code code, Kind kind) {
        VStreamServer server = started(VStreamServer.start());
        server.answer("-80", script().error(code.toStatus().withDescription("as scripted")));

        OpenStream stream = changes(source(server), true);
        stream.awaitFailure();

        assertThat(kind(stream)).isEqualTo(kind);
        assertThat(stream.failureMessage())
                .contains("commerce/-80 changes")
                .contains("127.0.0.1:" + server.port())
                .contains("as scripted");
    }

    @Test
    void aShardWithoutATabletThatHasTheChangesSaysWhatToDo() {
        VStreamServer server = started(VStreamServer.start());
        server.answer(
                "-80",
                script().error(Status.CANCELLED.withDescription("failed to find a PRIMARY tablet for VStream in"
                        + " commerce/-80 in 1 cells: context has expired")));

        OpenStream stream = changes(source(server), true);
        stream.awaitFailure();

        assertThat(kind(stream)).isEqualTo(Kind.TRANSIENT);
        assertThat(stream.failureMessage())
                .contains("none has the binlogs any more", "TRIBUTARY_LOST_POSITION=resnapshot");
    }

    @Test
    void aStreamOfChangesDoesNotEndInGoodOrder() {
        VStreamServer server = started(VStreamServer.start());
        server.answer(
                "-80",
                script().message(begin(), vgtid("-80", gtid(4)), commit()).end());

        OpenStream stream = changes(source(server), true);
        stream.awaitFailure();

        assertThat(stream.lines).containsExactly("at 4", "failure TRANSIENT");
    }

    @Test
    void aFailureInATransactionOffersNoPlaceInIt() {
        VStreamServer server = started(VStreamServer.start());
        server.answer(
                "-80",
                script().message(begin(), field("orders", idAndName()), rows("orders", insert(1, "a")))
                        .message(rows("orders", insert(2, "b")), vgtid("-80", gtid(4)))
                        .error(Status.INTERNAL));

        OpenStream stream = changes(source(server), true);
        stream.awaitFailure();

        assertThat(stream.lines).containsExactly("create orders 1,a", "create orders 2,b", "failure TRANSIENT");
    }

    @Test
    void strangersAreTurnedAwayAsAWrongSetting() {
        VStreamServer server = started(VStreamServer.startWithLogin("user", "secret"));

        OpenStream nobody = changes(source(server), true);
        OpenStream stranger = changes(source(server.port(), "vitess://user:guessed@127.0.0.1:%d/commerce"), true);
        nobody.awaitFailure();
        stranger.awaitFailure();

        assertThat(kind(nobody)).isEqualTo(Kind.SETTING);
        assertThat(kind(stranger)).isEqualTo(Kind.SETTING);
        assertThat(stranger.failureMessage())
                .startsWith("TRIBUTARY_SOURCE")
                .contains("'user'")
                .doesNotContain("guessed");
    }

    @Test
    void aServerThatIsGoneIsTransient() {
        VStreamServer server = VStreamServer.start();
        server.close();

        OpenStream stream = changes(source(server), true);
        stream.awaitFailure();

        assertThat(kind(stream)).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void aServerThatDiesIsTransient() {
        VStreamServer server = started(VStreamServer.start());
        server.answer("-80", script().message(heartbeat()));
        OpenStream stream = changes(source(server), true);
        stream.awaitLines(1);

        server.close();
        stream.awaitFailure();

        assertThat(stream.lines).containsExactly("heartbeat", "failure TRANSIENT");
    }

    @Test
    void nothingIsToldOfAStreamThatWasCancelledAndItsServerHearsOfIt() {
        VStreamServer server = started(VStreamServer.start());
        server.answer("-80", script().messages(10_000, i -> List.of(heartbeat())));
        OpenStream stream = changes(source(server), false);

        stream.request();
        stream.awaitLines(1);
        stream.cancel();
        stream.request();
        Await.until("cancelled", LIMIT, () -> server.await(0).isCancelled(), () -> "");

        assertThat(stream.lines).containsExactly("heartbeat");
    }

    /** A call whose requests the test makes, or that asks for all there is; given up after 200 ms of silence. */
    private List<String> heard(VStreamServer server, String shard, boolean greedy) {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
        channels.add(channel);
        VStreamRequest request = VStreamRequest.newBuilder()
                .setVgtid(
                        VGtid.newBuilder().addShardGtids(ShardGtid.newBuilder().setShard(shard)))
                .build();
        List<String> heard = new CopyOnWriteArrayList<>();
        AtomicReference<VStreamCall> call = new AtomicReference<>();
        context.runOnContext(ignored -> {
            call.set(new VStreamCall(
                    channel,
                    new VStreamMessages(),
                    request,
                    context,
                    Duration.ofMillis(200),
                    message -> {
                        heard.add("message");
                        if (greedy) {
                            call.get().request();
                        }
                    },
                    status -> heard.add(status.getCode() + ": " + status.getDescription())));
            call.get().request();
        });
        return heard;
    }

    @Test
    void aServerIsGivenUpThatIsAskedAndSaysNothingNotEvenAHeartbeat() {
        VStreamServer server = started(VStreamServer.start());
        server.answer("-80", script().message(heartbeat()));
        server.answer("80-", script().message(heartbeat()).message(heartbeat()));

        // nothing is awaited while nothing is asked for: a target that is slow is no failure of the source
        List<String> notAsked = heard(server, "-80", false);
        Await.until("a message", LIMIT, () -> notAsked.size() == 1, notAsked::toString);
        List<String> asked = heard(server, "80-", true);
        Await.until("the end", LIMIT, () -> asked.size() == 3, asked::toString);

        assertThat(asked).last().asString().startsWith("UNAVAILABLE: nothing came");
        assertThat(notAsked).containsExactly("message");
        Await.until("cancelled", LIMIT, () -> server.await(1).isCancelled(), () -> "");
        assertThat(server.await(0).isCancelled()).isFalse();
    }
}
