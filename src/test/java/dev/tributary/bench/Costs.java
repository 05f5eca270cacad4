package dev.tributary.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** CPU seconds at one moment: of a contestant's process, of all the source's servers, of the target's. */
record Costs(long nanos, double process, double source, double target) {
    static Costs now(BenchProcess process, Source source, Target target) {
        return new Costs(
                System.nanoTime(),
                ProcessCosts.cpuSeconds(process.pid()),
                ProcessCosts.cpuSeconds(source.pids()),
                ProcessCosts.cpuSeconds(List.of(target.pid())));
    }

    /** What so many rows cost since then. */
    Map<String, Double> since(Costs first, long rows) {
        double seconds = (nanos - first.nanos) / 1e9;
        double servers = source - first.source + target - first.target;
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("rows/s", rows / seconds);
        figures.put("CPU-s/M rows", (process - first.process) / rows * 1e6);
        figures.put("source CPU-s/M rows", (source - first.source) / rows * 1e6);
        figures.put("target CPU-s/M rows", (target - first.target) / rows * 1e6);
        // the servers alone could not be faster than with all cores busy on them
        figures.put("of the servers' ceiling", servers / (Runtime.getRuntime().availableProcessors() * seconds));
        return figures;
    }
}
