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
import dev.tributary.servers.Reshard;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.Sql;
import dev.tributary.servers.VitessCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Shards that become others while rows are written, on clusters of their own. At the target a row's version must never go
 * back. {@code -Dseed} repeats the moments of another run.
 */
@NeedsVitess
@OneAtATime
class ReshardIT {
    private static final long SEED = Long.getLong("seed", System.nanoTime() % 1_000_000);

    private static final int LEAST_CUTS = 4;

    private final Random random = new Random(SEED);

    /** Split, two that become three, merged, split once more among three processes: each under load, and with power cuts about the switch. */
    @Test
    void everyKindOfReshardIsFollowedUnderLoad() throws Exception {
        System.out.println("reshards with -Dseed=" + SEED);
        try (VitessCluster source = VitessCluster.start("commerce", "-80", "80-")) {
            VersionLoad.prepare(source);
            Replica replica = replica(source, "resharded");
            try (TributaryProcess pipeline = replica.start()) {
                awaitFollowing(replica, pipeline);
                VersionLoad.watch(replica);
                try (VersionLoad load = VersionLoad.start(source, SEED, 1)) {
                    Reshard split = source.startReshard(List.of("-80"), List.of("-40", "40-80"))
                            .awaitCopied()
                            .switchTraffic();
                    awaitOpen(replica, pipeline, "-40,40-80,80-");
                    split.complete();
                    await("a row of now", pipeline, () -> isCarried(replica));
                    System.out.printf("split: %,d rows written, %,d refused%n", load.written(), load.refused());
                }
                assertExitOf(pipeline);
            }
            try (VersionLoad load = VersionLoad.start(source, SEED + 1, 1_000_000)) {
                Reshard uneven = source.startReshard(List.of("-40", "40-80"), List.of("-20", "20-60", "60-80"))
                        .awaitCopied();
                switchAmongPowerCuts(replica, uneven, "-20,20-60,60-80,80-");
                Reshard merge = source.startReshard(List.of("60-80", "80-"), List.of("60-"))
                        .awaitCopied();
                switchAmongPowerCuts(replica, merge, "-20,20-60,60-");
                System.out.printf("power cuts: %,d rows written, %,d refused%n", load.written(), load.refused());
            }
            splitAmongThree(source, replica);
            replica.catchUp();
            assertEqual(replica);
            VersionLoad.assertNoneWentBack(replica);
        }
    }

    /** Three processes have a shard each, and the one whose shard is split is killed about the moment of the switch. */
    private void splitAmongThree(VitessCluster source, Replica replica) throws Exception {
        Map<Long, TributaryProcess> processes = new HashMap<>();
        Map<Long, String> users = new HashMap<>();
        replica.with("TRIBUTARY_LEASE_DURATION", "4S");
        try {
            for (String user : List.of("first", "second", "third")) {
                TributaryProcess process = replica.twin().as(user).start();
                processes.put(process.pid(), process);
                users.put(process.pid(), user);
            }
            awaitAll(
                    "each has a shard",
                    processes,
                    () -> Set.copyOf(owners(replica).values()).equals(processes.keySet()));
            WriteLog log = WriteLog.of(replica.target(), replica.database(), users);
            try (VersionLoad load = VersionLoad.start(source, SEED + 2, 2_000_000);
                    ExecutorService thread = Executors.newSingleThreadExecutor()) {
                Reshard split = source.startReshard(List.of("60-"), List.of("60-a0", "a0-"))
                        .awaitCopied();
                long owner = Objects.requireNonNull(owners(replica).get("60-"));
                Future<?> switched = thread.submit(split::switchTraffic);
                LockSupport.parkNanos(Duration.ofMillis(random.nextInt(3_000)).toNanos());
                Objects.requireNonNull(processes.remove(owner)).close();
                System.out.println("the owner of 60- was killed, open are " + open(replica));
                switched.get();
                awaitAll("both others have all", processes, () -> {
                    Map<String, Long> owners = owners(replica);
                    return owners.keySet().equals(Set.of("-20", "20-60", "60-a0", "a0-"))
                            && Set.copyOf(owners.values()).equals(processes.keySet());
                });
                split.complete();
                awaitAll("a row of now", processes, () -> isCarried(replica));
                System.out.printf("three processes: %,d rows written, %,d refused%n", load.written(), load.refused());
            }
            processes.values().forEach(ReshardIT::assertExitOf);
            log.assertOneOwnerAtATime();
        } finally {
            processes.values().forEach(TributaryProcess::close);
        }
    }

    /** The pids of those that have the shards that are read. */
    private static Map<String, Long> owners(Replica replica) throws SQLException {
        Map<String, Long> owners = new HashMap<>();
        for (List<@Nullable String> row : replica.query("SELECT shard, owner FROM tributary_checkpoint"
                + " WHERE source_table = '' AND shard <> '' AND state = 'changes' AND owner <> ''")) {
            owners.put(
                    String.valueOf(row.get(0)),
                    Long.valueOf(String.valueOf(row.get(1)).split(":", -1)[1]));
        }
        return owners;
    }

    private static void awaitAll(String what, Map<Long, TributaryProcess> processes, Await.Condition condition) {
        Await.until(
                what,
                EndToEnd.LIMIT,
                condition,
                () -> processes.values().stream().map(EndToEnd::said).collect(Collectors.joining("\n\n")));
        assertThat(processes.values()).allMatch(TributaryProcess::isAlive);
    }

    @Test
    void reshardsThatNobodyWasThereForAndOneThatIsTakenBackLoseNothing() throws Exception {
        try (VitessCluster source = VitessCluster.start("commerce", "-80", "80-")) {
            VersionLoad.prepare(source);
            Replica replica = replica(source, "away");
            replica.catchUp();
            VersionLoad.watch(replica);
            Reshard first;
            Reshard second;
            try (VersionLoad load = VersionLoad.start(source, SEED, 1)) {
                first = source.startReshard(List.of("-80"), List.of("-40", "40-80"))
                        .awaitCopied()
                        .switchTraffic();

                second = source.startReshard(List.of("80-"), List.of("80-c0", "c0-"))
                        .awaitCopied()
                        .switchTraffic();
            }
            try (TributaryProcess pipeline = replica.start()) {
                awaitOpen(replica, pipeline, "-40,40-80,80-c0,c0-");
                try (VersionLoad load = VersionLoad.start(source, SEED + 1, 1_000_000)) {
                    second.reverseTraffic();
                    awaitOpen(replica, pipeline, "-40,40-80,80-");
                    first.complete();
                    await("a row of now", pipeline, () -> isCarried(replica));
                }
                assertExitOf(pipeline);
            }
            second.cancel();
            replica.catchUp();
            assertEqual(replica);
            VersionLoad.assertNoneWentBack(replica);
        }
    }

    /** Nor are those that took its rows over: what was changed between is nowhere any more. */
    @Test
    void aShardThatIsGoneBeforeItsEndWasReadIsAnErrorThatSaysWhatToDo() throws Exception {
        try (VitessCluster source = VitessCluster.start("commerce", "-80", "80-")) {
            VersionLoad.prepare(source);
            Replica replica = replica(source, "gone");
            replica.catchUp();
            Replica returned = replica(source, "returned");
            returned.catchUp();
            List<?> positions = replica.query("SELECT * FROM tributary_checkpoint ORDER BY shard");
            source.execute("UPDATE items SET name = 'second'");

            // the second only once the first is completed, which removes its old shard: Vitess allows no other order
            source.reshard(List.of("-80"), List.of("-40", "40-80"));
            source.reshard(List.of("-40"), List.of("-20", "20-40"));

            awaitForgotten(source);
            try (TributaryProcess pipeline = replica.start()) {
                assertExit(pipeline, 1);
                assertThat(said(pipeline))
                        .contains("commerce/-80")
                        .contains("removed")
                        .contains("TRIBUTARY_PIPELINE");
            }
            assertThat(replica.query("SELECT * FROM tributary_checkpoint ORDER BY shard"))
                    .isEqualTo(positions);
            replica.with("TRIBUTARY_LOST_POSITION", "resnapshot");
            try (TributaryProcess pipeline = replica.start()) {
                assertExit(pipeline, 1);
                assertThat(said(pipeline)).contains("commerce/-80", "[log] have no key", "exclude");
            }
            replica.with("TRIBUTARY_SOURCE", replica.sourceUrl("&exclude=log"));
            VersionLoad.watch(replica);
            List<?> made = madeAt(replica);
            source.execute("DELETE FROM items WHERE id % 5 = 0");
            try (VersionLoad load = VersionLoad.start(source, SEED, 1)) {
                replica.catchUp();
            }
            assertThat(madeAt(replica)).as("no table was made anew").isEqualTo(made);
            source.execute("DELETE FROM log"); // the load has written what nobody carries
            replica.target().execute("DELETE FROM " + replica.database() + ".log");
            replica.catchUp();
            assertEqual(replica);
            VersionLoad.assertNoneWentBack(replica);

            source.reshard(List.of("-20", "20-40", "40-80"), List.of("-80"));
            assertAnotherShardIsNotTakenForTheOneOfItsName(returned);
        }
    }

    private static List<?> madeAt(Replica replica) throws SQLException {
        return replica.query("SELECT table_name, create_time FROM information_schema.tables WHERE table_schema = '"
                + replica.database() + "' AND table_name IN ('items', 'log') ORDER BY table_name");
    }

    /** Its changes begin with its copy, and rows that were deleted meanwhile are not among them. */
    private static void assertAnotherShardIsNotTakenForTheOneOfItsName(Replica returned) throws Exception {
        try (TributaryProcess pipeline = returned.start()) {
            assertExit(pipeline, 1);
            assertThat(said(pipeline))
                    .contains("commerce/-80: another shard has this name now")
                    .contains("TRIBUTARY_LOST_POSITION");
        }
        returned.target().execute("DELETE FROM " + returned.database() + ".log");
        returned.with("TRIBUTARY_LOST_POSITION", "resnapshot")
                .with("TRIBUTARY_SOURCE", returned.sourceUrl("&exclude=log"))
                .catchUp();
        assertEqual(returned);
    }

    /** Split while a table is copied, which comes to its end; merged while one is, and a power cut in its middle. */
    @Test
    void aReshardDuringTheSnapshotLosesNothingAndLeavesNoRowThatIsGone() throws Exception {
        try (VitessCluster source = VitessCluster.start("commerce", "-80", "80-")) {
            VersionLoad.prepare(source, 20_000);
            Reshard split =
                    source.startReshard(List.of("-80"), List.of("-40", "40-80")).awaitCopied();
            Replica replica = inTurn(source, "split_in_copy");
            try (VersionLoad load = VersionLoad.start(source, SEED, 1);
                    TributaryProcess pipeline = replica.start()) {
                try (Connection lock = replica.target().connect(replica.database())) {
                    await("it copies", pipeline, () -> replica.parts("shard = '-80' AND position IS NOT NULL") > 0);
                    lock.setAutoCommit(false);
                    Sql.query(
                            lock,
                            "SELECT * FROM tributary_checkpoint WHERE shard = '-80' AND source_table <> '' FOR UPDATE");
                    assertThat(replica.parts("shard = '-80' AND state <> 'copied'"))
                            .as("parts that are still to be copied")
                            .isEqualTo(3);
                    VersionLoad.watch(replica);
                    split.switchTraffic();
                    source.execute("DELETE FROM archive WHERE id % 3 = 0");
                }
                awaitOpen(replica, pipeline, "-40,40-80,80-");
                split.complete();
                assertExitOf(pipeline);
                assertThat(said(pipeline)).contains("resharded before tables").doesNotContain("archive]");
            }
            replica.catchUp();
            assertEqual(replica);
            VersionLoad.assertNoneWentBack(replica);

            Reshard merge =
                    source.startReshard(List.of("-40", "40-80"), List.of("-80")).awaitCopied();
            Replica second = inTurn(source, "merged_in_copy").with("TRIBUTARY_LOST_POSITION", "resnapshot");
            try (VersionLoad load = VersionLoad.start(source, SEED + 1, 1_000_000)) {
                try (TributaryProcess pipeline = second.start()) {
                    await("rows are copied", pipeline, () -> second.carried() >= 200);
                    pipeline.kill();
                }
                VersionLoad.watch(second);
                merge.switchTraffic();
                source.execute("DELETE FROM archive WHERE id % 3 = 1");
                assertThat(second.number("SELECT COUNT(*) FROM archive WHERE id % 3 = 1"))
                        .as("rows that are gone at the source")
                        .isPositive();
            }
            second.catchUp();
            merge.complete();
            assertEqual(second);
            VersionLoad.assertNoneWentBack(second);
        }
    }

    /** A pipeline that copies one table after the other. */
    private static Replica inTurn(VitessCluster source, String database) throws SQLException {
        return replica(source, database).with("TRIBUTARY_COPY_PARTS", "1").with("TRIBUTARY_BATCH_ROWS", "10");
    }

    private static void awaitForgotten(VitessCluster source) {
        Await.until(
                "VTGate has forgotten the old shard",
                Duration.ofMinutes(2),
                () -> source.query("SHOW VITESS_TABLETS").stream().noneMatch(row -> row.contains("-80")),
                () -> "");
    }

    private static Replica replica(VitessCluster source, String database) throws SQLException {
        return Replica.create(source, SharedServers.mysql(), database).with("TRIBUTARY_RETRY_DELAY", "100MS");
    }

    private static void assertExitOf(TributaryProcess pipeline) {
        pipeline.terminate();
        assertExit(pipeline, 0);
    }

    /** The shards whose streams are not closed, in the order of their names. */
    private static String open(Replica replica) throws SQLException {
        return String.valueOf(replica.query("SELECT GROUP_CONCAT(shard ORDER BY shard) FROM tributary_checkpoint"
                        + " WHERE source_table = '' AND state = 'changes'")
                .getFirst()
                .getFirst());
    }

    private static void awaitOpen(Replica replica, TributaryProcess pipeline, String shards) {
        await("it follows " + shards, pipeline, () -> open(replica).equals(shards));
    }

    /** Whether a row that is written now arrives: asked again and again. */
    private static boolean isCarried(Replica replica) throws SQLException {
        String marks = "SELECT COUNT(*) FROM log WHERE name = 'mark'";
        for (int id = 1; id <= 40; id++) {
            replica.source().execute("INSERT INTO log (id, name) VALUES (" + id + ", 'mark')");
        }
        long there = Long.parseLong(
                String.valueOf(replica.source().query(marks).getFirst().getFirst()));
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        return replica.number(marks) >= there;
    }

    /** Has the pipeline killed and started again all the time that traffic is switched, and a few times more. */
    private void switchAmongPowerCuts(Replica replica, Reshard reshard, String shards) throws Exception {
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            @Nullable Future<?> switched = null;
            for (int cuts = 0; cuts < LEAST_CUTS || switched != null && !switched.isDone(); cuts++) {
                try (TributaryProcess pipeline = replica.start()) {
                    // while traffic is switched VTGate may reach nobody, which is an error at the start
                    Await.until(
                            "it runs",
                            EndToEnd.LIMIT,
                            () -> replica.metrics().sum("tributary_ready").orElse(0) > 0 || !pipeline.isAlive(),
                            () -> said(pipeline));
                    if (switched == null) {
                        switched = thread.submit(reshard::switchTraffic);
                    }
                    LockSupport.parkNanos(
                            Duration.ofMillis(random.nextInt(3_000)).toNanos());
                    boolean wasAlive = pipeline.isAlive();
                    pipeline.kill();
                    System.out.println(
                            "power cut, open are " + open(replica) + (wasAlive ? "" : "; it had not started"));
                }
            }
            Objects.requireNonNull(switched).get();
        }
        try (TributaryProcess pipeline = replica.start()) {
            awaitOpen(replica, pipeline, shards);
            reshard.complete();
            await("a row of now", pipeline, () -> isCarried(replica));
            assertExitOf(pipeline);
        }
    }
}
