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
    static final int BUCKETS = 1 << 16;

    private final int[] items = new int[BUCKETS];
    private final long[] high = new long[BUCKETS];
    private final long[] low = new long[BUCKETS];
    private long all;

    static int bucket(List<Value> key) {
        return (int) (Digest.of(key).high() >>> 48);
    }

    void add(List<Value> key, Digest digest) {
        int bucket = bucket(key);
        items[bucket]++;
        high[bucket] += digest.high();
        low[bucket] += digest.low();
        all++;
    }

    static Tally sum(List<Tally> tallies) {
        Tally sum = new Tally();
        for (Tally tally : tallies) {
            for (int i = 0; i < BUCKETS; i++) {
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
        for (int i = 0; i < BUCKETS; i++) {
            if (items[i] != other.items[i] || high[i] != other.high[i] || low[i] != other.low[i]) {
                differing.set(i);
            }
        }
        return differing;
    }
}
