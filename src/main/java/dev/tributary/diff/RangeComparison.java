package dev.tributary.diff;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Compares a table in ranges of its key: a range's checksum over all shards with the target's. A range is cut by the keys of
 * one server, and again by another's if that has many more rows in it, so that no query is long; one that differs is cut
 * until its rows are few, and these are looked at one by one.
 */
final class RangeComparison {
    /** Rows by which a range that differs is cut. */
    private static final int FEW = 1000;
    /** How many times the rows that it was cut for a range may have on another server. */
    private static final int FACTOR = 4;

    private static final int MOST_ROWS = 25_000;
    private static final int LEAST_ROWS = 16;
    private static final long MOST_BYTES = 32 << 20;

    private final TablePair pair;
    private final List<Holder> holders = new ArrayList<>();
    private final Function<Slice, Future<Long>> settle;
    private final Findings findings;
    private final Progress progress;

    /** A server, and which side's rows it has. */
    private record Holder(Server server, boolean ofSource) {}

    /** @param settle looks at the rows of a slice that differs; answers with the number of the source's */
    RangeComparison(
            TablePair pair,
            Side source,
            Side target,
            Function<Slice, Future<Long>> settle,
            Findings findings,
            Progress progress) {
        this.pair = pair;
        this.settle = settle;
        this.findings = findings;
        this.progress = progress;
        target.servers().forEach(server -> holders.add(new Holder(server, false)));
        source.servers().forEach(server -> holders.add(new Holder(server, true)));
    }

    /** @param parallel ranges that are compared at a time */
    Future<Void> run(int parallel) {
        long rows = pair.rowBytes() == 0 ? MOST_ROWS : Math.clamp(MOST_BYTES / pair.rowBytes(), FEW / 4, MOST_ROWS);
        return new Walk(KeyRange.ALL, holders.getFirst(), (int) rows, parallel).run();
    }

    private TableSql sql(Holder holder) {
        return pair.sql(holder.ofSource());
    }

    private Future<@Nullable List<String>> keyAt(Holder holder, KeyRange range, int offset) {
        return holder.server()
                .query("looking for keys of " + pair.source(), sql(holder).keyAt(range, offset))
                .map(RangeComparison::key);
    }

    private static @Nullable List<String> key(RowSet<Row> rows) {
        if (!rows.iterator().hasNext()) {
            return null;
        }
        Row row = rows.iterator().next();
        List<String> key = new ArrayList<>(row.size());
        for (int i = 0; i < row.size(); i++) {
            key.add(row.getString(i));
        }
        return key;
    }

    /** Cuts a range by one server's keys and compares the pieces. */
    private final class Walk {
        private final Holder holder;
        private final int rows;
        private final int parallel;
        private final Promise<Void> done = Promise.promise();
        private KeyRange rest;
        private boolean cutting;
        private boolean cut;
        private int underWay;

        Walk(KeyRange range, Holder holder, int rows, int parallel) {
            this.rest = range;
            this.holder = holder;
            this.rows = rows;
            this.parallel = parallel;
        }

        Future<Void> run() {
            proceed();
            return done.future();
        }

        private void proceed() {
            if (!cut && !cutting && underWay < parallel && !done.future().isComplete()) {
                cutting = true;
                Future.succeededFuture()
                        .compose(v -> keyAt(holder, rest, rows - 1))
                        .onComplete(key -> {
                            cutting = false;
                            if (key.succeeded()) {
                                begin(key.result());
                            } else {
                                done.tryFail(key.cause());
                            }
                        });
            }
            if (cut && underWay == 0) {
                done.tryComplete();
            }
        }

        private void begin(@Nullable List<String> key) {
            KeyRange piece = key == null ? rest : new KeyRange(rest.above(), key);
            cut = key == null || key.equals(rest.upTo());
            rest = new KeyRange(key, rest.upTo());
            underWay++;
            Future.succeededFuture().compose(v -> compare(piece, holder, rows)).onComplete(compared -> {
                underWay--;
                if (compared.failed()) {
                    done.tryFail(compared.cause());
                }
                proceed();
            });
            proceed();
        }
    }

    /** @param rows how many the range has on the server that cut it, at most */
    private Future<Void> compare(KeyRange range, Holder cutter, int rows) {
        return crowded(range, cutter, rows, 0)
                .compose(crowded -> crowded == null ? compareUncrowded(range) : new Walk(range, crowded, rows, 1).run())
                .recover(failure -> failure instanceof Server.TooLong && rows > LEAST_ROWS
                        ? new Walk(range, cutter, Math.max(LEAST_ROWS, rows / 8), 1).run()
                        : leave(failure));
    }

    /** A range that nothing can be told of does not keep the others from being compared. */
    private Future<Void> leave(Throwable failure) {
        if (failure instanceof Undetermined || failure instanceof Server.TooLong) {
            findings.unknown(String.valueOf(failure.getMessage()));
            return Future.succeededFuture();
        }
        return Future.failedFuture(failure);
    }

    /** A server that has many more rows in the range than the one that cut it; null if none has. */
    private Future<@Nullable Holder> crowded(KeyRange range, Holder cutter, int rows, int i) {
        if (i == holders.size()) {
            return Future.succeededFuture();
        }
        Holder holder = holders.get(i);
        if (holder.equals(cutter)) {
            return crowded(range, cutter, rows, i + 1);
        }
        return keyAt(holder, range, FACTOR * rows)
                .compose(key -> key == null ? crowded(range, cutter, rows, i + 1) : Future.succeededFuture(holder));
    }

    private Future<Void> compareUncrowded(KeyRange range) {
        List<Future<Checksum>> answers = holders.stream()
                .map(holder -> holder.server()
                        .query("reading " + pair.source(), sql(holder).checksum(range))
                        .map(found -> Checksum.of(found.iterator().next(), 0)))
                .toList();
        return Future.all(answers).compose(all -> {
            Checksum source = Checksum.NONE;
            Checksum target = Checksum.NONE;
            Holder largest = holders.getFirst();
            long most = -1;
            for (int i = 0; i < holders.size(); i++) {
                Checksum of = all.resultAt(i);
                if (holders.get(i).ofSource()) {
                    source = source.plus(of);
                } else {
                    target = target.plus(of);
                }
                if (of.rows() > most) {
                    most = of.rows();
                    largest = holders.get(i);
                }
            }
            if (source.unrendered() + target.unrendered() > 0) {
                return Future.failedFuture(SliceReader.unrendered(pair));
            }
            if (source.equals(target)) {
                looked(source.rows());
                return Future.succeededFuture();
            }
            return most <= FACTOR * FEW
                    ? settle.apply(new Slice.Range(range)).map(this::looked)
                    : new Walk(range, largest, FEW, 1).run();
        });
    }

    private @Nullable Void looked(long rows) {
        findings.looked(rows);
        progress.looked(rows);
        return null;
    }
}
