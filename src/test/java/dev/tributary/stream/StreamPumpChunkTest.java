package dev.tributary.stream;

import static dev.tributary.stream.FakeSource.at;
import static dev.tributary.stream.FakeSource.create;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.PartId;
import dev.tributary.record.Position;
import org.junit.jupiter.api.Test;

/** Transactions too large for one commit, and a budget that is used up. */
class StreamPumpChunkTest extends PumpFixture {
    private static final Position MIDWAY = new Position("5+1");

    @Test
    void aTransactionTooLargeIsSentInChunks() {
        Pumped stream = changes();
        stream.reader.midway = MIDWAY;

        stream.reader.tell(it -> {
            it.onRecord(create("orders", 1), 600);
            it.onRecord(create("orders", 2), 600);
            it.onRecord(create("orders", 3), 10);
        });
        assertThat(sent()).containsExactly("1,2 Chunk 5+1");
        stream.ack(0);
        stream.reader.tell(it -> it.onPosition(at(6), true, 0));

        assertThat(sent()).containsExactly("1,2 Chunk 5+1", "3 Boundary 6");
    }

    @Test
    void aChunkTakesTheWholeTransactionsBeforeItAlong() {
        Pumped stream = changes();
        stream.reader.midway = MIDWAY;
        stream.reader.transaction(4, 1);

        stream.reader.tell(it -> {
            FakeReader.transaction(it, 5, 2);
            it.onRecord(create("orders", 3), 1_200);
        });

        assertThat(sent()).containsExactly("1 Boundary 4", "2,3 Chunk 5+1");
    }

    @Test
    void thePlaceBeforeAChunkIsNotSavedBehindIt() {
        Pumped stream = changes();
        stream.reader.midway = MIDWAY;
        stream.reader.tell(it -> {
            FakeReader.transaction(it, 5, 2);
            it.onRecord(create("orders", 3), 1_200);
        });

        stream.ack(0);
        stream.drain();

        assertThat(sent()).containsExactly("2,3 Chunk 5+1");
        assertThat(stream.isQuiet()).isTrue();
    }

    @Test
    void chunksKeepToTheWindow() {
        Pumped stream = changes();
        stream.reader.midway = MIDWAY;

        for (int i = 1; i <= 3; i++) {
            int id = i;
            stream.reader.tell(it -> it.onRecord(create("orders", id), 1_200));
        }

        assertThat(sent()).containsExactly("1 Chunk 5+1", "2 Chunk 5+1");
        assertThat(stream.reader.isAsked()).as("a third is ready").isFalse();
        stream.ack(0);
        assertThat(stream.reader.isAsked()).isTrue();
        stream.reader.tell(it -> it.onPosition(at(6), true, 0));
        stream.ack(1);
        assertThat(sent()).containsExactly("1 Chunk 5+1", "2 Chunk 5+1", "3 Boundary 6");
    }

    @Test
    void aTransactionOfWhichNoPlaceCanBeSavedIsHeldTogetherByTheTarget() {
        Pumped stream = changes();

        stream.reader.tell(it -> {
            it.onRecord(create("orders", 1), 1_200);
            it.onRecord(create("orders", 2), 1_200);
            assertThat(sent()).as("the message may end it").isEmpty();
        });
        assertThat(sent()).containsExactly("1,2 Open");
        assertThat(stream.reader.isAsked()).isTrue();
        stream.reader.tell(it -> it.onRecord(create("orders", 3), 10));
        stream.ack(0);
        assertThat(sent()).as("nothing is saved before its end").hasSize(1);
        stream.reader.tell(it -> it.onPosition(at(6), true, 0));

        assertThat(sent()).containsExactly("1,2 Open", "3 Boundary 6");
    }

    @Test
    void aTransactionThatEndsInTheMessageOfItsBeginningIsSentWhole() {
        Pumped stream = changes();

        stream.reader.tell(it -> {
            it.onRecord(create("orders", 1), 1_200);
            it.onPosition(at(6), true, 0);
        });

        assertThat(sent()).containsExactly("1 Boundary 6");
    }

    @Test
    void whatTheTargetHoldsOpenIsNotMoreThanTheWindowAtATime() {
        Pumped stream = changes();
        for (int i = 1; i <= 3; i++) {
            int id = i;
            stream.reader.tell(it -> it.onRecord(create("orders", id), 1_200));
        }

        assertThat(sent()).containsExactly("1 Open", "2 Open");
        assertThat(stream.reader.isAsked()).isFalse();
        stream.ack(0);
        assertThat(sent()).containsExactly("1 Open", "2 Open", "3 Open");
        assertThat(stream.reader.isAsked()).isTrue();
    }

    @Test
    void whatTheTargetHoldsOpenIsToBeGivenUpUntilAMarkEndsIt() {
        Pumped stream = changes();
        assertThat(stream.isOpen()).isFalse();
        stream.reader.tell(it -> it.onRecord(create("orders", 1), 1_200));
        assertThat(stream.isOpen()).isTrue();

        stream.reader.tell(it -> it.onPosition(at(6), true, 0));
        stream.ack(0);
        awaitSent(2);

        assertThat(sent()).containsExactly("1 Open", "Boundary 6");
        assertThat(stream.isOpen()).isFalse();
    }

    @Test
    void aStreamThatIsStoppedDoesNotWaitForRoomAnyMore() {
        budget.take(1 << 20);
        for (int i = 0; i < 10; i++) {
            Pumped stream = changes();
            stream.reader.transaction(5, 1);
            assertThat(stream.reader.isAsked()).isFalse();
            assertThat(budget.waiting()).isEqualTo(1);

            stream.stop();
            assertThat(budget.waiting()).isZero();
        }
        budget.give(1 << 20);
        assertThat(budget.used()).isZero();
    }

    @Test
    void aStreamWithBatchesOnTheirWayReadsNothingWhileTheBudgetIsUsedUp() {
        Pumped stream = changes();
        budget.take(1 << 20);

        stream.reader.transaction(5, 1);
        assertThat(sent()).hasSize(1);
        assertThat(stream.reader.isAsked()).isFalse();
        budget.give(1 << 20);

        stream.reader.awaitAsked();
    }

    @Test
    void aStreamWithNothingOnItsWayReadsOnThoughTheBudgetIsUsedUp() {
        Pumped stream = changes();
        budget.take(1 << 20);

        stream.reader.transaction(5, 1);
        stream.ack(0);

        assertThat(stream.reader.isAsked()).isTrue();
        budget.give(1 << 20);
    }

    @Test
    void aTightBudgetMakesSmallerBatches() {
        Pumped stream = changes(new BatchLimits(ROWS, BYTES, 600_000));
        budget.take(1 << 20);

        stream.reader.transaction(5, 1);

        assertThat(sent()).containsExactly("1 Boundary 5");
        budget.give(1 << 20);
    }

    @Test
    void anUnfinishedTransactionIsSentInChunksWhereTheBudgetIsUsedUp() {
        Pumped stream = changes();
        stream.reader.midway = MIDWAY;
        budget.take(1 << 20);

        stream.reader.tell(it -> it.onRecord(create("orders", 1), 10));

        assertThat(sent()).containsExactly("1 Chunk 5+1");
        assertThat(stream.reader.isAsked()).isFalse();
        stream.ack(0);
        assertThat(stream.reader.isAsked()).isTrue();
        budget.give(1 << 20);
        stream.stop();
        assertThat(budget.used()).isZero();
    }

    @Test
    void aSmallTransactionStaysWholeThoughTheBudgetIsUsedUp() {
        Pumped stream = changes(new BatchLimits(ROWS, 1 << 20, 0));
        stream.reader.midway = MIDWAY;
        budget.take(1 << 20);

        stream.reader.tell(it -> it.onRecord(create("orders", 1), 10));
        assertThat(sent()).isEmpty();
        assertThat(stream.reader.isAsked()).isTrue();
        stream.reader.tell(it -> {
            it.onRecord(create("orders", 2), 10);
            it.onPosition(at(6), true, 0);
        });

        assertThat(sent()).containsExactly("1,2 Boundary 6");
        budget.give(1 << 20);
    }

    @Test
    void drainingSendsWholeTransactionsOnlyAndReadsNothingMore() {
        Pumped stream = changes(new BatchLimits(ROWS, BYTES, 600_000));
        stream.reader.tell(it -> {
            FakeReader.transaction(it, 5, 1);
            it.onRecord(create("orders", 2), 10);
        });

        stream.drain();

        assertThat(sent()).containsExactly("1 Boundary 5");
        assertThat(stream.reader.cancelled).isTrue();
        assertThat(stream.isQuiet()).isFalse();
        stream.ack(0);
        assertThat(stream.isQuiet()).isTrue();
        stream.stop();
        assertThat(budget.used()).isZero();
    }

    @Test
    void drainingSavesThePlaceBehindRowsThatWereLeftOut() {
        Pumped stream = changes();
        stream.reader.transaction(5);

        stream.drain();

        assertThat(sent()).containsExactly("Boundary 5");
    }

    @Test
    void drainingWaitsForTheWindow() {
        Pumped stream = changes();
        stream.reader.transaction(5, 1);
        stream.reader.transaction(6, 2, 3, 4, 5);
        stream.reader.transaction(7, 6);

        stream.drain();
        assertThat(sent()).hasSize(2);
        stream.ack(0);
        assertThat(sent()).last().isEqualTo("6 Boundary 7");
        stream.ack(1);
        assertThat(stream.isQuiet()).isFalse();
        stream.ack(2);
        assertThat(stream.isQuiet()).isTrue();
    }

    @Test
    void drainingAPartThatCannotBeTakenUpWritesNothingMore() {
        Pumped stream = new Pumped(new PartId("log", 0), true, false, AT_ONCE);
        stream.reader.transaction(5, 1);
        stream.reader.transaction(5, 2);

        stream.drain();

        assertThat(sent()).containsExactly("1 Open");
    }
}
