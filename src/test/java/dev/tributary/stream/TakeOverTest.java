package dev.tributary.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.ShardId;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How soon others take what a process had that is not heard of any more: the decisions as they are made in a process
 * ({@link Ownership}), in simulated time, so that what is asserted is exact.
 */
class TakeOverTest {
    private static final long PROMISED = 2_000;
    /** So long everybody has to find its share. */
    private static final long SETTLED = 30_000;

    @ParameterizedTest
    @ValueSource(longs = {2_000, 4_000, 10_000, 60_000})
    void whatAVanishedProcessHadIsTakenWhenItsLeaseIsOverAndNoLaterThanTwoSecondsBehind(long lease) {
        for (int seed = 0; seed < 250; seed++) {
            oneVanishes(lease, seed);
        }
    }

    private static void oneVanishes(long lease, int seed) {
        Random random = new Random(seed);
        SimulatedProcesses all = new SimulatedProcesses(lease, shards(1 + random.nextInt(24)), random);
        all.join(2 + random.nextInt(4));
        all.pass(SETTLED + random.nextInt(5_000));
        assertThat(all.isEven()).as("seed " + seed).isTrue();

        String gone = all.kill();
        List<ShardId> had = all.shardsOf(gone);
        long renewed = all.renewed(gone);
        all.pass(renewed + lease + PROMISED - all.now());

        assertThat(all.isCarried()).as("seed " + seed).isTrue();
        assertThat(had)
                .allSatisfy(shard -> assertThat(all.claimed(shard))
                        .as("seed %s: milliseconds at which %s was claimed anew", seed, shard)
                        .isBetween(renewed + lease, renewed + lease + PROMISED));
    }

    private static List<ShardId> shards(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> new ShardId("commerce", "s" + number))
                .toList();
    }
}
