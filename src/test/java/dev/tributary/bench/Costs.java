package dev.tributary.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * CPU seconds at one moment: of a contestant's process, of all the source's servers, of the target's.
 *
 * @param compiler what of the process's is the JVM's compilers'
 * @param collector what of it is the garbage collector's
 */
record Costs(long nanos, double process, double compiler, double collector, double source, double target) {
    private static final Pattern COMPILER = Pattern.compile("C[12] Compiler");
    private static final Pattern COLLECTOR = Pattern.compile("GC Thread|G1 |VM Thread");

    static Costs now(BenchProcess process, Source source, Target target) {
        return new Costs(
                System.nanoTime(),
                ProcessCosts.cpuSeconds(process.pid()),
                ProcessCosts.cpuSeconds(process.pid(), COMPILER),
                ProcessCosts.cpuSeconds(process.pid(), COLLECTOR),
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
        figures.put("compiler CPU-s/M rows", (compiler - first.compiler) / rows * 1e6);
        figures.put("collector CPU-s/M rows", (collector - first.collector) / rows * 1e6);
        figures.put("source CPU-s/M rows", (source - first.source) / rows * 1e6);
        figures.put("target CPU-s/M rows", (target - first.target) / rows * 1e6);
        // the servers alone could not be faster than with all cores busy on them
        figures.put("of the servers' ceiling", servers / (Runtime.getRuntime().availableProcessors() * seconds));
        return figures;
    }
}
