package dev.tributary.source.vitess;

import static dev.tributary.servers.VEvents.begin;
import static dev.tributary.servers.VEvents.commit;
import static dev.tributary.servers.VEvents.field;
import static dev.tributary.servers.VEvents.gtid;
import static dev.tributary.servers.VEvents.idAndName;
import static dev.tributary.servers.VEvents.insert;
import static dev.tributary.servers.VEvents.rows;
import static dev.tributary.servers.VEvents.vgtid;
import static dev.tributary.servers.VStreamScript.script;
import static org.assertj.core.api.Assertions.assertThat;

import binlogdata.Binlogdata.VEvent;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.ShardId;
import dev.tributary.servers.ServedStream;
import dev.tributary.servers.VEvents;
import dev.tributary.servers.VStreamServer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VStreamFlowTest extends VStreamFixture {
    private static final String LARGE = "x".repeat(64 << 10);

    /** What may be on the wire and in the buffers of both ends, of messages of 64 KiB. */
    private static final int UNDER_WAY = 64;

    private static List<VEvent> transaction(String shard, int number) {
        return List.of(
                begin(),
                field("orders", idAndName()),
                rows("orders", insert(number, LARGE)),
                vgtid(shard, gtid(4L + number)),
                commit());
    }

    @Test
    void nothingIsTakenFromTheServerThatWasNotAskedFor() {
        VStreamServer server = started(VStreamServer.start());
        server.answer("-80", script().messages(10_000, i -> transaction("-80", i)));
        server.answer("80-", script().messages(500, i -> transaction("80-", i)));
        VitessSource source = source(server);

        OpenStream stalled = changes(source, "-80", false);
        stalled.request();
        stalled.request();
        stalled.awaitMessages(2);
        // a shard that stalls does not hold up another on the same connection
        OpenStream other = changes(source, "80-", true);
        other.awaitMessages(500);

        ServedStream served = server.await(0);
        assertThat(stalled.messages).isEqualTo(2);
        assertThat(served.sent()).isLessThan(UNDER_WAY);

        for (int i = 3; i <= 100; i++) {
            stalled.request();
            stalled.awaitMessages(i);
            assertThat(served.sent() - i).isLessThan(UNDER_WAY);
        }
    }

    /** Small ones are asked for ahead: they are told one by one all the same, and the end comes behind them. */
    @Test
    void smallMessagesAreToldWhenTheyAreWantedAndTheEndBehindThem() {
        VStreamServer server = started(VStreamServer.start());
        server.answer(
                "-80",
                script().message(begin(), field("orders", idAndName()))
                        .messages(
                                200,
                                i -> List.of(
                                        begin(), rows("orders", insert(i, "a")), vgtid("-80", gtid(4L + i)), commit()))
                        .end());
        OpenStream stream = changes(source(server), false);

        for (int i = 1; i <= 200; i++) {
            stream.request();
            stream.awaitMessages(i);
            assertThat(stream.messages).isEqualTo(i);
            assertThat(stream.failure).isNull();
        }
        stream.request(); // the last one
        stream.awaitFailure();

        assertThat(stream.lines).filteredOn(line -> line.startsWith("create")).hasSize(200);
    }

    @Test
    void aRowMayBeLargerThanAnyDefaultLimit() {
        VStreamServer server = started(VStreamServer.start());
        byte[] huge = new byte[17 << 20];
        server.answer(
                "-80",
                script().message(
                                begin(),
                                field("orders", idAndName()),
                                rows("orders", insert(1, huge)),
                                vgtid("-80", gtid(4)),
                                commit()));
        AtomicInteger bytes = new AtomicInteger();

        OpenStream stream = new OpenStream(context, true, listener -> {
            Told sizes = new Told() {
                @Override
                public void onRecord(ChangeRecord record, int size) {
                    bytes.set(size);
                }

                @Override
                public void onMessageEnd() {
                    listener.onMessageEnd();
                }
            };
            return source(server)
                    .changes(
                            new ShardId(VEvents.KEYSPACE, "-80"),
                            Told.at(3),
                            List.of(),
                            List.of(ORDERS),
                            Told.at(3),
                            context,
                            sizes);
        });
        stream.awaitMessages(1);

        assertThat(bytes.get()).isEqualTo((17 << 20) + 1);
    }

    @Test
    void aTransactionMayComeInManyMessages() {
        VStreamServer server = started(VStreamServer.start());
        server.answer(
                "-80",
                script().message(begin(), field("orders", idAndName()))
                        .messages(1_000, i -> List.of(rows("orders", insert(i, "a"))))
                        .message(vgtid("-80", gtid(4)), commit()));

        OpenStream stream = changes(source(server), true);
        stream.awaitLines(1_001);

        assertThat(stream.lines).hasSize(1_001).startsWith("create orders 0,a").endsWith("create orders 999,a", "at 4");
    }

    @Test
    void theShardsOfAnEventLoopShareAConnection() {
        VStreamServer server = started(VStreamServer.start());
        VitessSource source = source(server);
        List<String> shards = IntStream.range(0, 64)
                .mapToObj(i -> "%02x-%02x".formatted(i * 4, i * 4 + 4))
                .toList();
        shards.forEach(shard -> server.answer(shard, script().message(begin(), vgtid(shard, gtid(9)), commit())));

        List<OpenStream> streams =
                shards.stream().map(shard -> changes(source, shard, true)).toList();

        for (OpenStream stream : streams) {
            stream.awaitLines(1);
            assertThat(stream.lines).containsExactly("at 9");
        }
        assertThat(server.mostConnections()).isEqualTo(1);
    }
}
