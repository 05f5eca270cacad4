package dev.tributary.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** Work of a program of its own that is measured from within: what it costs but for its start. */
final class Measured {
    private Measured() {}

    /** Is such a program: ends its process, whose other threads would keep it, with 0, or with 1 once it has said why. */
    static void program(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error failure) {
            failure.printStackTrace(System.err);
            System.exit(1);
        }
        System.exit(0);
    }

    /** Prints "begin", and at the end seconds, CPU seconds, bytes allocated and items. */
    static void run(LongAdder items, Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        System.out.println("begin");
        long bytes = threads.getTotalThreadAllocatedBytes();
        long cpu = system.getProcessCpuTime();
        long began = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.println("end " + seconds + " " + (system.getProcessCpuTime() - cpu) / 1e9 + " "
                + (threads.getTotalThreadAllocatedBytes() - bytes) + " " + items.sum());
    }

    /** Runs such a program, and tells what it printed. */
    static Map<String, Double> figures(String contestant, List<String> command, int items) throws SQLException {
        try (BenchProcess process = BenchProcess.start(contestant, command, Map.of())) {
            Watch.until(
                    "every item",
                    process,
                    DynamoDbPart.LIMIT,
                    5,
                    () -> end(process).isPresent());
            String[] words = end(process).orElseThrow().split(" ");
            if (Long.parseLong(words[4]) != items) {
                throw new IllegalStateException("there were " + words[4] + " items, not " + items);
            }
            Map<String, Double> figures = new LinkedHashMap<>();
            figures.put("rows/s", items / Double.parseDouble(words[1]));
            figures.put("CPU-s/M rows", Double.parseDouble(words[2]) / items * 1e6);
            figures.put("GB allocated/M rows", Double.parseDouble(words[3]) / 1e3 / items);
            return figures;
        }
    }

    private static Optional<String> end(BenchProcess process) {
        return process.output().stream().filter(line -> line.startsWith("end ")).findAny();
    }
}
