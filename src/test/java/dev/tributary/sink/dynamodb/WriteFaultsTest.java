package dev.tributary.sink.dynamodb;

import static dev.tributary.sink.dynamodb.DynamoTarget.CHANGES;
import static dev.tributary.sink.dynamodb.DynamoTarget.at;
import static dev.tributary.sink.dynamodb.DynamoTarget.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.ChangeRecord;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.WriteFaults;
import dev.tributary.sink.dynamodb.DynamoTarget.Rows;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The service takes less than it is given, or says nothing: everything arrives all the same, and in its order. */
class WriteFaultsTest {
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
        long epoch = target.begin();
        List<Uni<Void>> written = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            written.add(target.write(CHANGES, epoch, at("p" + i), rows(60, i)));
        }
        written.forEach(DynamoTarget::await);

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
    void anAnswerThatDoesNotComeHoldsUpWhatFollowsUntilTheRequestCanBeForgotten() {
        faults.fallSilent(1);
        writeAndExpectTheLast(3);

        assertThat(faults.calls("BatchWriteItem")).isEqualTo(3 * 3 + 1);
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
