package dev.tributary.stream;

import static dev.tributary.stream.FakeSource.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.ShardId;
import java.util.List;
import org.junit.jupiter.api.Test;

class SourceWatchTest {
    private static final long START = 1_000_000_000;

    private final FakeSource source = new FakeSource();
    private final Lag lag = new Lag();
    private long now = START;
    private long read = 10;
    private final SourceWatch watch = new SourceWatch(new ShardId("commerce", "-80"), source, lag, () -> now);

    private void follow() {
        lag.follow(START);
        watch.begin(at(10));
    }

    private void heartbeats(long millis) {
        for (long end = now + millis; now < end; now += 1_000) {
            watch.heard(() -> at(read), 0, true, Runnable::run);
        }
    }

    @Test
    void aStreamThatHasAllOfItsSourceHasNoLag() {
        follow();
        heartbeats(300_000);

        assertThat(lag.millis(now)).isZero();
        assertThat(watch.hasWarned()).isFalse();
    }

    @Test
    void aSourceThatGoesOnWithoutSendingFallsBehindAndThatIsSaid() {
        follow();
        heartbeats(10_000);
        source.current = 11;
        heartbeats(30_000);
        assertThat(lag.millis(now)).isBetween(30_000L, 40_000L);
        assertThat(watch.hasWarned()).isFalse();

        heartbeats(60_000);
        assertThat(lag.millis(now)).isGreaterThanOrEqualTo(90_000);
        assertThat(watch.hasWarned()).isTrue();

        read = 11;
        heartbeats(10_000);
        assertThat(lag.millis(now)).isZero();
        assertThat(watch.hasWarned()).isFalse();
    }

    @Test
    void anAnswerBehindTheEndOfTheStreamIsNotHeard() {
        follow();
        watch.heard(() -> at(10), 0, true, answer -> {
            watch.lost();
            answer.run();
        });

        assertThat(lag.millis(START + 5_000)).isEqualTo(5_000);
    }

    @Test
    void whatCameSinceTheQuestionIsNotQuiet() {
        follow();
        watch.heard(() -> at(10), 0, true, answer -> {
            watch.heard(() -> at(10), 1, false, Runnable::run);
            answer.run();
        });

        assertThat(lag.millis(START + 5_000)).isEqualTo(5_000);
    }

    /** Looks every second until the stream is to be opened anew; how long that took, at most a given time. */
    private long millisUntilGivenUp(long most) {
        long began = now;
        while (now - began < most) {
            now += 1_000;
            if (watch.look(() -> at(read), 0, Runnable::run) != null) {
                break;
            }
        }
        return now - began;
    }

    @Test
    void aStreamThatStaysBehindIsOpenedAnew() {
        follow();
        heartbeats(10_000);
        assertThat(millisUntilGivenUp(60_000)).isEqualTo(60_000);

        source.current = 11;

        assertThat(millisUntilGivenUp(60_000)).isLessThanOrEqualTo(SourceWatch.PAUSE + SourceWatch.GRACE);
    }

    @Test
    void soonAfterItsSourceHasBeenAway() {
        follow();
        heartbeats(10_000);
        source.away = true;
        assertThat(millisUntilGivenUp(60_000)).isEqualTo(60_000);

        source.away = false;
        source.current = 11;

        assertThat(millisUntilGivenUp(60_000)).isLessThanOrEqualTo(SourceWatch.DOUBT + SourceWatch.GRACE);
    }

    @Test
    void oneThatReadsOnIsLeftAlone() {
        follow();
        source.current = 1_000;
        for (int i = 0; i < 100; i++) {
            read++;
            assertThat(millisUntilGivenUp(3_000)).isEqualTo(3_000);
        }
    }

    /** It may take long until the tablet is where it is to begin. */
    @Test
    void oneThatHasNotReadAnythingYetIsGivenTimeAndMoreEachTimeThatItIsOpenedInVain() {
        source.current = 11;
        for (long patience : List.of(10_000L, 20_000L, 40_000L, 80_000L, 160_000L, 300_000L, 300_000L)) {
            follow();
            assertThat(millisUntilGivenUp(600_000)).isEqualTo(patience);
        }
        assertThat(watch.hasWarned()).isTrue();

        read = 11;
        follow();
        source.current = 12;
        assertThat(millisUntilGivenUp(60_000)).isLessThanOrEqualTo(SourceWatch.PAUSE + SourceWatch.GRACE);
    }
}
