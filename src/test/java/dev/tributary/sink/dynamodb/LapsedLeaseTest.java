package dev.tributary.sink.dynamodb;

import static dev.tributary.sink.dynamodb.DynamoTarget.CHANGES;
import static dev.tributary.sink.dynamodb.DynamoTarget.SHARD;
import static dev.tributary.sink.dynamodb.DynamoTarget.at;
import static dev.tributary.sink.dynamodb.DynamoTarget.await;
import static dev.tributary.sink.dynamodb.DynamoTarget.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.servers.Await;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.WriteFaults;
import dev.tributary.sink.dynamodb.DynamoTarget.Rows;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Items have no transaction with the checkpoint: what keeps an old owner's writes away is its lease, and waiting. */
class LapsedLeaseTest {
    private static final Duration LEASE = Duration.ofSeconds(5);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Rows rows = new Rows("orders", 1, "id int", "v int");

    /** Renews its own lease, and asks until the other's is over. */
    private static ShardCheckpoint taken(DynamoTarget by) {
        AtomicReference<ShardCheckpoint> claimed = new AtomicReference<>();
        Await.until(
                "the shard",
                LIMIT,
                () -> {
                    by.renew();
                    try {
                        claimed.set(by.claim());
                    } catch (PipelineException held) {
                        assertThat(held.kind()).isEqualTo(Kind.FENCED);
                    }
                    return claimed.get() != null;
                },
                () -> "not claimed");
        return claimed.get();
    }

    @Test
    void aLeaseThatIsRenewedBehindAGapBringsNothingBack() {
        try (DynamoTarget first = DynamoTarget.through(SharedServers.dynamoDb().endpoint(), LEASE, "")) {
            first.prepare(rows.table);
            long old = first.begin();
            first.apply(old, "p1", rows.create(1, 1));
            try (DynamoTarget second = first.another("two", LEASE)) {
                second.prepare(rows.table);
                ShardCheckpoint claimed = taken(second);
                second.apply(claimed.epoch(), "p2", rows.create(1, 2));
                first.renew();

                assertThat(failure(first.write(CHANGES, old, at("p9"), rows.create(1, 9), rows.create(2, 9)))
                                .kind())
                        .isIn(Kind.TRANSIENT, Kind.FENCED);

                assertThat(first.items("orders")).containsExactly("{\"id\":{\"N\":\"1\"},\"v\":{\"N\":\"2\"}}");
            }
        }
    }

    @Test
    void aShardIsGivenBackWhenWhatNobodyAnsweredCanBeForgotten() throws Exception {
        try (WriteFaults faults = WriteFaults.before(SharedServers.dynamoDb());
                DynamoTarget first = DynamoTarget.through(faults.endpoint(), Duration.ofMinutes(5), "&timeout=1")) {
            first.prepare(rows.table);
            long epoch = first.begin();
            faults.fallSilent(1);
            CompletableFuture<Void> written =
                    first.write(CHANGES, epoch, at("p1"), rows.create(1, 1)).subscribeAsCompletionStage();
            Await.until("the request", LIMIT, () -> faults.calls("BatchWriteItem") == 1, () -> "none");

            await(first.sink.checkpoints().release(List.of(SHARD)));

            assertThat(written).isCompletedExceptionally();
        }
    }
}
