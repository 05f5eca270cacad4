package dev.tributary.diff;

import dev.tributary.diff.item.Digest;
import dev.tributary.diff.item.Item;
import dev.tributary.diff.item.Value;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells a difference from a change that is on its way: it must be the same in two rounds, each of which reads the source, waits until
 * all that the source had by then is durable at the target, reads the target, and finds at the source what it was.
 */
final class ItemConfirmation {
    private static final int ROUNDS = 2;
    private static final int MOST_ROUNDS = 15;

    private final ItemPair pair;
    private final Supplier<Future<Void>> caughtUp;
    private final ItemFindings findings;
    private final int parallel;

    /** @param caughtUp is done once the target has what the source had when it was asked */
    ItemConfirmation(ItemPair pair, Supplier<Future<Void>> caughtUp, ItemFindings findings, int parallel) {
        this.pair = pair;
        this.caughtUp = caughtUp;
        this.findings = findings;
        this.parallel = parallel;
    }

    /** A key whose items differ. */
    private static final class Candidate {
        private @Nullable Digest source;
        private @Nullable Digest target;
        private int seen;

        /** Whether it is certain now. */
        boolean see(@Nullable Digest ofSource, @Nullable Digest ofTarget) {
            boolean same = Objects.equals(source, ofSource) && Objects.equals(target, ofTarget);
            seen = same ? seen + 1 : 1;
            source = ofSource;
            target = ofTarget;
            return seen >= ROUNDS;
        }
    }

    /** Looks at the items of some keys until each is equal, differs for certain or is given up; fails as {@link Undetermined} if the pipeline stalls. */
    Future<Void> settle(List<List<Value>> keys) {
        Map<List<Value>, Candidate> candidates = new HashMap<>();
        keys.forEach(key -> candidates.put(key, new Candidate()));
        return candidates.isEmpty() ? Future.succeededFuture() : round(candidates, 1);
    }

    private Future<Void> round(Map<List<Value>, Candidate> candidates, int round) {
        Map<List<Value>, Digest> before = new HashMap<>();
        return each(
                        candidates,
                        chunk -> pair.sourceEnd().read(chunk).map(items -> {
                            items.forEach((key, item) -> before.put(key, pair.sourceDigest(item)));
                            return null;
                        }))
                .compose(read -> caughtUp.get())
                // the source again only then: what it has now may not be there yet
                .compose(reached -> each(
                        candidates,
                        chunk -> pair.targetEnd()
                                .read(chunk)
                                .compose(target -> pair.sourceEnd().read(chunk).map(after -> {
                                    look(candidates, chunk, before, target, after);
                                    return null;
                                }))))
                .compose(looked -> {
                    if (candidates.isEmpty()) {
                        return Future.succeededFuture();
                    }
                    return round < MOST_ROUNDS ? round(candidates, round + 1) : restless(candidates.size());
                });
    }

    /** Of others it can be told all the same. */
    private Future<Void> restless(int rows) {
        findings.unknown(DiffReport.number(rows) + " rows changed each time they were looked at");
        return Future.succeededFuture();
    }

    private Future<Void> each(
            Map<List<Value>, Candidate> candidates, java.util.function.Function<List<List<Value>>, Future<Void>> work) {
        return Chunks.each(List.copyOf(candidates.keySet()), ItemEnd.MOST_KEYS, parallel, work);
    }

    private void look(
            Map<List<Value>, Candidate> candidates,
            List<List<Value>> keys,
            Map<List<Value>, Digest> before,
            Map<List<Value>, Item> target,
            Map<List<Value>, Item> after) {
        for (List<Value> key : keys) {
            Candidate candidate = Objects.requireNonNull(candidates.get(key));
            Item expected = after.get(key);
            Item found = target.get(key);
            Digest now = expected == null ? null : pair.sourceDigest(expected);
            Digest there = found == null ? null : Digest.of(found);
            if (Objects.equals(before.get(key), there) || isSame(expected, found)) {
                candidates.remove(key);
            } else if (!Objects.equals(before.get(key), now)) {
                // written meanwhile: what is at the target may be right as well
                candidate.seen = 0;
            } else if (candidate.see(now, there)) {
                findings.add(key, expected, found);
                candidates.remove(key);
            }
        }
    }

    private static boolean isSame(@Nullable Item source, @Nullable Item target) {
        return source == null || target == null
                ? source == target
                : source.differing(target).isEmpty();
    }
}
