package dev.tributary.sink.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

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
    void nothingIsWrittenBeforeThereIsALeaseAndBehindThreeQuartersOfIt() {
        assertThat(watch.holds()).isFalse();
        LeaseWatch.Moment asked = watch.now();
        pass(2);
        watch.renewed(asked);
        pass(3);
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
        nanos.addAndGet(6_000_000_000L);
        assertThat(watch.holds()).isFalse();
    }

    @Test
    void anothersLeaseIsAsOldAsItsCounterWasSeenToStandStill() {
        assertThat(watch.age("other", 7)).isZero();
        pass(5);
        assertThat(watch.age("other", 7)).isEqualTo(Duration.ofSeconds(5));
        assertThat(watch.age("other", 8)).isZero();
        pass(9);
        assertThat(watch.age("other", 8)).isEqualTo(Duration.ofSeconds(9));
    }
}
