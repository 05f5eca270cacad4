package dev.tributary.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CopyTurnsTest {
    private static final int MOST = 3;
    private static final int SHARDS = 20;
    private static final int ROUNDS = 200;

    private final Vertx vertx = Vertx.vertx();
    private final CopyTurns turns = new CopyTurns(MOST);

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void whoAskedFirstIsFirst() {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            turns.take(() -> order.add(number), false);
        }
        assertThat(order).containsExactly(0, 1, 2);

        turns.give();
        turns.give();
        assertThat(order).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void whoDoesNotWaitAnyMoreIsPassedOverAndWhatWasBegunGoesFirst() {
        List<String> told = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            turns.take(() -> {}, false);
        }
        Runnable gone = () -> told.add("gone");
        turns.take(gone, false);
        turns.take(() -> told.add("next"), false);
        turns.take(() -> told.add("begun"), true);

        turns.forget(gone);
        turns.give();
        turns.give();
        assertThat(told).containsExactly("begun", "next");
    }

    /** Shards on their own event loops ask, copy, or take it back while their turn may be on its way to them. */
    @Test
    void neverMoreThanMayAndNoneIsLost() throws InterruptedException {
        CountDownLatch over = new CountDownLatch(SHARDS);
        AtomicInteger copying = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        for (int shard = 0; shard < SHARDS; shard++) {
            Context context = ((VertxInternal) vertx).createEventLoopContext();
            Shard own = new Shard(context, new CopyTurn(turns, context), new Random(shard), copying, most, over);
            context.runOnContext(ignored -> own.round(ROUNDS));
        }

        assertThat(over.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(most.get()).isBetween(1, MOST);
        AtomicInteger free = new AtomicInteger();
        for (int i = 0; i < MOST; i++) {
            turns.take(free::incrementAndGet, false);
        }
        assertThat(free.get()).isEqualTo(MOST);
    }

    private record Shard(
            Context context,
            CopyTurn turn,
            Random random,
            AtomicInteger copying,
            AtomicInteger most,
            CountDownLatch over) {
        void round(int left) {
            if (left == 0) {
                over.countDown();
                return;
            }
            assertThat(turn.isOn(random.nextBoolean(), () -> copy(left))).isFalse();
            if (random.nextInt(4) == 0) {
                turn.end();
                context.runOnContext(ignored -> round(left - 1));
            }
        }

        private void copy(int left) {
            most.accumulateAndGet(copying.incrementAndGet(), Math::max);
            context.runOnContext(ignored -> {
                copying.decrementAndGet();
                turn.end();
                round(left - 1);
            });
        }
    }
}
