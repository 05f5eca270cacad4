package dev.tributary.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Measures pieces of the stream path without servers, by JMH: each in a JVM of its own, warm. */
final class MicroPart {
    private static final TimeValue ITERATION = TimeValue.seconds(1);
    private static final int WARM = 4;
    private static final int MEASURED = 5;

    private MicroPart() {}

    static void run(BenchSettings settings, Results results) {
        for (int round = 1; round <= settings.rounds(); round++) {
            try {
                for (RunResult measured : new Runner(new OptionsBuilder()
                                .include("^dev\\.tributary\\..*Benchmark\\.")
                                .forks(1)
                                .warmupIterations(WARM)
                                .warmupTime(ITERATION)
                                .measurementIterations(MEASURED)
                                .measurementTime(ITERATION)
                                .addProfiler(GCProfiler.class)
                                .verbosity(VerboseMode.SILENT)
                                .build())
                        .run()) {
                    results.add(new Result(Part.MICRO.word(), name(measured), round, figures(measured), null));
                }
            } catch (RunnerException e) {
                throw new IllegalStateException("JMH can't run", e);
            }
        }
    }

    private static String name(RunResult measured) {
        String benchmark = measured.getParams().getBenchmark();
        return benchmark.substring(benchmark.lastIndexOf('.') + 1);
    }

    private static Map<String, Double> figures(RunResult measured) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("ns a row", measured.getPrimaryResult().getScore());
        measured.getSecondaryResults().forEach((name, result) -> {
            if (name.endsWith("gc.alloc.rate.norm")) {
                figures.put("B allocated a row", result.getScore());
            }
        });
        return figures;
    }
}
