package dev.tributary.bench;

import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures how changes are caught up with that were committed while every contestant was down: writing them at the source
 * takes nothing from the run, and all contestants read the same ones.
 */
final class ChangesPart {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final int LEAST_ROWS_PER_SECOND = 500;

    private final Source source;

    ChangesPart(Source source) {
        this.source = source;
    }

    /** Changes between two markers. */
    record Backlog(List<Long> begin, long rows, List<Long> end) {}

    Backlog load(ChangeLoad load, int transactions, Changes changes) throws SQLException {
        List<Long> begin = source.mark();
        load.commit(transactions, changes);
        return new Backlog(begin, (long) transactions * changes.rows(), source.mark());
    }

    Map<String, Double> run(Pipeline pipeline, Target target, Backlog backlog) throws SQLException {
        Quiet.settle(source.mysqlds());
        Quiet.settle(List.of(target.server()));
        long started = System.nanoTime();
        try (BenchProcess process = pipeline.start(source, target)) {
            Watch.until("its first change", process, START_LIMIT, 2, () -> target.marked(backlog.begin()) > 0);
            Costs first = Costs.now(process, source, target);
            Duration limit = Duration.ofSeconds(60 + backlog.rows() / LEAST_ROWS_PER_SECOND);
            int shards = backlog.end().size();
            Watch.until("all changes", process, limit, 5, () -> target.marked(backlog.end()) == shards);
            Costs last = Costs.now(process, source, target);
            Map<String, Double> figures = new LinkedHashMap<>(last.since(first, backlog.rows()));
            figures.put("rows/s from start", backlog.rows() / ((last.nanos() - started) / 1e9));
            figures.put("GB allocated/M rows from start", process.allocatedBytes() / 1e3 / backlog.rows());
            process.stop();
            Comparing.check(source, target);
            return figures;
        }
    }
}
