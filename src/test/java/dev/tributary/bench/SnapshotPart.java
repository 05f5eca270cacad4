package dev.tributary.bench;

import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures a copy of the whole source, from the start of a process to its last row durable at the target. */
final class SnapshotPart {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    /** Slower than this is not worth waiting for. */
    private static final int LEAST_ROWS_PER_SECOND = 2_000;

    private final Source source;
    private final long rows;

    SnapshotPart(Source source, long rows) {
        this.source = source;
        this.rows = rows;
    }

    /**
     * Copies everything into an emptied target, and leaves a contestant that has been stopped in order while it followed
     * the changes.
     */
    Map<String, Double> run(Pipeline pipeline, Target target) throws SQLException {
        target.reset();
        Quiet.settle(source.mysqlds());
        Quiet.settle(List.of(target.server()));
        long before = target.inserted();
        long started = System.nanoTime();
        try (BenchProcess process = pipeline.start(source, target)) {
            Watch.until("its first row", process, START_LIMIT, 5, target::hasRows);
            Costs first = Costs.now(process, source, target);
            long had = target.inserted() - before;
            Watch.until("half of all rows", process, limit(), 40, () -> target.inserted() - before >= rows / 2);
            Costs middle = Costs.now(process, source, target);
            long half = target.inserted() - before;
            Watch.until("all rows", process, limit(), 40, () -> target.inserted() - before >= rows);
            Costs last = Costs.now(process, source, target);
            // rows that were written twice would be counted twice, and the last may not be committed yet
            if (target.rows() < rows) {
                Watch.until("all rows", process, limit(), 40, () -> target.rows() >= rows);
                last = Costs.now(process, source, target);
            }
            Map<String, Double> figures = new LinkedHashMap<>(last.since(first, rows - had));
            // by then most of it is compiled
            figures.put("CPU-s/M rows, second half", (last.process() - middle.process()) / (rows - half) * 1e6);
            figures.put("rows/s from start", rows / ((last.nanos() - started) / 1e9));
            figures.put("CPU-s/M rows from start", last.process() / rows * 1e6);
            figures.put("GB allocated/M rows from start", process.allocatedBytes() / 1e3 / rows);
            List<Long> markers = source.mark();
            Watch.until("a change", process, START_LIMIT, 20, () -> target.marked(markers) == markers.size());
            process.stop();
            Comparing.check(source, target);
            return figures;
        }
    }

    private Duration limit() {
        return Duration.ofSeconds(60 + rows / LEAST_ROWS_PER_SECOND);
    }
}
