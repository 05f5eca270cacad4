package dev.tributary.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LagTest {
    private static final long HOUR = 3_600_000;
    private static final long START = 1_000 * HOUR;

    private final Lag lag = new Lag();

    @Test
    void thereIsNoneBeforeTheShardIsCopied() {
        assertThat(lag.millis(START)).isEqualTo(-1);
    }

    @Test
    void anIdleShardHasNoneHoweverLongItIsIdle() {
        lag.follow(START);
        lag.quiet(START + 1_000);

        assertThat(lag.millis(START + 24 * HOUR)).isZero();
    }

    @Test
    void itIsTheAgeOfWhatIsDurable() {
        lag.follow(START);
        lag.quiet(START);
        lag.busy();
        lag.durable(START + 5_000);

        assertThat(lag.millis(START + 8_000)).isEqualTo(3_000);
    }

    @Test
    void itGrowsWhileWhatIsReadIsNotDurable() {
        lag.follow(START);
        lag.quiet(START + 1_000);
        lag.busy();

        assertThat(lag.millis(START + HOUR)).isEqualTo(HOUR - 1_000);
    }

    @Test
    void itGrowsWhileAnIdleShardIsNotSeen() {
        lag.follow(START);
        lag.quiet(START);
        lag.lost(START + 1_000);

        assertThat(lag.millis(START + 61_000)).isEqualTo(60_000);
    }

    @Test
    void aProcessThatStartsHoursBehindSaysSo() {
        lag.follow(START);
        lag.durable(START - 2 * HOUR);
        assertThat(lag.millis(START + 1)).isEqualTo(2 * HOUR + 1);

        lag.durable(START - HOUR);
        assertThat(lag.millis(START + 2)).isEqualTo(HOUR + 2);
    }

    @Test
    void aTimeThatIsNotKnownChangesNothing() {
        lag.follow(START);
        lag.durable(0);

        assertThat(lag.millis(START + 5)).isEqualTo(5);
    }

    @Test
    void clocksThatDifferMakeNoNegativeOne() {
        lag.follow(START);
        lag.durable(START + HOUR);

        assertThat(lag.millis(START)).isZero();
    }

    @Test
    void startingAgainDoesNotHideIt() {
        lag.follow(START);
        lag.quiet(START);
        lag.lost(START);
        lag.follow(START + HOUR);

        assertThat(lag.millis(START + HOUR)).isEqualTo(HOUR);
    }
}
