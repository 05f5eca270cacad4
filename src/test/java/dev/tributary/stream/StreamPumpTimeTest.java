package dev.tributary.stream;

import static dev.tributary.stream.FakeSource.at;
import static dev.tributary.stream.FakeSource.create;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.PartId;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import dev.tributary.servers.Await;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StreamPumpTimeTest extends PumpFixture {
    private static final long DELAY = 200;
    private static final BatchLimits DELAYED = new BatchLimits(ROWS, BYTES, DELAY);
    /** Longer than any test. */
    private static final BatchLimits PATIENT = new BatchLimits(ROWS, BYTES, 600_000);

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    @Test
    void aBatchWaitsToBeFilledFromItsFirstRecordOn() {
        long delay = 700;
        Pumped stream = changes(new BatchLimits(ROWS, BYTES, delay));
        // the place before it has a timer of its own, of half a second, which does not count
        stream.reader.transaction(4);
        long began = System.nanoTime();
        stream.reader.transaction(5, 1);
        stream.reader.transaction(6, 2);
        assertThat(sent()).isEmpty();

        awaitSent(1);

        assertThat(millisSince(began)).isGreaterThanOrEqualTo(delay);
        assertThat(sent()).containsExactly("1,2 Boundary 6");
    }

    /** Else it would be saved when it is due, while the shard is handed over or afterwards. */
    @Test
    void aPlaceWithoutRowsIsSavedBeforeTheEndOfTheShardIsTold() {
        Pumped stream = changes(PATIENT);
        stream.reader.transaction(4);
        assertThat(sent()).isEmpty();

        stream.onContext(() ->
                stream.pump.onReshard(new Reshard("7", Set.of(SHARD), Map.of(new ShardId("commerce", "-40"), at(1)))));

        assertThat(sent()).containsExactly("Boundary 4");
        assertThat(owner.reshards).isEmpty();
        stream.ack(0);
        assertThat(owner.reshards).hasSize(1);
        assertThat(sent()).hasSize(1);
    }

    @Test
    void aFullBatchDoesNotWait() {
        Pumped stream = changes(PATIENT);
        stream.reader.transaction(5, 1, 2);

        stream.reader.transaction(6, 3, 4);

        assertThat(sent()).containsExactly("1,2,3,4 Boundary 6");
    }

    @Test
    void theNextBatchWaitsForItself() {
        Pumped stream = changes(DELAYED);
        stream.reader.transaction(5, 1, 2, 3, 4);
        stream.ack(0);
        long began = System.nanoTime();

        stream.reader.transaction(6, 5);
        assertThat(sent()).hasSize(1);
        awaitSent(2);

        assertThat(millisSince(began)).isGreaterThanOrEqualTo(DELAY);
    }

    @Test
    void aTransactionWhoseBeginningStayedBehindIsSentThoughNothingFollows() {
        Pumped stream = changes(DELAYED);
        stream.reader.tell(it -> {
            FakeReader.transaction(it, 5, 1);
            it.onRecord(create("orders", 2), 10);
        });
        awaitSent(1);
        stream.ack(0);

        stream.reader.tell(it -> it.onPosition(at(6), true, 0));
        awaitSent(2);

        assertThat(sent()).containsExactly("1 Boundary 5", "2 Boundary 6");
    }

    @Test
    void placesWithoutRowsAreSavedNowAndThen() {
        Pumped stream = changes();
        long began = System.nanoTime();
        long position = 5;
        while (owner.sent.size() < 2) {
            stream.reader.transaction(position++);
            if (!owner.sent.isEmpty()) {
                stream.ack(0);
            }
            assertThat(millisSince(began)).isLessThan(LIMIT.toMillis());
        }

        assertThat(millisSince(began)).as("half a second each").isGreaterThanOrEqualTo(1_000);
        assertThat(sent()).allMatch(batch -> batch.startsWith("Boundary "));
        assertThat(position).as("of many places").isGreaterThan(20);
    }

    @Test
    void thePlaceBehindRowsThatWereLeftOutIsSavedThoughNothingFollows() {
        Pumped stream = changes();
        stream.reader.transaction(5, 1);
        stream.ack(0);

        stream.reader.transaction(6);
        awaitSent(2);

        assertThat(sent()).containsExactly("1 Boundary 5", "Boundary 6");
    }

    @Test
    void aPlaceThatIsDueWhileTheWindowIsFullIsSavedOnceItIsNot() {
        Pumped stream = changes();
        stream.reader.transaction(5, 1);
        stream.reader.transaction(6, 2, 3, 4, 5);
        stream.reader.transaction(7);
        long began = System.nanoTime();
        // the time of the idle position passes while both batches are on their way
        Await.until("600 ms", LIMIT, () -> millisSince(began) > 600, () -> "");
        assertThat(sent()).hasSize(2);

        stream.ack(0);
        stream.ack(1);
        awaitSent(3);

        assertThat(sent()).containsExactly("1 Boundary 5", "2,3,4,5 Boundary 6", "Boundary 7");
    }

    @Test
    void aPartsPlaceWithoutRowsIsNotSavedWhereItCannotBeTakenUp() {
        Pumped stream = new Pumped(new PartId("log", 0), true, false, AT_ONCE);
        long began = System.nanoTime();

        stream.reader.transaction(5);
        Await.until("600 ms", LIMIT, () -> millisSince(began) > 600, () -> "");
        stream.onContext(() -> {});

        assertThat(sent()).isEmpty();
    }
}
