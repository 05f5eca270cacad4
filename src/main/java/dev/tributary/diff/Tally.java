package dev.tributary.diff;

import dev.tributary.diff.item.Digest;
import dev.tributary.diff.item.Value;
import java.util.BitSet;
import java.util.List;

/**
 * Items by buckets: of each bucket how many there are, and the sums of their digests, so that neither their order nor how they are
 * spread over servers matters. A hash of the key says which bucket one is in.
 */
final class Tally {
    static final int FEWEST_BUCKETS = 1 << 16;
    static final int MOST_BUCKETS = 1 << 22;

    /** Of a bucket. */
    private static final int BYTES = Integer.BYTES + 2 * Long.BYTES;

    private static final int ITEMS_OF_A_BUCKET = 8;
    /** What part of the memory they may take, all together. */
    private static final int PART_OF_MEMORY = 4;

    private final int[] items;
    private final long[] high;
    private final long[] low;
    private long all;

    /** @param buckets a power of two */
    Tally(int buckets) {
        items = new int[buckets];
        high = new long[buckets];
        low = new long[buckets];
    }

    /**
     * How many buckets are of use: the fewer items one has, the fewer are to be looked at for one that differs.
     *
     * @param items about as many as there are
     * @param tallies how many there are at a time
     * @param memory bytes that the process may use
     */
    static int buckets(long items, int tallies, long memory) {
        int buckets = FEWEST_BUCKETS;
        while (buckets < MOST_BUCKETS
                && items > (long) ITEMS_OF_A_BUCKET * buckets
                && 2L * buckets * BYTES * tallies <= memory / PART_OF_MEMORY) {
            buckets *= 2;
        }
        return buckets;
    }

    /** @param buckets how many there are */
    static int bucket(List<Value> key, int buckets) {
        return (int) (Digest.of(key).high() & (buckets - 1));
    }

    void add(List<Value> key, Digest digest) {
        int bucket = bucket(key, items.length);
        items[bucket]++;
        high[bucket] += digest.high();
        low[bucket] += digest.low();
        all++;
    }

    /** All of them in the first. */
    static Tally sum(List<Tally> tallies) {
        Tally sum = tallies.getFirst();
        for (Tally tally : tallies.subList(1, tallies.size())) {
            for (int i = 0; i < sum.items.length; i++) {
                sum.items[i] += tally.items[i];
                sum.high[i] += tally.high[i];
                sum.low[i] += tally.low[i];
            }
            sum.all += tally.all;
        }
        return sum;
    }

    /** Items of all buckets. */
    long all() {
        return all;
    }

    int items(int bucket) {
        return items[bucket];
    }

    /** Buckets in which it is not the same as another. */
    BitSet differing(Tally other) {
        BitSet differing = new BitSet();
        for (int i = 0; i < items.length; i++) {
            if (items[i] != other.items[i] || high[i] != other.high[i] || low[i] != other.low[i]) {
                differing.set(i);
            }
        }
        return differing;
    }
}
