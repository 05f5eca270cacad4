package dev.tributary.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {
    private final ByteBudget budget = new ByteBudget(100);
    private final AtomicInteger called = new AtomicInteger();

    @Test
    void countsAndNeverRefuses() {
        budget.take(70);
        assertThat(budget.hasRoom()).isTrue();
        budget.take(70);
        assertThat(budget.hasRoom()).isFalse();
        assertThat(budget.used()).isEqualTo(140);
        budget.give(140);
        assertThat(budget.used()).isZero();
    }

    @Test
    void callsOnceHalfIsFree() {
        budget.take(120);
        budget.onRoom(called::incrementAndGet);

        budget.give(60);
        assertThat(called).as("60 of 100 are in use").hasValue(0);
        budget.give(10);
        assertThat(called).hasValue(1);
        budget.give(50);
        assertThat(called).as("only once").hasValue(1);
    }

    @Test
    void callsEverybodyWhoWaits() {
        budget.take(100);
        budget.onRoom(called::incrementAndGet);
        budget.onRoom(called::incrementAndGet);

        budget.give(50);

        assertThat(called).hasValue(2);
    }

    @Test
    void callsAtOnceWhereThereIsRoom() {
        budget.take(50);

        budget.onRoom(called::incrementAndGet);

        assertThat(called).hasValue(1);
    }

    @Test
    void nobodyWaitsForEverWhileOthersGive() throws InterruptedException {
        int rounds = 2_000;
        CountDownLatch woken = new CountDownLatch(rounds);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < rounds; i++) {
                budget.take(100);
                threads.execute(() -> budget.onRoom(woken::countDown));
                threads.execute(() -> budget.give(100));
            }
            assertThat(woken.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(budget.used()).isZero();
    }
}
