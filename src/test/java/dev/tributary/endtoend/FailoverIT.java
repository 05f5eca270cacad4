package dev.tributary.endtoend;

import static dev.tributary.endtoend.EndToEnd.assertEqual;
import static dev.tributary.endtoend.EndToEnd.assertExit;
import static dev.tributary.endtoend.EndToEnd.await;
import static dev.tributary.endtoend.EndToEnd.awaitFollowing;
import static dev.tributary.endtoend.EndToEnd.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.Await;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.OneAtATime;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.Sql;
import dev.tributary.servers.VitessCluster;
import dev.tributary.servers.VitessTablet;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The source's servers fail over, die and stand still while rows are written, on a cluster with replicas. With the settings as
 * they are by default the pipeline goes on by itself: what is committed once the source takes writes again is at the target
 * {@link #PROMISED} later. {@code -Dseed} repeats the load of another run.
 */
@NeedsVitess
@OneAtATime
class FailoverIT {
    private static final long SEED = Long.getLong("seed", System.nanoTime() % 1_000_000);

    private static final Duration PROMISED = Duration.ofSeconds(10);
    /** On a machine with more to do than it has cores for, where others' work decides how long ours takes. */
    private static final Duration BUSY = Duration.ofSeconds(20);
    /** The load of each core from which a machine is busy. */
    private static final double BUSY_LOAD = 2;
    /**
     * Tries of one shard that may fail though the source is back: the one that is under way, and one at a server that does not
     * know yet that it serves. With the pauses that are behind them that is within what is promised, however busy the machine is.
     */
    private static final long MOST_FAILURES = 2;
    /** The longest pause between two tries, as it is by default. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);

    private static final Pattern PAUSE = Pattern.compile("next try in (\\d+) ms");

    /** So long VTGate is gone: pauses between attempts become long meanwhile. */
    private static final Duration GONE = Duration.ofSeconds(Integer.getInteger("gone", 15));
    /** So long a vttablet is, which takes some time more until it serves. */
    private static final Duration TABLET_GONE = Duration.ofSeconds(5);
    /** So long VTGate stands still: a stream on which nothing is heard is given up sooner. */
    private static final Duration FROZEN = Duration.ofSeconds(Integer.getInteger("frozen", 33));
    /** So long a vttablet does: VTGate gives up its connection, looks for it once in vain, and goes to sleep for half a minute. */
    private static final Duration TABLET_FROZEN = Duration.ofSeconds(40);

    private static VitessCluster source;

    private int probes;

    /** What becomes of the source. */
    @FunctionalInterface
    private interface Fault {
        void happen() throws Exception;
    }

    @BeforeAll
    static void start() {
        source = VitessCluster.builder()
                .keyspace("commerce", "-80", "80-")
                .replicas(1)
                .start();
    }

    @AfterAll
    static void stop() {
        source.close();
    }

    @Test
    void whatIsCommittedOnceTheSourceIsBackArrivesSoon() throws Exception {
        System.out.println("failovers with -Dseed=" + SEED);
        VersionLoad.prepare(source);
        List<Long> ids = oneOfEachShard();
        Replica replica = Replica.create(source, SharedServers.mysql(), "failover");
        try (TributaryProcess pipeline = replica.start();
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            awaitFollowing(replica, pipeline);
            VersionLoad.watch(replica);
            List<String> late = new ArrayList<>();
            try (VersionLoad load = VersionLoad.start(source, SEED, 1)) {
                LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
                late.addAll(recovers("planned reparent", replica, pipeline, ids, () -> source.plannedReparent("-80")));

                VitessTablet lost = source.primary("80-");
                List<Future<?>> reparent = new ArrayList<>();
                late.addAll(recovers("emergency reparent", replica, pipeline, ids, () -> {
                    killReplicated(lost);
                    reparent.add(thread.submit(() -> source.emergencyReparent("80-")));
                }));
                reparent.getFirst().get();
                lost.restart();
                source.awaitServing();

                late.addAll(recovers("VTGate killed", replica, pipeline, ids, () -> {
                    source.vtgate().kill();
                    pass(GONE);
                    assertStatusTellsOfBoth(replica);
                    source.vtgate().restart();
                }));
                late.addAll(recovers("VTGate restarted", replica, pipeline, ids, () -> {
                    source.vtgate().terminate();
                    source.vtgate().restart();
                }));
                VitessTablet restarted = source.primary("80-");
                late.addAll(recovers("vttablet restarted", replica, pipeline, ids, () -> {
                    restarted.vttablet().terminate();
                    restarted.vttablet().restart();
                }));
                late.addAll(recovers("VTGate frozen", replica, pipeline, ids, () -> {
                    source.vtgate().freeze();
                    pass(FROZEN);
                    source.vtgate().thaw();
                }));
                VitessTablet killed = source.primary("-80");
                late.addAll(recovers("vttablet killed", replica, pipeline, ids, () -> {
                    killed.vttablet().kill();
                    pass(TABLET_GONE);
                    killed.vttablet().restart();
                }));
                VitessTablet frozen = source.primary("80-");
                late.addAll(recovers("vttablet frozen", replica, pipeline, ids, () -> {
                    frozen.vttablet().freeze();
                    pass(TABLET_FROZEN);
                    frozen.vttablet().thaw();
                }));
                System.out.printf("failovers: %,d rows written, %,d refused%n", load.written(), load.refused());
            }
            assertThat(late).as(() -> said(pipeline)).isEmpty();
            assertThat(pauses(pipeline)).isNotEmpty().allMatch(pause -> pause.compareTo(LONGEST_PAUSE) <= 0);
            pipeline.terminate();
            assertExit(pipeline, 0);
        }
        replica.catchUp();
        assertEqual(replica);
        VersionLoad.assertNoneWentBack(replica);
    }

    /** To whoever can see the target alone. */
    private static void assertStatusTellsOfBoth(Replica replica) throws Exception {
        try (TributaryProcess status = replica.process("status").end()) {
            assertThat(status.output())
                    .filteredOn(line -> line.startsWith("shard "))
                    .hasSize(2)
                    .allMatch(
                            line -> line.matches(
                                    "shard commerce/(-80|80-): following, but waiting \\(failure \\d+ in a row: .+\\), .+:\\w+, epoch .*"));
        }
    }

    @Test
    void aCopyGoesOnSoonToo() throws Exception {
        VersionLoad.prepare(source, 20_000);
        Replica replica = Replica.create(source, SharedServers.mysql(), "failover_in_copy")
                .with("TRIBUTARY_COPY_PARTS", "1")
                .with("TRIBUTARY_BATCH_ROWS", "10");
        VitessTablet primary = source.primary("-80");
        try (TributaryProcess pipeline = replica.start()) {
            await("rows are copied", pipeline, () -> carried(replica, "-80") >= 200);
            try (VersionLoad load = VersionLoad.start(source, SEED, 1)) {
                primary.vttablet().kill();
                pass(TABLET_GONE);
                long before = allThatIsOnItsWay(replica, "-80");
                assertThat(replica.parts("shard = '-80' AND state <> 'copied'"))
                        .as("parts that are still to be copied")
                        .isPositive();
                primary.vttablet().restart();
                source.awaitServing();
                long back = System.nanoTime();
                await("the copy goes on", pipeline, () -> carried(replica, "-80") > before);
                Duration took = Duration.ofNanos(System.nanoTime() - back);
                System.out.printf(
                        "vttablet killed in the copy: it went on %.1f s after it was back; %,d rows written%n",
                        took.toMillis() / 1e3, load.written());
                assertThat(took).as(() -> said(pipeline)).isLessThan(bound());
                awaitFollowing(replica, pipeline);
            }
        }
        replica.catchUp();
        assertEqual(replica);
    }

    /** So long the pipeline waited before it tried again, each time. */
    private static List<Duration> pauses(TributaryProcess pipeline) {
        return PAUSE.matcher(said(pipeline))
                .results()
                .map(pause -> Duration.ofMillis(Long.parseLong(pause.group(1))))
                .toList();
    }

    private static long carried(Replica replica, String shard) {
        return (long) replica.metrics()
                .sum("tributary_rows_total", "/" + shard + "\"")
                .orElse(0);
    }

    /** Rows that are carried of a shard once no more come: those on their way were read before. */
    private static long allThatIsOnItsWay(Replica replica, String shard) {
        long rows;
        do {
            rows = carried(replica, shard);
            pass(Duration.ofSeconds(1));
        } while (carried(replica, shard) != rows);
        return rows;
    }

    private static void pass(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }

    /** Kills a tablet once its replica has all of it: else the source itself would lose what the pipeline has read. */
    private static void killReplicated(VitessTablet tablet) throws SQLException {
        tablet.vttablet().kill();
        String executed = Objects.requireNonNull(tablet.mysqld()
                .query("SELECT @@GLOBAL.gtid_executed")
                .getFirst()
                .getFirst());
        List<VitessTablet> others = List.of(source.tablet(tablet.shard(), 0), source.tablet(tablet.shard(), 1));
        for (VitessTablet other : others) {
            assertThat(other.mysqld().query("SELECT WAIT_FOR_EXECUTED_GTID_SET('" + executed + "', 30)"))
                    .containsExactly(List.of("0"));
        }
        tablet.mysqld().kill();
    }

    /** Ids of rows on the shards, in their order. */
    private static List<Long> oneOfEachShard() throws SQLException {
        List<Long> ids = new ArrayList<>();
        for (String shard : source.shards()) {
            try (Connection connection = source.connect(source.keyspace() + ":" + shard + "@primary")) {
                ids.add(Long.valueOf(Objects.requireNonNull(Sql.query(connection, "SELECT MIN(id) FROM items")
                        .getFirst()
                        .getFirst())));
            }
        }
        return ids;
    }

    /** Has a fault happen and waits until the pipeline has recovered; says so if it was late. */
    private List<String> recovers(String name, Replica replica, TributaryProcess pipeline, List<Long> ids, Fault fault)
            throws Exception {
        long began = System.nanoTime();
        fault.happen();
        String probe = writeProbe(ids);
        long back = System.nanoTime();
        Map<String, Long> failures = failures(replica);
        String there = "SELECT COUNT(DISTINCT id) FROM log WHERE name = '" + probe + "'";
        await(name + ": " + probe, pipeline, () -> replica.number(there) == ids.size());
        Duration took = Duration.ofNanos(System.nanoTime() - back);
        Map<String, Long> more = failures(replica);
        more.replaceAll((shard, count) -> count - failures.getOrDefault(shard, 0L));
        System.out.printf(
                "%s: the source was back after %.1f s, and its rows came %.1f s later; tries that failed meanwhile: %s%n",
                name, (back - began) / 1e9, took.toMillis() / 1e3, more);
        List<String> late = new ArrayList<>();
        if (took.compareTo(bound()) >= 0) {
            late.add(name + ": took " + took);
        }
        more.values().removeIf(count -> count <= MOST_FAILURES);
        more.forEach(
                (shard, count) -> late.add(name + ": " + count + " tries of " + shard + " failed once it was back"));
        return late;
    }

    /** So long it may take, now. */
    private static Duration bound() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()
                / Runtime.getRuntime().availableProcessors();
        Duration bound = load < BUSY_LOAD ? PROMISED : BUSY;
        System.out.printf("load of each core %.1f: at most %d s%n", load, bound.toSeconds());
        return bound;
    }

    /** Of each shard's stream, since the pipeline was started. */
    private static Map<String, Long> failures(Replica replica) {
        Map<String, Long> failures = new TreeMap<>();
        for (String shard : source.shards()) {
            failures.put(shard, (long) replica.metrics()
                    .sum("tributary_failures_total", "/" + shard + "\"")
                    .orElseThrow());
        }
        return failures;
    }

    /** Writes a row to every shard as soon as all of them take it; answers what these are called. */
    private String writeProbe(List<Long> ids) {
        String[] name = new String[1];
        Await.until(
                "every shard takes a write",
                EndToEnd.LIMIT,
                () -> {
                    name[0] = "probe " + ++probes;
                    // who asked a server that stood still may never be answered
                    try (Connection connection = DriverManager.getConnection(
                            source.jdbcUrl(source.keyspace()) + "&connectTimeout=2000&socketTimeout=2000")) {
                        for (long id : ids) {
                            Sql.execute(
                                    connection, "INSERT INTO log (id, name) VALUES (" + id + ", '" + name[0] + "')");
                        }
                        return true;
                    } catch (SQLException e) {
                        return false;
                    }
                },
                source.vtgate()::logTail);
        return name[0];
    }
}
