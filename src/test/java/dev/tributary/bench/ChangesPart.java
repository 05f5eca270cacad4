package dev.tributary.bench;

import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures how changes are caught up with that were committed while every contestant was down: writing them at the source
 * takes nothing from the run, and all contestants read the same ones. The clock starts behind a third of them, when a
 * contestant is warm: it is started for every run, but such a pipeline runs for weeks.
 */
final class ChangesPart {
    private static final int LEAST_ROWS_PER_SECOND = 500;

    private final Source source;

    ChangesPart(Source source) {
        this.source = source;
    }

    /** Changes between two markers, and half as many before them. */
    record Backlog(List<Long> begin, long rows, List<Long> end) {}

    Backlog load(ChangeLoad load, int transactions, Changes changes) throws SQLException {
        load.commit(transactions / 2, changes);
        List<Long> begin = source.mark();
        load.commit(transactions, changes);
        return new Backlog(begin, (long) transactions * changes.rows(), source.mark());
    }

    Map<String, Double> run(Pipeline pipeline, Target target, Backlog backlog) throws SQLException {
        Quiet.settle(source.mysqlds());
        Quiet.settle(List.of(target.server()));
        long started = System.nanoTime();
        try (BenchProcess process = pipeline.start(source, target)) {
            Duration limit = Duration.ofSeconds(60 + backlog.rows() / LEAST_ROWS_PER_SECOND);
            Watch.until("a third of the changes", process, limit, 2, () -> target.marked(backlog.begin()) > 0);
            Costs first = Costs.now(process, source, target);
            long commits = target.commits();
            int shards = backlog.end().size();
            Watch.until("all changes", process, limit, 5, () -> target.marked(backlog.end()) == shards);
            Costs last = Costs.now(process, source, target);
            Map<String, Double> figures = new LinkedHashMap<>(last.since(first, backlog.rows()));
            figures.put("rows a commit", (double) backlog.rows() / (target.commits() - commits));
            double all = 1.5 * backlog.rows();
            figures.put("rows/s from start", all / ((last.nanos() - started) / 1e9));
            figures.put("GB allocated/M rows from start", process.allocatedBytes() / 1e3 / all);
            process.stop();
            Comparing.check(source, target);
            return figures;
        }
    }
}
