package dev.tributary.bench;

import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures the time from the start of a process to its first row durable, and the memory of one that has nothing to do. */
final class StartPart {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int IDLE_MILLIS = 10_000;

    private final Source source;

    StartPart(Source source) {
        this.source = source;
    }

    /** On a target that has been copied to. */
    Map<String, Double> idle(Pipeline pipeline, Target target) throws SQLException {
        try (BenchProcess process = pipeline.start(source, target)) {
            List<Long> marks = source.mark();
            Watch.until("a change", process, LIMIT, 20, () -> target.marked(marks) == marks.size());
            double before = ProcessCosts.cpuSeconds(process.pid());
            Watch.pause(IDLE_MILLIS);
            double after = ProcessCosts.cpuSeconds(process.pid());
            Map<String, Double> figures = new LinkedHashMap<>();
            figures.put("MB resident", ProcessCosts.residentBytes(process.pid()) / 1e6);
            figures.put("CPU ms/s", (after - before) * 1e6 / IDLE_MILLIS);
            process.stop();
            return figures;
        }
    }

    /** On an emptied target, and ended by force. */
    Map<String, Double> start(Pipeline pipeline, Target target) throws SQLException {
        target.reset();
        Quiet.settle(List.of(target.server()));
        long started = System.nanoTime();
        try (BenchProcess process = pipeline.start(source, target)) {
            Watch.until("its first row", process, LIMIT, 5, target::hasRows);
            return Map.of("s to the first row", (System.nanoTime() - started) / 1e9);
        }
    }
}
