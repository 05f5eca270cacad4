package dev.tributary.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

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
        String stat = read(pid, "stat");
        // the program's name before it may hold blanks
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
    }

    /** Memory that it has now, in bytes. */
    static long residentBytes(long pid) {
        String status = read(pid, "status");
        String kilobytes = status.lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("process " + pid + " has ended"))
                .replaceAll("[^0-9]", "");
        return Long.parseLong(kilobytes) * 1024;
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (IOException e) {
            throw new UncheckedIOException("process " + pid + " has ended", e);
        }
    }
}
