package dev.tributary.sink.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.checkpoint.Lease;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LeaseWatchTest {
    private final AtomicLong nanos = new AtomicLong(-5);
    private final AtomicLong millis = new AtomicLong(1_000_000);
    private final LeaseWatch watch =
            new LeaseWatch(new Lease("one", "", Duration.ofSeconds(8)), nanos::get, millis::get);

    private void pass(long seconds) {
        nanos.addAndGet(seconds * 1_000_000_000);
        millis.addAndGet(seconds * 1000);
    }

    @Test
    void nothingIsWrittenBeforeThereIsALeaseAndBehindHalfOfIt() {
        assertThat(watch.holds()).isFalse();
        LeaseWatch.Moment asked = watch.now();
        pass(2);
        watch.renewed(asked);
        pass(1);
        assertThat(watch.holds()).isTrue();
        pass(1);
        assertThat(watch.holds()).isFalse();
    }

    @Test
    void aMachineThatSleptHasNoLeaseAnyMoreThoughItsClockStoodStill() {
        watch.renewed(watch.now());
        millis.addAndGet(60_000);
        assertThat(watch.holds()).isFalse();
    }

    @Test
    void aWallClockThatIsSetBackGivesNoMoreTime() {
        watch.renewed(watch.now());
        millis.addAndGet(-3_600_000);
        assertThat(watch.holds()).isTrue();
        nanos.addAndGet(4_000_000_000L);
        assertThat(watch.holds()).isFalse();
    }

    @Test
    void anothersLeaseIsAsOldAsItsCounterWasSeenToStandStill() {
        assertThat(watch.age("other", 7, watch.now())).isZero();
        pass(5);
        assertThat(watch.age("other", 7, watch.now())).isEqualTo(Duration.ofSeconds(5));
        assertThat(watch.age("other", 8, watch.now())).isZero();
        pass(9);
        assertThat(watch.age("other", 8, watch.now())).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void anAnswerThatWasHandledLateMakesNobodyOlder() {
        watch.age("other", 7, watch.now());
        pass(2);
        LeaseWatch.Moment asked = watch.now();
        pass(60);
        assertThat(watch.age("other", 7, asked)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aProcessThatHasEndedIsGivenAMomentFromThenOn() {
        watch.age("other", 7, watch.now());
        pass(3);
        assertThat(watch.endedFor("other", 7, watch.now())).isZero();
        pass(2);
        assertThat(watch.endedFor("other", 7, watch.now())).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void whatWasClaimedBeforeAGapIsNotWrittenBehindIt() {
        watch.renewed(watch.now());
        long first = watch.tenure();
        pass(3);
        watch.renewed(watch.now());
        watch.verify(first);
        pass(4);
        assertThatThrownBy(() -> watch.verify(first)).hasMessageContaining("TRIBUTARY_LEASE_DURATION");
        watch.renewed(watch.now());
        assertThat(watch.holds()).isTrue();
        assertThatThrownBy(() -> watch.verify(first)).hasMessageContaining("claimed before");
        watch.verify(watch.tenure());
    }

    /** What was begun at the last moment has come to its end before others take the lease for over. */
    @Test
    void aRequestIsShorterThanWhatIsLeftOfTheLease() {
        assertThat(LeaseWatch.longestRequest(watch.lease())).isEqualTo(Duration.ofSeconds(3));
    }
}
