package dev.tributary.diff;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells a difference from a change that is on its way: it must be the same in two rounds, each of which reads the source,
 * waits until all that the source has committed by then is durable at the target, reads the target, and finds at the source
 * what it was.
 */
final class Confirmation {
    private static final int ROUNDS = 2;
    private static final int MOST_ROUNDS = 15;

    private final SliceReader reader;
    private final Positions positions;
    private final String table;
    private final Findings findings;

    Confirmation(SliceReader reader, Positions positions, String table, Findings findings) {
        this.reader = reader;
        this.positions = positions;
        this.table = table;
        this.findings = findings;
    }

    /** A key whose rows differ. */
    private static final class Candidate {
        private @Nullable String source;
        private @Nullable String target;
        private int seen;

        /** Whether it is certain now. */
        boolean see(@Nullable String ofSource, @Nullable String ofTarget) {
            boolean same = Objects.equals(source, ofSource) && Objects.equals(target, ofTarget);
            seen = same ? seen + 1 : 1;
            source = ofSource;
            target = ofTarget;
            return seen >= ROUNDS;
        }
    }

    /** Looks for the rows of a slice that differ; answers with the number of the source's rows. */
    Future<Long> settle(Slice slice) {
        Future<Map<RowKey, String>> source = reader.read(true, slice);
        Future<Map<RowKey, String>> target = reader.read(false, slice);
        return Future.all(source, target).compose(both -> {
            long rows =
                    source.result().values().stream().mapToLong(reader::count).sum();
            Map<RowKey, Candidate> candidates = differing(source.result(), target.result());
            return candidates.isEmpty()
                    ? Future.succeededFuture(rows)
                    : round(slice, candidates, 1).map(settled -> rows);
        });
    }

    private static Map<RowKey, Candidate> differing(Map<RowKey, String> source, Map<RowKey, String> target) {
        Set<RowKey> keys = new HashSet<>(source.keySet());
        keys.addAll(target.keySet());
        Map<RowKey, Candidate> candidates = new HashMap<>();
        for (RowKey key : keys) {
            if (!Objects.equals(source.get(key), target.get(key))) {
                candidates.put(key, new Candidate());
            }
        }
        return candidates;
    }

    private Future<Void> round(Slice slice, Map<RowKey, Candidate> candidates, int round) {
        return reader.read(true, slice)
                .compose(before -> positions
                        .executed()
                        .compose(goal -> positions.reached(goal, table))
                        .compose(reached -> reader.read(false, slice))
                        .compose(target -> reader.read(true, slice).compose(after -> {
                            look(candidates, before, target, after);
                            if (candidates.isEmpty()) {
                                return Future.succeededFuture();
                            }
                            if (round < MOST_ROUNDS) {
                                return round(slice, candidates, round + 1);
                            }
                            return Future.failedFuture(new Undetermined(DiffReport.number(candidates.size())
                                    + " rows changed each time they were looked at"));
                        })));
    }

    private void look(
            Map<RowKey, Candidate> candidates,
            Map<RowKey, String> before,
            Map<RowKey, String> target,
            Map<RowKey, String> after) {
        List<RowKey> settled = new ArrayList<>();
        candidates.forEach((key, candidate) -> {
            String found = target.get(key);
            if (Objects.equals(found, before.get(key)) || Objects.equals(found, after.get(key))) {
                settled.add(key);
            } else if (!Objects.equals(before.get(key), after.get(key))) {
                candidate.seen = 0;
            } else if (candidate.see(after.get(key), found)) {
                findings.add(key, after.get(key), found, reader);
                settled.add(key);
            }
        });
        settled.forEach(candidates::remove);
    }
}
