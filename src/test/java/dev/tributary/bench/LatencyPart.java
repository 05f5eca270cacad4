package dev.tributary.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures the time from a commit at the source to its commit at the target, while transactions of ten rows are committed
 * at a steady rate. The clock starts before the source is asked to commit, so that its own commit counts too; the target
 * is looked at a thousand times a second.
 */
final class LatencyPart {
    static final int ROWS = 10;

    private static final int WRITERS = 4;
    private static final Duration WARM = Duration.ofSeconds(10);
    private static final Duration HELD = Duration.ofSeconds(15);
    private static final Duration MEASURED = Duration.ofSeconds(30);
    private static final int PROBES_PER_SECOND = 50;
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int MOST_ASKED = 200;

    private final Source source;
    private final ChangeLoad load;

    LatencyPart(Source source, ChangeLoad load) {
        this.source = source;
        this.load = load;
    }

    /** The rows a second that arrive while the source commits as fast as it can beside the contestant. */
    Map<String, Double> held(Pipeline pipeline, Target target) throws SQLException {
        try (BenchProcess process = pipeline.start(source, target)) {
            awaitMark(process, target);
            long begin = System.nanoTime();
            AtomicLong committed = new AtomicLong();
            try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
                List<Future<Void>> writing =
                        writers(threads, begin + WARM.plus(HELD).toNanos(), 0, committed);
                Watch.pause((int) WARM.toMillis());
                long before = target.inserted();
                long from = System.nanoTime();
                Watch.pause((int) HELD.toMillis());
                double arrived = target.inserted() - before;
                double seconds = (System.nanoTime() - from) / 1e9;
                await(writing);
                awaitMark(process, target);
                process.stop();
                return Map.of("rows/s", arrived / seconds, "rows/s at the source", rate(committed, WARM.plus(HELD)));
            }
        }
    }

    /**
     * The times of a contestant.
     *
     * @param perSecond transactions a second
     */
    Map<String, Double> run(Pipeline pipeline, Target target, int perSecond) throws SQLException {
        Quiet.settle(source.mysqlds());
        Quiet.settle(List.of(target.server()));
        try (BenchProcess process = pipeline.start(source, target)) {
            awaitMark(process, target);
            long begin = System.nanoTime() + WARM.toNanos();
            long end = begin + MEASURED.toNanos();
            Map<Long, Long> underWay = new ConcurrentHashMap<>();
            AtomicLong committed = new AtomicLong();
            List<Long> latencies = new ArrayList<>();
            List<Long> commits = Collections.synchronizedList(new ArrayList<>());
            try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS + 1)) {
                List<Future<Void>> writing = writers(threads, end, perSecond, committed);
                writing.add(threads.submit(prober(begin, end, underWay, commits)));
                watch(process, target, end, underWay, latencies);
                await(writing);
            }
            awaitMark(process, target);
            process.stop();
            Comparing.check(source, target);
            return figures(latencies, commits, committed);
        }
    }

    private void awaitMark(BenchProcess process, Target target) throws SQLException {
        List<Long> marks = source.mark();
        Watch.until("a change", process, LIMIT, 20, () -> target.marked(marks) == marks.size());
    }

    /** @param perSecond transactions a second; 0 for as many as there can be */
    private List<Future<Void>> writers(ExecutorService threads, long end, int perSecond, AtomicLong committed) {
        long pause = perSecond == 0 ? 0 : WRITERS * 1_000_000_000L / perSecond;
        List<Future<Void>> writing = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            writing.add(threads.submit(writer(i, end, pause, committed)));
        }
        return writing;
    }

    private static void await(List<Future<Void>> writing) {
        try {
            for (Future<Void> written : writing) {
                written.get();
            }
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException("the load failed", e);
        }
    }

    /** One of those who write at the steady rate; one that is late does not pause until it has caught up. */
    private Callable<Void> writer(int number, long end, long pause, AtomicLong committed) {
        return () -> {
            try (Connection connection = source.cluster().connect()) {
                long next = System.nanoTime() + number * pause / WRITERS;
                for (int n = number; next < end && System.nanoTime() < end; n += WRITERS, next += pause) {
                    LockSupport.parkNanos(next - System.nanoTime());
                    load.append(connection, number, WRITERS, n, ROWS);
                    committed.incrementAndGet();
                }
            }
            return null;
        };
    }

    /** Commits rows by themselves, whose way is timed. */
    private Callable<Void> prober(long begin, long end, Map<Long, Long> underWay, List<Long> commits) {
        return () -> {
            try (Connection connection = source.cluster().connect()) {
                connection.setAutoCommit(false);
                for (long next = begin; next < end; next += 1_000_000_000L / PROBES_PER_SECOND) {
                    LockSupport.parkNanos(next - System.nanoTime());
                    long id = source.insertMarker(connection);
                    long began = System.nanoTime();
                    underWay.put(id, began);
                    connection.commit();
                    commits.add(System.nanoTime() - began);
                }
            }
            return null;
        };
    }

    private static void watch(
            BenchProcess process, Target target, long end, Map<Long, Long> underWay, List<Long> latencies)
            throws SQLException {
        long deadline = end + LIMIT.toNanos();
        while (System.nanoTime() < end || !underWay.isEmpty()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException("ended, or not in time:\n" + process.tail());
            }
            List<Long> asked =
                    underWay.keySet().stream().sorted().limit(MOST_ASKED).toList();
            if (!asked.isEmpty()) {
                List<Long> arrived = target.arrived(asked);
                long now = System.nanoTime();
                for (Long id : arrived) {
                    latencies.add(now - Objects.requireNonNull(underWay.remove(id)));
                }
            }
            Watch.pause(1);
        }
    }

    private static Map<String, Double> figures(List<Long> latencies, List<Long> commits, AtomicLong committed) {
        latencies.sort(null);
        commits.sort(null);
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("p50 ms", percentile(latencies, 50));
        figures.put("p99 ms", percentile(latencies, 99));
        figures.put("max ms", percentile(latencies, 100));
        figures.put("p50 ms of the source's commit", percentile(commits, 50));
        figures.put("p99 ms of the source's commit", percentile(commits, 99));
        figures.put("rows/s at the source", rate(committed, WARM.plus(MEASURED)));
        return figures;
    }

    private static double rate(AtomicLong committed, Duration time) {
        return committed.get() * ROWS / (double) time.toSeconds();
    }

    private static double percentile(List<Long> sorted, int percent) {
        return sorted.get(Math.max(0, (int) Math.ceil(sorted.size() * percent / 100.0) - 1)) / 1e6;
    }
}
