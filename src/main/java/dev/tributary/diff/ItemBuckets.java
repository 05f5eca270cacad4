package dev.tributary.diff;

import dev.tributary.diff.item.Digest;
import dev.tributary.diff.item.Value;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Compares a table's items: one scan of each side spreads them over buckets, and where buckets differ another one looks for the
 * items that do, which are then looked at one by one.
 */
final class ItemBuckets {
    /** Items whose keys are kept at a time; where buckets that differ have more, it takes another scan. */
    static final int MOST_ITEMS = 100_000;

    /** More are said before. */
    private static final int EXPECTED_SCANS = 2;

    private final ItemPair pair;
    private final Function<List<List<Value>>, Future<Void>> settle;
    private final ItemFindings findings;
    private final Progress progress;

    /** @param settle looks at items that differ, by their keys; of one that can't be told, no other can */
    ItemBuckets(
            ItemPair pair, Function<List<List<Value>>, Future<Void>> settle, ItemFindings findings, Progress progress) {
        this.pair = pair;
        this.settle = settle;
        this.findings = findings;
        this.progress = progress;
    }

    Future<Void> run() {
        int buckets = Tally.buckets(
                Math.max(pair.sourceEnd().estimate(), pair.targetEnd().estimate()),
                pair.sourceEnd().servers() + pair.targetEnd().servers(),
                Runtime.getRuntime().maxMemory());
        Future<Tally> source = pair.sourceEnd()
                .scan(() -> new Tally(buckets), (tally, item) -> {
                    tally.add(item.key(), pair.sourceDigest(item));
                    progress.looked(1);
                })
                .map(Tally::sum);
        Future<Tally> target = pair.targetEnd()
                .scan(() -> new Tally(buckets), (tally, item) -> tally.add(item.key(), Digest.of(item)))
                .map(Tally::sum);
        return Future.all(source, target).compose(both -> {
            findings.rows(source.result().all());
            List<BitSet> batches = batches(source.result(), target.result());
            if (batches.size() > EXPECTED_SCANS) {
                progress.say("diff: table " + pair.source() + " differs in "
                        + DiffReport.number(
                                batches.stream().mapToLong(BitSet::cardinality).sum()) + " of "
                        + DiffReport.number(buckets) + " parts: each side is scanned " + batches.size()
                        + " times more");
            }
            return next(batches, buckets, 0);
        });
    }

    private static List<BitSet> batches(Tally source, Tally target) {
        BitSet differing = source.differing(target);
        List<BitSet> batches = new ArrayList<>();
        BitSet batch = new BitSet();
        long items = 0;
        for (int i = differing.nextSetBit(0); i >= 0; i = differing.nextSetBit(i + 1)) {
            long more = Math.max(source.items(i), target.items(i));
            if (!batch.isEmpty() && items + more > MOST_ITEMS) {
                batches.add(batch);
                batch = new BitSet();
                items = 0;
            }
            batch.set(i);
            items += more;
        }
        if (!batch.isEmpty()) {
            batches.add(batch);
        }
        return batches;
    }

    private Future<Void> next(List<BitSet> batches, int buckets, int next) {
        if (next == batches.size()) {
            return Future.succeededFuture();
        }
        return candidates(batches.get(next), buckets).compose(settle).compose(done -> next(batches, buckets, next + 1));
    }

    /** The keys in these buckets whose items are not the same on both sides now. */
    private Future<List<List<Value>>> candidates(BitSet wanted, int buckets) {
        Future<Map<List<Value>, Digest>> source = pair.sourceEnd()
                .<Map<List<Value>, Digest>>scan(HashMap::new, (found, item) -> {
                    if (wanted.get(Tally.bucket(item.key(), buckets))) {
                        add(found, item.key(), pair.sourceDigest(item));
                    }
                })
                .map(ItemBuckets::merged);
        Future<Map<List<Value>, Digest>> target = pair.targetEnd()
                .<Map<List<Value>, Digest>>scan(HashMap::new, (found, item) -> {
                    if (wanted.get(Tally.bucket(item.key(), buckets))) {
                        add(found, item.key(), Digest.of(item));
                    }
                })
                .map(ItemBuckets::merged);
        return Future.all(source, target).map(both -> {
            Set<List<Value>> keys = new HashSet<>(source.result().keySet());
            keys.addAll(target.result().keySet());
            return keys.stream()
                    .filter(key -> !java.util.Objects.equals(
                            source.result().get(key), target.result().get(key)))
                    .toList();
        });
    }

    private static void add(Map<List<Value>, Digest> found, List<Value> key, Digest digest) {
        // two rows of one key are no item
        found.merge(key, digest, (one, other) -> new Digest(one.high() + other.high(), one.low() + other.low()));
    }

    private static Map<List<Value>, Digest> merged(List<Map<List<Value>, Digest>> all) {
        Map<List<Value>, Digest> merged = all.getFirst();
        all.subList(1, all.size()).forEach(more -> more.forEach((key, digest) -> add(merged, key, digest)));
        return merged;
    }
}
