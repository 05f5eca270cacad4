package dev.tributary.sink.dynamodb;

import static dev.tributary.sink.dynamodb.DynamoTarget.CHANGES;
import static dev.tributary.sink.dynamodb.DynamoTarget.at;
import static dev.tributary.sink.dynamodb.DynamoTarget.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Gaps;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.WriteFaults;
import dev.tributary.sink.dynamodb.DynamoTarget.Rows;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The service takes less than it is given, or says nothing: everything arrives all the same, and in its order. */
class WriteFaultsTest {
    /** Just before the sink gives up a request: an answer is waited for 2 s, and as long again. */
    private static final Duration LATE = Duration.ofMillis(3200);

    private final Rows rows = new Rows("orders", 1, "id int", "v int");
    private WriteFaults faults;
    private DynamoTarget target;

    @BeforeEach
    void open() throws Exception {
        faults = WriteFaults.before(SharedServers.dynamoDb());
        target = DynamoTarget.through(faults.endpoint(), Duration.ofMinutes(5), "&timeout=2");
        target.prepare(rows.table);
    }

    @AfterEach
    void close() {
        target.close();
        faults.close();
    }

    private ChangeRecord[] rows(int count, int version) {
        return IntStream.range(0, count)
                .mapToObj(id -> rows.create(id, version))
                .toArray(ChangeRecord[]::new);
    }

    /** Each batch writes the same keys anew. */
    private void writeAndExpectTheLast(int batches) {
        write(batches);
        expect(batches);
    }

    private void write(int batches) {
        long epoch = target.begin();
        List<Uni<Void>> written = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            written.add(target.write(CHANGES, epoch, at("p" + i), rows(60, i)));
        }
        written.forEach(DynamoTarget::await);
    }

    private void expect(int batches) {
        assertThat(target.items("orders"))
                .hasSize(60)
                .allMatch(item ->
                        item.startsWith("{\"id\"") && item.endsWith(",\"v\":{\"N\":\"" + (batches - 1) + "\"}}"));
        assertThat(await(target.sink.checkpoints().look(DynamoTarget.SHARD)).changes())
                .hasToString(new dev.tributary.record.Position("p" + (batches - 1)).toString());
    }

    @Test
    void whatIsGivenBackIsSentAgain() {
        faults.takePartly(6);
        writeAndExpectTheLast(5);

        assertThat(faults.calls("BatchWriteItem")).isEqualTo(5 * 3 + 6);
        assertThat(target.meters.get("tributary.sink.throttled").counter().count())
                .isEqualTo(6);
    }

    @Test
    void whatIsThrottledIsSentAgain() {
        faults.throttle(12);
        writeAndExpectTheLast(4);

        assertThat(faults.calls("BatchWriteItem")).isEqualTo(4 * 3 + 12);
    }

    @Test
    void whatBreaksDownIsSentAgain() {
        faults.breakDown(5);
        writeAndExpectTheLast(3);

        assertThat(faults.calls("BatchWriteItem")).isEqualTo(3 * 3 + 5);
    }

    @Test
    void aRequestWhoseAnswerIsLostIsSentAgain() {
        faults.fallSilent(1);
        writeAndExpectTheLast(3);

        assertThat(faults.calls("BatchWriteItem")).isEqualTo(3 * 3 + 1);
    }

    /** It is waited for twice as long as for an answer: what is written then stays. */
    @Test
    void aRequestThatIsCarriedOutLateDoesNotSetBackWhatFollows() throws InterruptedException {
        faults.hold(LATE);
        write(3);

        assertThat(faults.awaitLate()).isTrue();
        expect(3);
        assertThat(faults.calls("BatchWriteItem")).isEqualTo(3 * 3 + 1);
    }

    /** Changes of rows that are told in part. */
    private void changeAndExpectTheLast(int changes) throws InterruptedException {
        Rows parts = new Rows("parts", 1, "id int", "v int", "doc text");
        target.prepare(parts.table);
        long epoch = target.begin();
        target.apply(epoch, "p0", parts.create(1, 0, "kept"), parts.create(2, 0, "kept"));
        BitSet absent = new BitSet();
        absent.set(2);
        Gaps gaps = new Gaps(absent, new BitSet());
        List<Uni<Void>> written = new ArrayList<>();
        for (int v = 1; v <= changes; v++) {
            written.add(target.write(
                    CHANGES,
                    epoch,
                    at("p" + v),
                    parts.update(
                            parts.row(1, v - 1, null), parts.row(1, v, null).with(gaps)),
                    parts.update(
                            parts.row(2, v - 1, null), parts.row(2, v, null).with(gaps))));
        }
        written.forEach(DynamoTarget::await);
        assertThat(faults.awaitLate()).isTrue();

        assertThat(target.items("parts"))
                .containsExactly(
                        "{\"doc\":{\"S\":\"kept\"},\"id\":{\"N\":\"1\"},\"v\":{\"N\":\"" + changes + "\"}}",
                        "{\"doc\":{\"S\":\"kept\"},\"id\":{\"N\":\"2\"},\"v\":{\"N\":\"" + changes + "\"}}");
        assertThat(faults.areOver()).isTrue();
    }

    @Test
    void whatIsToldInPartArrivesThroughAllOfThatToo() throws InterruptedException {
        // checkpoints are written by the same operation
        faults.of("UpdateItem", target.prefix + "parts");
        faults.hold(LATE);
        faults.throttle(3);
        faults.breakDown(3);
        faults.fallSilent(1);
        changeAndExpectTheLast(4);
    }

    @Test
    void thousandsThatAreRefusedAtOnceDoNotGoDeep() {
        Congestion congestion = new Congestion(4);
        AtomicInteger refused = new AtomicInteger();
        for (int i = 0; i < 8; i++) {
            congestion.send(() -> {});
        }
        for (int i = 0; i < 100_000; i++) {
            congestion.send(() -> {
                refused.incrementAndGet();
                congestion.given();
            });
        }
        for (int i = 0; i < 8; i++) {
            congestion.given();
        }
        assertThat(refused).hasValue(100_000);
    }

    @Test
    void requestsBecomeFewerAsTheServiceTakesLessAndMoreAsItTakesThem() {
        Congestion congestion = new Congestion(32);
        List<Integer> sent = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            congestion.send(() -> sent.add(congestion.limit()));
        }
        assertThat(sent).hasSize(8);
        long cuts = congestion.cuts();
        congestion.throttled(cuts);
        assertThat(congestion.limit()).isEqualTo(6);
        // of those that were sent before nothing new is learnt
        congestion.throttled(cuts);
        assertThat(congestion.limit()).isEqualTo(6);
        for (int i = 0; i < 150; i++) {
            congestion.taken();
        }
        assertThat(congestion.limit()).isBetween(15, 20);
    }
}
