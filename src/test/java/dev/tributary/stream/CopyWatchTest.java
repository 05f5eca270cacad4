package dev.tributary.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.PartId;
import dev.tributary.record.ShardId;
import dev.tributary.record.StreamId;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CopyWatchTest {
    private static final ShardId SHARD = new ShardId("commerce", "-80");
    private static final StreamId ITEMS = new StreamId(SHARD, new PartId("items", 0));
    private static final StreamId ORDERS = new StreamId(SHARD, new PartId("orders", 0));

    private final FakeSource source = new FakeSource();
    private final Map<StreamId, Long> waiting = new HashMap<>(Map.of(ITEMS, 10L, ORDERS, 20L));
    private long now = 1_000_000_000;
    private final CopyWatch watch = new CopyWatch(SHARD, source, () -> now);

    private boolean look(int seconds) {
        boolean anew = false;
        for (int i = 0; i < seconds && !anew; i++) {
            now += 1_000;
            anew = watch.look(waiting, Runnable::run);
        }
        return anew;
    }

    @Test
    void copiesThatWaitAreOpenedAnewOnceTheirSourceIsBack() {
        assertThat(look(10)).isFalse();
        source.away = true;
        assertThat(look(60)).isFalse();

        source.away = false;

        assertThat(look(5)).isTrue();
    }

    @Test
    void oneThatGoesOnByItselfDoesNotHelpTheOthers() {
        source.away = true;
        assertThat(look(60)).isFalse();
        source.away = false;
        waiting.put(ITEMS, 11L);

        assertThat(look(5)).isTrue();
    }

    @Test
    void copiesOfASourceThatAnswersMayTakeTheirTime() {
        assertThat(look(3_600)).isFalse();
    }

    @Test
    void copiesThatGoOnByThemselvesAreLeftAlone() {
        source.away = true;
        assertThat(look(60)).isFalse();
        source.away = false;
        waiting.put(ITEMS, 11L);
        waiting.put(ORDERS, 21L);

        assertThat(look(60)).isFalse();
    }

    @Test
    void whatWasSeenOfStreamsThatHaveEndedIsForgotten() {
        source.away = true;
        assertThat(look(60)).isFalse();
        watch.lost();
        source.away = false;

        assertThat(look(60)).isFalse();
    }
}
