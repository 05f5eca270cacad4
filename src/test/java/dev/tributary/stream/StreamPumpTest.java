package dev.tributary.stream;

import static dev.tributary.stream.FakeSource.at;
import static dev.tributary.stream.FakeSource.create;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.ChangeBatch;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import org.junit.jupiter.api.Test;

class StreamPumpTest extends PumpFixture {
    @Test
    void asksForAMessageAtATime() {
        Pumped stream = changes();
        assertThat(stream.reader.requested).isEqualTo(1);

        stream.reader.tell(listener -> {});

        stream.reader.awaitAsked();
        assertThat(stream.reader.requested).isEqualTo(2);
    }

    @Test
    void sendsAtOnceWhatIsWholeWhileNothingIsOnItsWay() {
        Pumped stream = changes();

        stream.reader.transaction(5, 1, 2);

        assertThat(sent()).containsExactly("1,2 Boundary 5");
        ChangeBatch batch = owner.sent.getFirst().getPayload();
        assertThat(batch.epoch()).isEqualTo(7);
        assertThat(batch.bytes()).isEqualTo(20);
        assertThat(batch.committedAt()).isEqualTo(5_000);
    }

    @Test
    void whatComesMeanwhileIsOneBatch() {
        Pumped stream = changes();
        stream.reader.transaction(5, 1);
        stream.reader.transaction(6, 2);
        stream.reader.transaction(7, 3);
        assertThat(sent()).containsExactly("1 Boundary 5");

        stream.ack(0);

        assertThat(sent()).containsExactly("1 Boundary 5", "2,3 Boundary 7");
        assertThat(owner.durable).containsExactly("1 Boundary 5");
    }

    @Test
    void aBatchIsSentOnceItHasItsRows() {
        Pumped stream = changes();
        stream.reader.transaction(5, 1);
        stream.reader.transaction(6, 2, 3, 4);
        assertThat(sent()).hasSize(1);

        stream.reader.transaction(7, 5);

        assertThat(sent()).containsExactly("1 Boundary 5", "2,3,4,5 Boundary 7");
    }

    @Test
    void aBatchIsSentOnceItHasItsBytes() {
        Pumped stream = changes();
        stream.reader.transaction(5, 1);

        stream.reader.tell(it -> {
            it.onRecord(create("orders", 2), 600);
            it.onPosition(at(6), true, 0);
            it.onRecord(create("orders", 3), 600);
            it.onPosition(at(7), true, 0);
            it.onRecord(create("orders", 4), 10);
            it.onPosition(at(8), true, 0);
        });

        assertThat(sent()).containsExactly("1 Boundary 5", "2,3 Boundary 7");
    }

    @Test
    void aTransactionIsNeverCutByTheNumberOfRows() {
        Pumped stream = changes();
        stream.reader.transaction(5, 1);

        stream.reader.tell(it -> FakeReader.transaction(it, 6, 2, 3, 4, 5, 6, 7, 8, 9));

        assertThat(sent()).containsExactly("1 Boundary 5", "2,3,4,5,6,7,8,9 Boundary 6");
    }

    @Test
    void holdsNoMoreThanItsWindow() {
        Pumped stream = changes();
        stream.reader.transaction(5, 1);
        stream.reader.transaction(6, 2, 3, 4, 5);
        stream.reader.transaction(7, 6, 7, 8, 9);

        assertThat(sent()).as("two on their way, and one that is ready").hasSize(2);
        assertThat(stream.reader.isAsked()).isFalse();

        stream.ack(0);
        assertThat(sent()).hasSize(3);
        assertThat(stream.reader.isAsked()).isTrue();
    }

    @Test
    void readsOnWhileTheNextBatchIsNotFull() {
        Pumped stream = changes();
        stream.reader.transaction(5, 1);
        stream.reader.transaction(6, 2, 3, 4, 5);
        stream.reader.transaction(7, 6);

        assertThat(sent()).hasSize(2);
        assertThat(stream.reader.isAsked()).isTrue();
    }

    @Test
    void anUnfinishedTransactionStaysBehind() {
        Pumped stream = changes();

        stream.reader.tell(it -> {
            FakeReader.transaction(it, 5, 1);
            it.onRecord(create("orders", 2), 10);
        });
        assertThat(sent()).containsExactly("1 Boundary 5");
        stream.ack(0);
        assertThat(sent()).hasSize(1);
        stream.reader.tell(it -> FakeReader.transaction(it, 6, 3));

        assertThat(sent()).containsExactly("1 Boundary 5", "2,3 Boundary 6");
    }

    @Test
    void thePlaceBehindEveryPartIsMarkedOnce() {
        Pumped stream = new Pumped(PartId.CHANGES, false, true, AT_ONCE);
        stream.reader.tell(it -> {
            it.onRecord(create("orders", 1), 10);
            it.onPosition(at(5), false, 0);
        });
        stream.ack(0);
        stream.reader.transaction(6, 2);
        stream.ack(1);
        stream.reader.transaction(7, 3);

        assertThat(sent()).containsExactly("1 Boundary 5", "2 PastParts 6", "3 Boundary 7");
    }

    @Test
    void theEndOfAPartIsItsLastBatch() {
        Pumped stream = new Pumped(new PartId("orders", 0), false, false, AT_ONCE);

        stream.reader.copied(5, 1, 2);

        assertThat(sent()).containsExactly("1,2 Copied 5");
        stream.ack(0);
        assertThat(owner.durable).containsExactly("1,2 Copied 5");
        assertThat(stream.isQuiet()).isTrue();
        assertThat(budget.used()).isZero();
    }

    @Test
    void theEndOfAPartWaitsForTheWindow() {
        Pumped stream = new Pumped(new PartId("orders", 0), false, false, AT_ONCE);
        stream.reader.transaction(5, 1, 2, 3, 4);
        stream.reader.transaction(5, 5, 6, 7, 8);

        stream.reader.copied(6, 9);
        assertThat(sent()).hasSize(2);
        stream.ack(0);

        assertThat(sent()).last().isEqualTo("9 Copied 6");
        stream.ack(1);
        stream.ack(2);
        assertThat(sent()).hasSize(3);
        assertThat(budget.used()).isZero();
    }

    @Test
    void anEmptyPartEndsToo() {
        Pumped stream = new Pumped(new PartId("orders", 0), true, false, AT_ONCE);

        stream.reader.copied(5);

        assertThat(sent()).containsExactly("Copied 5");
    }

    @Test
    void aPartThatCannotBeTakenUpSavesNothingBeforeItsEnd() {
        Pumped stream = new Pumped(new PartId("log", 0), true, false, AT_ONCE);
        stream.reader.midway = at(4);
        stream.reader.transaction(5, 1, 2, 3, 4);
        stream.reader.tell(it -> it.onRecord(create("log", 5), 5_000));
        stream.ack(0);
        stream.ack(1);
        stream.reader.copied(6, 6);

        assertThat(sent()).containsExactly("1,2,3,4 Open", "5 Open", "6 Copied 6");
    }

    @Test
    void aFailureOfTheReaderIsTheStreamsAndGivesItsBytesBack() {
        Pumped stream = changes();
        stream.reader.transaction(5, 1);
        stream.reader.tell(it -> it.onRecord(create("orders", 2), 10));
        long both = 2 * RecordSize.of(create("orders", 1), 10);
        assertThat(budget.used()).isEqualTo(both);
        assertThat(stream.held()).isEqualTo(both);

        stream.reader.fail(Kind.TRANSIENT);

        assertThat(owner.failure).isInstanceOf(PipelineException.class);
        assertThat(budget.used()).isZero();
    }

    @Test
    void aBatchThatIsRefusedIsTheStreamsFailure() {
        Pumped stream = changes();
        stream.reader.transaction(5, 1);

        stream.nack(0, new PipelineException(Kind.FATAL, "refused"));

        assertThat(owner.failure).hasMessage("refused");
        assertThat(stream.reader.cancelled).isTrue();
        assertThat(budget.used()).isZero();
    }

    @Test
    void acknowledgementsBehindAStopAreNotHeard() {
        Pumped stream = changes();
        stream.reader.transaction(5, 1);
        stream.reader.transaction(6, 2, 3, 4, 5);

        stream.stop();
        assertThat(budget.used()).isZero();
        stream.ack(0);
        stream.nack(1, new PipelineException(Kind.FATAL, "late"));

        assertThat(owner.durable).isEmpty();
        assertThat(owner.failure).isNull();
        assertThat(budget.used()).isZero();
        assertThat(stream.reader.cancelled).isTrue();
    }

    @Test
    void whatGoesWrongInTheOwnerIsTheStreamsFailure() {
        Pumped stream = changes();
        owner.defect = new IllegalStateException("a defect");
        stream.reader.transaction(5, 1);

        stream.ack(0);

        assertThat(owner.failure).hasMessage("a defect");
        assertThat(stream.reader.cancelled).isTrue();
    }

    @Test
    void isQuietWhileTheServerIsHeardAndNothingIsOnItsWay() {
        Pumped stream = changes();
        stream.reader.tell(it -> it.onHeartbeat());
        assertThat(owner.quiet).isEqualTo(1);

        stream.reader.transaction(5, 1);
        stream.reader.tell(it -> it.onHeartbeat());
        assertThat(owner.quiet).isEqualTo(1);
        stream.ack(0);
        assertThat(owner.quiet).isEqualTo(2);
    }

    @Test
    void isNotQuietBeforeItHasCaughtUpThoughAllThatItHasReadIsDurable() {
        Pumped stream = changes();
        stream.reader.transaction(5, 1);

        stream.ack(0);

        assertThat(owner.quiet).isZero();
    }

    @Test
    void aRowThatComesShowsThatItHasNotCaughtUpAnyMore() {
        Pumped stream = changes();
        stream.reader.tell(it -> it.onHeartbeat());
        stream.reader.transaction(5, 1);
        stream.ack(0);
        assertThat(owner.quiet).isEqualTo(1);
    }

    @Test
    void isBusyWithWhatItHoldsBackToo() {
        Pumped stream = changes(new BatchLimits(ROWS, BYTES, 600_000));
        stream.reader.tell(it -> it.onHeartbeat());
        assertThat(owner.busy).isZero();

        stream.reader.transaction(5, 1);

        assertThat(sent()).isEmpty();
        assertThat(owner.busy).isEqualTo(1);
    }
}
