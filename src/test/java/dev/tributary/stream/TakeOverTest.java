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
    private static final int SEEDS = 100;
    private static final long PROMISED = 2_000;
    /** Between two renewals, an answer with them: so long one waits that wanted what another has claimed since it looked. */
    private static final long NEXT_LOOK = 1_200;
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
        SimulatedProcesses all = settled(lease, 2, random);

        String gone = all.kill();
        List<ShardId> had = all.shardsOf(gone);
        long renewed = all.renewed(gone);
        all.pass(renewed + lease + PROMISED - all.now());

        assertThat(all.isCarried()).as("seed " + seed).isTrue();
        assertClaimed(all, had, renewed + lease, seed);
    }

    /** What is due to the second is not left to it for as long as its lease lasts. */
    @ParameterizedTest
    @ValueSource(longs = {2_000, 4_000, 10_000, 60_000})
    void whatTwoHadThatVanishWithinOneLeaseIsTakenWhenTheLeaseOfEachIsOver(long lease) {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            SimulatedProcesses all = settled(lease, 3, random);

            String first = all.kill();
            List<ShardId> firstHad = all.shardsOf(first);
            long firstRenewed = all.renewed(first);
            all.pass(random.nextLong(Math.max(1, firstRenewed + lease - late(lease) - all.now())));
            String second = all.kill();
            List<ShardId> secondHad = all.shardsOf(second);
            long secondRenewed = all.renewed(second);
            long known = Math.max(firstRenewed + lease, secondRenewed + late(lease));
            // while the claims of the first one's are on their way the second one's become free
            long within = secondRenewed - firstRenewed < PROMISED ? PROMISED + NEXT_LOOK : PROMISED;
            all.pass(secondRenewed + lease + within - all.now());

            assertThat(all.isCarried()).as("seed " + seed).isTrue();
            assertClaimed(all, firstHad, known, within, seed);
            assertClaimed(all, secondHad, secondRenewed + lease, within, seed);
            all.pass(SETTLED);
            assertThat(all.isEven()).as("seed " + seed).isTrue();
        }
    }

    /** Nor does a stream that drains for long hold up what its process has given back, or what another had. */
    @ParameterizedTest
    @ValueSource(longs = {2_000, 4_000, 10_000, 60_000})
    void whatOneGivesBackThatStopsSlowlyIsTakenAtOnceAndWhatAnotherHadWhenItsLeaseIsOver(long lease) {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            SimulatedProcesses all = settled(lease, 3, random);
            long slow = 4 * lease + 2 * SETTLED;

            long asked = all.now();
            String stopped = all.stop(slow);
            List<ShardId> had = all.shardsOf(stopped);
            all.pass(PROMISED);
            assertThat(all.shardsOf(stopped)).hasSize(Math.min(2, had.size()));
            assertClaimed(all, had.stream().skip(2).toList(), asked, seed);

            all.pass(random.nextLong(lease));
            String gone = all.kill();
            List<ShardId> goneHad = all.shardsOf(gone);
            long renewed = all.renewed(gone);
            all.pass(renewed + lease + PROMISED - all.now());
            assertClaimed(all, goneHad, renewed + lease, seed);

            all.pass(asked + slow + PROMISED - all.now());
            assertClaimed(all, had.stream().limit(1).toList(), asked + slow, seed);
            assertClaimed(all, had.stream().skip(1).limit(1).toList(), asked + slow / 2, seed);
            all.pass(SETTLED);
            assertThat(all.isEven()).as("seed " + seed).isTrue();
        }
    }

    /** Whoever hears of the target first leaves the others what is due to them: they are as late as it was itself. */
    @ParameterizedTest
    @ValueSource(longs = {10_000, 60_000})
    void whenTheTargetComesBackNobodyTakesWhatItWouldHaveToGiveAway(long lease) {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            SimulatedProcesses all = settled(lease, 3, random);
            String gone = all.kill();
            long over = all.renewed(gone) + lease;
            int given = all.given();
            long away = late(lease) + 2_000;

            all.pass(over - all.now() - random.nextLong(away));
            all.cutOff(away);
            all.pass(away + 2 * PROMISED);

            assertThat(all.isEven()).as("seed " + seed).isTrue();
            assertThat(all.given()).as("seed " + seed).isEqualTo(given);
        }
    }

    private static SimulatedProcesses settled(long lease, int least, Random random) {
        SimulatedProcesses all = new SimulatedProcesses(lease, shards(1 + random.nextInt(24)), random);
        all.join(least + random.nextInt(4));
        all.pass(SETTLED + random.nextInt(5_000));
        assertThat(all.isEven()).as("before").isTrue();
        return all;
    }

    /** For so long one that has vanished may be thought to be there: three times what is between two renewals. */
    private static long late(long lease) {
        return 3 * Math.min(1_000, lease / 4);
    }

    private static void assertClaimed(SimulatedProcesses all, List<ShardId> shards, long from, int seed) {
        assertClaimed(all, shards, from, PROMISED, seed);
    }

    private static void assertClaimed(SimulatedProcesses all, List<ShardId> shards, long from, long within, int seed) {
        assertThat(shards)
                .allSatisfy(shard -> assertThat(all.claimed(shard))
                        .as("seed %s: milliseconds at which %s was claimed anew", seed, shard)
                        .isBetween(from, from + within));
    }

    private static List<ShardId> shards(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> new ShardId("commerce", "s" + number))
                .toList();
    }
}
