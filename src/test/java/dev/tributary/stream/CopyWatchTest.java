package dev.tributary.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.ShardId;
import dev.tributary.record.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CopyWatchTest {
    private static final ShardId SHARD = new ShardId("commerce", "-80");
    private static final StreamId ITEMS = new StreamId(SHARD, new PartId("items", 0));
    private static final StreamId ORDERS = new StreamId(SHARD, new PartId("orders", 0));

    private final FakeSource source = new FakeSource();
    private final Map<StreamId, Long> waiting = new HashMap<>(Map.of(ITEMS, 10L, ORDERS, 20L));
    private final Set<StreamId> copies = new HashSet<>(Set.of(ITEMS, ORDERS));
    private long now = 1_000_000_000;
    private final List<Throwable> failures = new ArrayList<>();
    private final CopyWatch watch = new CopyWatch(SHARD, source, () -> now, failures::add);

    private boolean look(int seconds) {
        boolean anew = false;
        for (int i = 0; i < seconds && !anew; i++) {
            now += 1_000;
            anew = watch.look(copies, waiting, Runnable::run);
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
    void whatWasOnItsWayMayKeepACopyBusyUntilTheSourceIsBack() {
        waiting.clear();
        source.away = true;
        assertThat(look(5)).isFalse();
        source.away = false;
        assertThat(look(10)).isFalse();

        waiting.put(ITEMS, 500L);

        assertThat(look(2)).isTrue();
    }

    @Test
    void oneAnswerThatFailsToComeIsNothing() {
        for (int i = 0; i < 20; i++) {
            source.away = true;
            int asked = source.asked;
            while (source.asked == asked) {
                assertThat(look(1)).isFalse();
            }
            source.away = false;
            assertThat(look(10)).isFalse();
        }
    }

    @Test
    void theyAreOpenedAnewOnceEachTimeTheSourceWasAway() {
        source.away = true;
        assertThat(look(10)).isFalse();
        source.away = false;
        assertThat(look(5)).isTrue();
        watch.lost();

        assertThat(look(60)).isFalse();
    }

    @Test
    void oneThatWaitsForAMomentIsAllRight() {
        source.away = true;
        assertThat(look(5)).isFalse();
        source.away = false;
        for (long rows = 100; rows < 200; rows++) {
            waiting.putAll(Map.of(ITEMS, rows, ORDERS, rows));
            assertThat(look(1)).isFalse();
        }
        assertThat(look(60)).isFalse();
    }

    @Test
    void oneThatIsBusyForLongIsAllRight() {
        waiting.clear();
        source.away = true;
        assertThat(look(5)).isFalse();
        source.away = false;
        assertThat(look(70)).isFalse();
        waiting.putAll(Map.of(ITEMS, 10L, ORDERS, 20L));

        assertThat(look(60)).isFalse();
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
    void copiesThatAreInVainFailAtOnce() {
        assertThat(look(10)).isFalse();
        assertThat(failures).isEmpty();
        source.inVain = true;

        assertThat(look(2)).isFalse();

        assertThat(failures)
                .singleElement()
                .isInstanceOfSatisfying(
                        PipelineException.class, lost -> assertThat(lost.kind()).isEqualTo(Kind.LOST));
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
