package dev.tributary.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.diff.item.Digest;
import dev.tributary.diff.item.Value;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many buckets there are, and what they tell. */
class TallyTest {
    private static final long GIB = 1L << 30;

    @ParameterizedTest
    @CsvSource({"0,65536", "524288,65536", "524289,131072", "5000000,1048576", "33554432,4194304", "9000000000,4194304"
    })
    void aboutEightItemsShareABucket(long items, int buckets) {
        assertThat(Tally.buckets(items, 2, 4 * GIB)).isEqualTo(buckets);
    }

    @Test
    void theyTakeAQuarterOfTheMemoryAtMost() {
        assertThat(Tally.buckets(9_000_000_000L, 2, GIB / 4)).isEqualTo(1 << 20);
        assertThat(Tally.buckets(9_000_000_000L, 17, GIB)).isEqualTo(1 << 19);
        assertThat(Tally.buckets(9_000_000_000L, 17, GIB / 16)).isEqualTo(Tally.FEWEST_BUCKETS);
    }

    @Test
    void aBucketDiffersWhereAnItemDoesOrIsOnOneSideOnly() {
        Tally source = new Tally(Tally.FEWEST_BUCKETS);
        Tally target = new Tally(Tally.FEWEST_BUCKETS);
        Tally shard = new Tally(Tally.FEWEST_BUCKETS);
        for (int i = 0; i < 10; i++) {
            source.add(key(i), new Digest(i, i));
            (i % 2 == 0 ? target : shard).add(key(i), new Digest(i, i == 3 ? 0 : i));
        }
        source.add(key(10), new Digest(0, 0));
        Tally sum = Tally.sum(List.of(target, shard));
        assertThat(sum.all()).isEqualTo(10);
        assertThat(source.differing(sum).stream())
                .containsExactlyInAnyOrder(
                        Tally.bucket(key(3), Tally.FEWEST_BUCKETS), Tally.bucket(key(10), Tally.FEWEST_BUCKETS));
    }

    private static List<Value> key(int number) {
        return List.of(new Value.Text("k" + number));
    }
}
