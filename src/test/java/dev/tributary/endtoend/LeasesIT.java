package dev.tributary.endtoend;

import static dev.tributary.endtoend.EndToEnd.assertEqual;
import static dev.tributary.endtoend.EndToEnd.assertExit;
import static dev.tributary.endtoend.EndToEnd.awaitFollowing;
import static dev.tributary.endtoend.EndToEnd.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.Await;
import dev.tributary.servers.MySqlServer;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.OneAtATime;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import dev.tributary.workload.Shop;
import dev.tributary.workload.ShopLoad;
import dev.tributary.workload.ShopSeed;
import dev.tributary.workload.ShopSize;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several processes of one pipeline, which come, go, are killed and held still, while rows are written. */
@NeedsVitess
@OneAtATime
class LeasesIT {
    private static final long SEED = Long.getLong("seed", System.nanoTime() % 1_000_000);
    private static final int ROUNDS = Integer.getInteger("rounds", 5);
    private static final ShopSize SIZE = ShopSize.ofRows(5_000);
    private static final Duration LEASE = Duration.ofSeconds(4);
    /** So soon behind the end of a lease another is to have what was a process's: {@code TakeOverTest} asserts it exactly. */
    private static final Duration PROMISED = LEASE.plusSeconds(2);
    /** What a busy machine may take for it: one with ten times the load of its cores took 7.6 s behind the lease. */
    private static final Duration BOUND = LEASE.plusSeconds(20);
    /** How far the wall clocks of three processes are ahead. */
    private static final List<Duration> AHEAD = List.of(Duration.ZERO, Duration.ofHours(1), Duration.ofHours(-1));

    /** Of twelve shards' processes, the one at a place with the clock of that place. */
    private final List<TributaryProcess> processes = new ArrayList<>();
    /** The users at the target of all that were started, by their pids. */
    private final Map<Long, String> users = new HashMap<>();

    private final List<Duration> takeOvers = new ArrayList<>();

    @Test
    void aSecondProcessHasItsShareAndAllOnceTheFirstIsStopped() throws Exception {
        VitessCluster source = shop();
        Replica replica = replica(source, SharedServers.mysql(), "shared");
        try (ShopLoad load = ShopLoad.start(source, SIZE, 1, 4, 50);
                TributaryProcess first = replica.start()) {
            awaitFollowing(replica, first);
            Replica twin = replica.twin();
            try (TributaryProcess second = twin.start()) {
                awaitShares(replica, 2, first, second);
                awaitMore(load, 100);
                assertStatus(replica, first.pid(), second.pid());
                assertSeen(replica, first);
                assertSeen(twin, second);

                first.terminate();

                assertExit(first, 0);
                awaitShares(replica, 2, second);
                awaitMore(load, 100);
                assertThat(second.isAlive()).as(() -> said(second)).isTrue();
            }
        }
        replica.catchUp();

        assertEqual(replica);
    }

    /** In metrics and health: who has which shard, by what epoch and lease, and how far it is. */
    private static void assertSeen(Replica replica, TributaryProcess process) {
        Await.until(
                "the one shard of a process is in its metrics",
                EndToEnd.LIMIT,
                () -> replica.metrics().sum("tributary_stream").orElse(0) == 1
                        && replica.metrics()
                                        .sum("tributary_stream", "state=\"following\"")
                                        .orElse(0)
                                == 1,
                replica.metrics()::read);
        assertThat(replica.metrics().sum("tributary_stream", ":" + process.pid() + ":"))
                .hasValue(1);
        assertThat(replica.metrics().sum("tributary_epoch").orElse(0)).isPositive();
        assertThat(replica.metrics().sum("tributary_position").orElse(0)).isPositive();
        assertThat(replica.metrics().sum("tributary_lease_age_seconds").orElse(-1))
                .isNotNegative();
        assertThat(replica.metrics().said("ready"))
                .containsPattern("commerce/(-80|80-)\": \"following, epoch \\d+, .*MySQL56/")
                .containsPattern("\"process\": \".*:" + process.pid() + ":")
                .contains("lease renewed, ms ago");
    }

    private static void assertStatus(Replica replica, long... pids) {
        try (TributaryProcess status = replica.process("status").end()) {
            assertThat(status.exitCode()).as(() -> said(status)).isZero();
            assertThat(status.output()).hasSize(4);
            for (long pid : pids) {
                assertThat(status.output())
                        .anyMatch(line -> line.matches(
                                "process .*:" + pid + ":\\w+: 1 shards, lease of 4\\.0 s renewed \\d\\.\\d s ago"))
                        .anyMatch(line -> line.matches("shard commerce/(-80|80-): following, .*:" + pid
                                + ":\\w+, epoch [1-9]\\d*, .*MySQL56/.*"));
            }
        }
        try (TributaryProcess status = replica.process("status", "--json").end()) {
            JsonObject json = new JsonObject(String.join("\n", status.output()));
            assertThat(json.getJsonArray("processes")).hasSize(2);
            assertThat(json.getJsonArray("processes").getJsonObject(0).getDouble("lease_age_seconds"))
                    .isBetween(0.0, 4.0);
            assertThat(json.getJsonArray("shards").getJsonObject(0).getString("state"))
                    .isEqualTo("following");
            assertThat(json.getJsonArray("shards").getJsonObject(0).getLong("epoch"))
                    .isPositive();
            assertThat(json.getJsonArray("shards").getJsonObject(0).getString("position"))
                    .contains("MySQL56/");
            assertThat(json.getJsonArray("shards").getJsonObject(0).getString("waiting", "there"))
                    .isNull();
        }
        try (TributaryProcess status =
                replica.process("status", "--pipeline", "another").end()) {
            assertThat(status.exitCode()).isEqualTo(1);
            assertThat(status.errors())
                    .singleElement()
                    .asString()
                    .contains("pipeline 'another' has never run into", "TRIBUTARY_PIPELINE");
        }
    }

    /** What it had under way is over when it comes back, and it has its share again. */
    @Tag("long")
    @Test
    void aProcessThatWasHeldStillAndComesBackWritesNothingOfWhatOthersHaveNow() throws Exception {
        VitessCluster source = shop();
        Replica replica = replica(source, SharedServers.mysql(), "held_still");
        try (ShopLoad load = ShopLoad.start(source, SIZE, 2, 4, 50);
                TributaryProcess first = replica.start()) {
            awaitFollowing(replica, first);
            try (TributaryProcess second = replica.twin().start()) {
                awaitShares(replica, 2, first, second);

                first.signal("STOP");
                awaitShares(replica, 2, second);
                awaitMore(load, 100);
                first.signal("CONT");

                awaitShares(replica, 2, first, second);
                awaitMore(load, 100);
            }
        }
        replica.catchUp();

        assertEqual(replica);
    }

    /** As when the clock jumps forward where the target runs: its lease seems to be over, but it writes on. */
    @Tag("long")
    @Test
    void whoWritesWhileAnotherTakesItsShardsIsFenced() throws Exception {
        VitessCluster source = shop();
        Replica replica = replica(source, SharedServers.mysql(), "fenced");
        try (ShopLoad load = ShopLoad.start(source, SIZE, 3, 4, 50);
                TributaryProcess first = replica.start()) {
            awaitFollowing(replica, first);
            try (TributaryProcess second = replica.twin().start()) {
                awaitShares(replica, 2, first, second);
                long pid = first.pid();
                Await.until(
                        "the second takes the first's",
                        EndToEnd.LIMIT,
                        () -> {
                            replica.target()
                                    .execute("UPDATE " + replica.database() + ".tributary_checkpoint"
                                            + " SET updated_at = '2020-01-01' WHERE state = 'replica'"
                                            + " AND source_table LIKE '%:" + pid + ":%'");
                            return loads(replica).getOrDefault(second.pid(), 0L) == 2;
                        },
                        () -> said(second));

                awaitShares(replica, 2, first, second);
                awaitMore(load, 100);
            }
        }
        replica.catchUp();

        assertEqual(replica);
    }

    /** Each with clocks of its own, of which the wall clocks differ by two hours. */
    @Tag("long")
    @Test
    void twelveShardsOfThreeProcessesSurviveWhateverHappensToThem() throws Exception {
        System.out.println("replicas with -Dseed=" + SEED);
        Random random = new Random(SEED);
        Path clock = SkewedClock.jar();
        try (VitessCluster source = twelveShards();
                MySqlServer target = MySqlServer.start()) {
            VersionLoad.prepare(source);
            Replica replica = replica(source, target, "replicas");
            WriteLog log;
            try {
                Replica ahead = withClock(replica, clock, 1);
                processes.add(start(withClock(replica, clock, 0)));
                processes.add(start(ahead));
                processes.add(start(withClock(replica, clock, 2)));
                awaitShares(replica, 12, processes);
                VersionLoad.watch(replica);
                log = WriteLog.of(target, replica.database(), users);
                try (VersionLoad load = VersionLoad.start(source, SEED, 1)) {
                    awaitCarried(replica, load);
                    Await.until(
                            "by its clock one is an hour behind the source",
                            EndToEnd.LIMIT,
                            () -> ahead.metrics().sum("tributary_lag_seconds").orElse(0) > 3_000,
                            ahead.metrics()::read);
                    List<Event> events = new ArrayList<>();
                    while (events.size() < ROUNDS) {
                        List<Event> all = new ArrayList<>(List.of(Event.values()));
                        Collections.shuffle(all, random);
                        events.addAll(all);
                    }
                    for (Event event : events.subList(0, ROUNDS)) {
                        happen(event, replica, log, place -> start(withClock(replica, clock, place)), random);
                        awaitCarried(replica, load);
                    }
                    System.out.printf("%,d rows written, %,d refused%n", load.written(), load.refused());
                }
                for (TributaryProcess process : processes) {
                    process.terminate();
                    assertExit(process, 0);
                }
            } finally {
                processes.forEach(TributaryProcess::close);
                Files.delete(clock);
            }
            replica.catchUp();
            assertEqual(replica);
            VersionLoad.assertNoneWentBack(replica);
            System.out.printf(
                    "%d of %d shards that were taken over: within %d s of the last renewal%n",
                    takeOvers.stream()
                            .filter(took -> took.compareTo(PROMISED) <= 0)
                            .count(),
                    takeOvers.size(),
                    PROMISED.toSeconds());
            log.assertOneOwnerAtATime();
        }
    }
    /** A process with the clocks of a place: its monotonic one began days before others'. */
    private static Replica withClock(Replica replica, Path clock, int place) {
        return replica.twin().java(SkewedClock.option(clock, AHEAD.get(place), Duration.ofDays(place)));
    }

    private TributaryProcess start(Replica replica) throws SQLException {
        String user = "p" + users.size();
        TributaryProcess process = replica.as(user).start();
        users.put(process.pid(), user);
        return process;
    }

    /** What may happen to a process, or to the target. */
    private enum Event {
        HELD_STILL,
        HELD_FOR_A_MOMENT,
        KILLED,
        STOPPED,
        TARGET_RESTARTED
    }

    /** Starts a process with the clocks of a place. */
    @FunctionalInterface
    private interface Starter {
        TributaryProcess at(int place) throws SQLException;
    }

    private void happen(Event event, Replica replica, WriteLog log, Starter starter, Random random) throws Exception {
        int chosen = random.nextInt(processes.size());
        TributaryProcess process = processes.get(chosen);
        List<TributaryProcess> others = new ArrayList<>(processes);
        others.remove(process);
        long behind = log.size();
        long began = System.nanoTime();
        switch (event) {
            case HELD_STILL -> {
                process.signal("STOP");
                awaitTaken(replica, process, others);
                assertTakenInTime(log.takenOver(process.pid(), behind));
                awaitShares(replica, 12, others);
                process.signal("CONT");
            }
            case HELD_FOR_A_MOMENT -> {
                process.signal("STOP");
                LockSupport.parkNanos(random.nextLong(2 * LEASE.toNanos()));
                process.signal("CONT");
            }
            case KILLED -> {
                process.kill();
                awaitTaken(replica, process, others);
                // on one machine it is known to be gone, so that it may be sooner
                assertTakenInTime(log.takenOver(process.pid(), behind));
                LockSupport.parkNanos(random.nextLong(LEASE.toNanos()));
                processes.set(chosen, starter.at(chosen));
            }
            case STOPPED -> {
                process.terminate();
                assertExit(process, 0);
                awaitTaken(replica, process, others);
                say("stopped: its shards were taken over", began);
                LockSupport.parkNanos(random.nextLong(LEASE.toNanos()));
                processes.set(chosen, starter.at(chosen));
            }
            case TARGET_RESTARTED -> {
                replica.target().kill();
                replica.target().restart();
                say("the target was restarted", began);
            }
        }
        awaitShares(replica, 12, processes);
        say("all three have their shares", began);
    }

    /** By the target's clock alone: from the last renewal that it knows of to the claim. */
    private void assertTakenInTime(List<WriteLog.TakenOver> taken) {
        System.out.println("taken over: " + taken);
        assertThat(taken)
                .isNotEmpty()
                .allSatisfy(shard -> assertThat(shard.after())
                        .as("%s: from the last renewal of its owner's lease to the next claim", shard.shard())
                        .isLessThan(BOUND));
        taken.forEach(shard -> takeOvers.add(shard.after()));
    }

    /** Waits until others have claimed all that was this process's. */
    private static void awaitTaken(Replica replica, TributaryProcess from, List<TributaryProcess> by) {
        Await.until(
                "its shards are taken over",
                EndToEnd.LIMIT,
                () -> {
                    Map<Long, Long> loads = loads(replica);
                    return by.stream()
                                    .mapToLong(process -> loads.getOrDefault(process.pid(), 0L))
                                    .sum()
                            == 12;
                },
                () -> from.pid() + ": " + loads(replica));
    }

    private static void say(String what, long began) {
        System.out.printf("%s after %.1f s%n", what, (System.nanoTime() - began) / 1e9);
    }

    /** Without the kernel's asynchronous I/O, of which there is not enough for so many servers beside those of other tests. */
    private static VitessCluster twelveShards() {
        return VitessCluster.builder()
                .keyspace("commerce", shards(12))
                .mysqldFlags("--innodb-use-native-aio=0")
                .start();
    }

    private static String[] shards(int count) {
        List<String> bounds = new ArrayList<>(List.of(""));
        IntStream.range(1, count).forEach(number -> bounds.add(String.format("%02x", 256 * number / count)));
        bounds.add("");
        return IntStream.range(0, count)
                .mapToObj(number -> bounds.get(number) + "-" + bounds.get(number + 1))
                .toArray(String[]::new);
    }

    private static VitessCluster shop() throws SQLException {
        VitessCluster source = SharedServers.vitess();
        source.resetKeyspace();
        Shop.create(source);
        ShopSeed.load(source, SIZE, 1);
        return source;
    }

    private static Replica replica(VitessCluster source, MySqlServer target, String database) throws SQLException {
        return Replica.create(source, target, database)
                .with("TRIBUTARY_LEASE_DURATION", LEASE.toSeconds() + "S")
                .with("TRIBUTARY_RETRY_DELAY", "100MS")
                .with("TRIBUTARY_RETRY_MAX_DELAY", "1S");
    }

    private static void awaitShares(Replica replica, int shards, TributaryProcess... processes) {
        awaitShares(replica, shards, List.of(processes));
    }

    /** Waits until all shards are these processes', as many each as the others or one more, and none is being copied. */
    private static void awaitShares(Replica replica, int shards, List<TributaryProcess> processes) {
        Await.until(
                shards + " shards are shared by " + processes.size() + " processes",
                // three processes that start beside twelve shards' servers
                EndToEnd.LIMIT.multipliedBy(2),
                () -> {
                    Map<Long, Long> loads = loads(replica);
                    return replica.parts("state <> 'copied'") == 0
                            && loads.values().stream().mapToLong(load -> load).sum() == shards
                            && processes.stream().allMatch(isShare(loads, shards / processes.size()));
                },
                () -> loads(replica) + "\n"
                        + processes.stream().map(EndToEnd::said).collect(Collectors.joining("\n\n")));
    }

    private static Predicate<TributaryProcess> isShare(Map<Long, Long> loads, int least) {
        return process -> loads.getOrDefault(process.pid(), 0L) - least >= 0
                && loads.getOrDefault(process.pid(), 0L) - least <= 1;
    }

    /** Shards that are followed, by the pid of their owner; none while the target does not answer. */
    private static Map<Long, Long> loads(Replica replica) {
        try {
            return replica
                    .query("SELECT owner FROM tributary_checkpoint WHERE source_table = '' AND shard <> ''"
                            + " AND owner <> '' AND state = 'changes' AND tables IS NOT NULL")
                    .stream()
                    .collect(Collectors.groupingBy(
                            row -> Long.valueOf(String.valueOf(row.getFirst()).split(":", -1)[1]),
                            Collectors.counting()));
        } catch (SQLException e) {
            return Map.of();
        }
    }

    private static void awaitMore(ShopLoad load, int transactions) {
        long before = load.committed();
        Await.until(
                "there are more transactions",
                EndToEnd.LIMIT,
                () -> load.committed() > before + transactions,
                () -> load.committed() + "");
    }

    /** Waits until a row is there that was written after now. */
    private static void awaitCarried(Replica replica, VersionLoad load) throws SQLException {
        String versions = "SELECT COALESCE(MAX(version), 0) FROM items";
        long before = Long.parseLong(
                String.valueOf(replica.source().query(versions).getFirst().getFirst()));
        Await.until(
                "a row of now is carried",
                EndToEnd.LIMIT,
                () -> replica.number(versions) > before,
                () -> before + " of " + load.written());
    }
}
