package dev.tributary.diff;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Compares a table that has no common order on both sides, or no key at all: one scan of each side spreads the rows over
 * buckets by a hash of their key or of themselves, and only the rows of buckets that differ are looked at one by one.
 */
final class BucketComparison {
    /** Rows that are looked at together; a bucket may have more. */
    private static final long MOST_ROWS = 20_000;

    private final TablePair pair;
    private final Side source;
    private final Side target;
    private final Function<Slice, Future<Long>> settle;
    private final Findings findings;
    private final Progress progress;

    BucketComparison(
            TablePair pair,
            Side source,
            Side target,
            Function<Slice, Future<Long>> settle,
            Findings findings,
            Progress progress) {
        this.pair = pair;
        this.source = source;
        this.target = target;
        this.settle = settle;
        this.findings = findings;
        this.progress = progress;
    }

    Future<Void> run() {
        Future<Checksum[]> ofSource = read(source, pair.sourceSql());
        Future<Checksum[]> ofTarget = read(target, pair.targetSql());
        return Future.all(ofSource, ofTarget).compose(both -> {
            List<List<Integer>> batches = new ArrayList<>();
            List<Integer> batch = new ArrayList<>();
            long rows = 0;
            long looked = 0;
            for (int i = 0; i < TableSql.BUCKETS; i++) {
                Checksum expected = ofSource.result()[i];
                Checksum found = ofTarget.result()[i];
                looked += expected.rows();
                if (!expected.equals(found)) {
                    long more = Math.max(expected.rows(), found.rows());
                    if (!batch.isEmpty() && rows + more > MOST_ROWS) {
                        batches.add(batch);
                        batch = new ArrayList<>();
                        rows = 0;
                    }
                    batch.add(i);
                    rows += more;
                }
            }
            if (!batch.isEmpty()) {
                batches.add(batch);
            }
            findings.looked(looked);
            progress.looked(looked);
            return settle(batches, 0);
        });
    }

    private Future<Checksum[]> read(Side side, TableSql sql) {
        return side.ask(server -> server.scan("reading " + pair.source(), sql.buckets()))
                .map(this::merged);
    }

    private Checksum[] merged(List<RowSet<Row>> answers) {
        Checksum[] buckets = new Checksum[TableSql.BUCKETS];
        java.util.Arrays.fill(buckets, Checksum.NONE);
        for (RowSet<Row> answer : answers) {
            for (Row row : answer) {
                Checksum of = Checksum.of(row, 1);
                if (row.getValue(0) == null || of.unrendered() > 0) {
                    throw SliceReader.unrendered(pair);
                }
                int number = row.getInteger(0);
                buckets[number] = buckets[number].plus(of);
            }
        }
        return buckets;
    }

    private Future<Void> settle(List<List<Integer>> batches, int next) {
        if (next == batches.size()) {
            return Future.succeededFuture();
        }
        return settle.apply(new Slice.Buckets(batches.get(next)))
                .recover(failure -> {
                    if (failure instanceof Undetermined) {
                        findings.unknown(String.valueOf(failure.getMessage()));
                        return Future.succeededFuture(0L);
                    }
                    return Future.failedFuture(failure);
                })
                .compose(rows -> settle(batches, next + 1));
    }
}
