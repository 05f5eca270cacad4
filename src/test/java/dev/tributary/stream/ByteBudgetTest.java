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
        assertThat(budget.free()).isEqualTo(30);
        budget.take(70);
        assertThat(budget.free()).isEqualTo(-40);
        assertThat(budget.used()).isEqualTo(140);
        budget.give(140);
        assertThat(budget.used()).isZero();
        budget.take(139);
        assertThat(budget.mostUsed()).isEqualTo(140);
    }

    @Test
    void callsEverybodyWhoWaitsOnceHalfIsFree() {
        budget.take(120);
        budget.onRoom(called::incrementAndGet);
        budget.onRoom(called::incrementAndGet);

        budget.give(10);
        assertThat(called).as("110 of 100 are in use").hasValue(0);
        budget.give(60);
        assertThat(called).hasValue(2);
        budget.give(50);
        assertThat(called).as("only once").hasValue(2);
    }

    @Test
    void callsOneAfterTheOtherWhileLessIsFree() {
        budget.take(100);
        budget.onRoom(called::incrementAndGet);
        budget.onRoom(called::incrementAndGet);
        budget.onRoom(called::incrementAndGet);

        budget.give(10);
        assertThat(called).hasValue(1);
        budget.give(10);
        assertThat(called).hasValue(2);
    }

    @Test
    void callsAtOnceWhereTheShareHasRoom() {
        BudgetShare share = new BudgetShare(budget);
        share.take(40);

        share.onRoom(called::incrementAndGet);

        assertThat(called).hasValue(1);
    }

    @Test
    void aShardThatStallsLeavesHalfOfItToTheOthers() {
        BudgetShare stalled = new BudgetShare(budget);
        fill(stalled);
        assertThat(budget.used()).isEqualTo(50);

        for (int i = 0; i < 1_000; i++) {
            BudgetShare other = new BudgetShare(budget);
            fill(other);
            assertThat(other.hasRoom()).isFalse();
            other.give(25);
            assertThat(other.hasRoom()).isTrue();
        }
        assertThat(budget.used()).isEqualTo(50);
    }

    @Test
    void howeverManyStallTheNextHasAsMuchAsEachOfThem() {
        for (int i = 1; i <= 4; i++) {
            fill(new BudgetShare(budget));
        }
        assertThat(budget.free()).isPositive();

        BudgetShare next = new BudgetShare(budget);
        assertThat(next.hasRoom()).isTrue();
    }

    private static void fill(BudgetShare share) {
        while (share.hasRoom()) {
            share.take(1);
        }
    }

    @Test
    void nobodyWaitsForEverWhileOthersGive() throws InterruptedException {
        int rounds = 2_000;
        CountDownLatch woken = new CountDownLatch(rounds);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < rounds; i++) {
                budget.take(100);
                threads.execute(() -> new BudgetShare(budget).onRoom(woken::countDown));
                threads.execute(() -> budget.give(100));
            }
            assertThat(woken.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(budget.used()).isZero();
    }
}
