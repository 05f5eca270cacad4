package dev.tributary.bench;

import dev.tributary.servers.LoopbackPorts;
import dev.tributary.servers.ShardedGate;
import dev.tributary.servers.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures what many shards cost in one process, on two event loops: as many rows of 4 shards and of 256 in turn, from a VTGate
 * in this process, into a real MySQL. Its CPU is this process's, and none of the application's.
 */
final class ShardsPart {
    static final int FEW = 4;
    static final int MANY = 256;

    /** The figures of one stream, by what the streams of {@link #MANY} shards cost beyond those of {@link #FEW}. */
    static final String EACH = Part.SHARDS.word() + ", each stream";

    private static final String SOURCE = "source";
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final int WATCHED_MILLIS = 10_000;

    private final Jvm jvm;
    private final Target target;
    private final int rows;

    private ShardsPart(Jvm jvm, Target target, int rows) {
        this.jvm = jvm;
        this.target = target;
        this.rows = rows;
    }

    static String name(int shards) {
        return shards + " shards";
    }

    static void run(BenchSettings settings, Jvm jvm, Results results) throws SQLException {
        try (Target target = Target.start(settings.flags())) {
            target.server().execute("CREATE DATABASE " + SOURCE, "USE " + SOURCE, ShardRows.DDL);
            ShardsPart part = new ShardsPart(jvm, target, settings.rows());
            for (int round = 1; round <= settings.rounds(); round++) {
                for (int shards : List.of(FEW, MANY)) {
                    results.measure(Part.SHARDS.word(), name(shards), round, () -> part.measure(shards));
                }
            }
        }
        for (String state : List.of("idle", "busy")) {
            results.add(new Result(EACH, state, 1, each(results, state), null));
        }
    }

    private static Map<String, Double> each(Results results, String state) {
        Map<String, Double> figures = new LinkedHashMap<>();
        for (String figure : List.of("MB heap", "MB resident")) {
            figures.put(
                    figure.replace("MB", "KB"),
                    (median(results, MANY, state, figure) - median(results, FEW, state, figure)) * 1e3 / (MANY - FEW));
        }
        figures.put("CPU ms/s", median(results, MANY, state, "CPU ms/s") / MANY);
        return figures;
    }

    private static double median(Results results, int shards, String state, String figure) {
        return results.median(Part.SHARDS.word(), name(shards), state + " " + figure);
    }

    private Map<String, Double> measure(int shards) throws SQLException {
        ShardRows story = ShardRows.of(shards, rows);
        target.clear();
        Quiet.settle(List.of(target.server()));
        Map<String, Double> figures = new LinkedHashMap<>();
        long empty = target.inserted();
        try (ShardedGate gate = new ShardedGate(shards, target.server(), SOURCE, story);
                BenchProcess process = start(gate)) {
            int all = story.copied() * shards;
            throughput("snapshot", process, empty, all / 100, all, figures);
            Watch.until("the copies' ends", process, LIMIT, 20, () -> follows(shards));
            watched("idle", process, figures);
            long copied = target.inserted();
            story.changes().countDown();
            throughput("changes", process, copied, 0, story.changed() * shards, figures);
            Watch.until("every change", process, LIMIT, 20, () -> count() == all + story.changed() * shards);
            story.endless().countDown();
            watched("busy", process, figures);
            figures.put(
                    "connections to VTGate",
                    0.0 + gate.streams().mostConnections() + gate.queries().mostConnections());
            process.stop();
        }
        return figures;
    }

    /**
     * All rows but for the last hundredth: the server counts what it inserts without locks, and a few less than there are.
     *
     * @param before rows that the target had ever inserted before
     * @param skipped those of these that are not counted, before which the process starts
     */
    private void throughput(
            String what, BenchProcess process, long before, int skipped, int count, Map<String, Double> figures)
            throws SQLException {
        Watch.until("the first rows of " + what, process, LIMIT, 2, () -> target.inserted() >= before + skipped);
        long first = target.inserted();
        long commits = target.commits();
        long began = System.nanoTime();
        double cpu = ProcessCosts.cpuSeconds(process.pid());
        double server = ProcessCosts.cpuSeconds(target.pid());
        long last = before + count - count / 100;
        Watch.until("the last rows of " + what, process, LIMIT, 5, () -> target.inserted() >= last);
        long rest = last - first;
        figures.put(what + " rows/s", rest * 1e9 / (System.nanoTime() - began));
        figures.put(what + " rows/commit", rest / (double) (target.commits() - commits));
        figures.put(what + " CPU-s/M rows", (ProcessCosts.cpuSeconds(process.pid()) - cpu) * 1e6 / rest);
        figures.put(what + " target CPU-s/M rows", (ProcessCosts.cpuSeconds(target.pid()) - server) * 1e6 / rest);
    }

    private void watched(String state, BenchProcess process, Map<String, Double> figures) {
        Watch.pause(WATCHED_MILLIS / 5);
        double before = ProcessCosts.cpuSeconds(process.pid());
        Watch.pause(WATCHED_MILLIS);
        double after = ProcessCosts.cpuSeconds(process.pid());
        figures.put(state + " CPU ms/s", (after - before) * 1e6 / WATCHED_MILLIS);
        figures.put(state + " MB resident", ProcessCosts.residentBytes(process.pid()) / 1e6);
        figures.put(state + " MB heap", process.liveBytes() / 1e6);
    }

    private boolean follows(int shards) throws SQLException {
        return target.parts("state = 'copied'") == shards;
    }

    private long count() throws SQLException {
        try (Connection connection = target.server().connect(Target.DATABASE)) {
            return Long.parseLong(String.valueOf(Sql.query(connection, "SELECT COUNT(*) FROM " + ShardRows.TABLE)
                    .getFirst()
                    .getFirst()));
        }
    }

    private BenchProcess start(ShardedGate gate) {
        Map<String, String> environment = new HashMap<>(jvm.settings());
        environment.putAll(Map.of(
                "TRIBUTARY_SOURCE", gate.url(),
                "TRIBUTARY_SINK", Target.url(target.port()),
                "QUARKUS_VERTX_EVENT_LOOPS_POOL_SIZE", "2",
                "QUARKUS_MANAGEMENT_HOST", "127.0.0.1",
                "QUARKUS_MANAGEMENT_PORT", Integer.toString(LoopbackPorts.next())));
        return BenchProcess.start("tributary", new ArrayList<>(jvm.application("run")), environment);
    }
}
