package dev.tributary.bench.peers;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a writer writes: rows of both tables as LOAD DATA reads them, in sections of which each is made ready before the
 * clock starts. Prints a line before and after each, with seconds, CPU seconds and allocated bytes of this process.
 */
final class Sections {
    static final List<String> TABLES = List.of("orders", "items");

    private static final List<String> NAMES = List.of("warm", "fresh", "mixed");

    private Sections() {}

    /** The rows of one table: lines with tabs between the values. */
    record Rows(String table, List<String> lines) {
        static final String NULL = "\\N";

        static String[] values(String line) {
            String[] values = line.split("\t", -1);
            for (int i = 0; i < values.length; i++) {
                values[i] = values[i].equals(NULL) ? null : values[i];
            }
            return values;
        }

        /** The lines in portions of this size. */
        List<List<String>> chunks(int size) {
            List<List<String>> chunks = new ArrayList<>();
            for (int from = 0; from < lines.size(); from += size) {
                chunks.add(lines.subList(from, Math.min(lines.size(), from + size)));
            }
            return chunks;
        }
    }

    /** What is measured. */
    interface Work {
        void run() throws Exception;
    }

    /** Makes rows of all tables ready to be written. */
    interface Preparation {
        Work prepare(List<Rows> tables) throws Exception;
    }

    static void run(Path directory, Preparation preparation) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        for (String section : NAMES) {
            Work work = preparation.prepare(read(directory, section));
            // what preparing left behind is not the writer's
            System.gc();
            System.out.println("begin " + section);
            long bytes = threads.getTotalThreadAllocatedBytes();
            long cpu = system.getProcessCpuTime();
            long began = System.nanoTime();
            work.run();
            double seconds = (System.nanoTime() - began) / 1e9;
            System.out.println("end " + section + " " + seconds + " " + (system.getProcessCpuTime() - cpu) / 1e9 + " "
                    + (threads.getTotalThreadAllocatedBytes() - bytes));
        }
    }

    private static List<Rows> read(Path directory, String section) throws IOException {
        List<Rows> tables = new ArrayList<>();
        for (String table : TABLES) {
            tables.add(new Rows(table, Files.readAllLines(directory.resolve(section + "." + table))));
        }
        return tables;
    }
}
