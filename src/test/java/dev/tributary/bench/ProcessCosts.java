package dev.tributary.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What processes have cost the machine so far, as Linux counts it. */
final class ProcessCosts {
    /** Linux tells times in hundredths of a second, whatever its own clock. */
    private static final double TICKS = 100;

    private ProcessCosts() {}

    /** CPU seconds, user's and system's, of all threads. */
    static double cpuSeconds(Collection<Long> pids) {
        return pids.stream().mapToDouble(ProcessCosts::cpuSeconds).sum();
    }

    static double cpuSeconds(long pid) {
        return cpuSeconds(read(Path.of("/proc", Long.toString(pid), "stat")));
    }

    /** CPU seconds of those threads of a process that live and have such a name, of which Linux knows 15 letters. */
    static double cpuSeconds(long pid, Pattern names) {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            return threads.flatMap(ProcessCosts::statOfLiving)
                    .filter(stat -> names.matcher(stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')))
                            .lookingAt())
                    .mapToDouble(ProcessCosts::cpuSeconds)
                    .sum();
        } catch (IOException e) {
            throw ended(e);
        }
    }

    private static Stream<String> statOfLiving(Path thread) {
        try {
            return Stream.of(Files.readString(thread.resolve("stat")));
        } catch (IOException e) {
            return Stream.empty();
        }
    }

    private static double cpuSeconds(String stat) {
        // the program's name before it may hold blanks
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
    }

    /** Memory that it has now, in bytes. */
    static long residentBytes(long pid) {
        String status = read(Path.of("/proc", Long.toString(pid), "status"));
        String kilobytes = status.lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("process " + pid + " has ended"))
                .replaceAll("[^0-9]", "");
        return Long.parseLong(kilobytes) * 1024;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw ended(e);
        }
    }

    private static UncheckedIOException ended(IOException e) {
        return new UncheckedIOException("a process has ended", e);
    }
}
