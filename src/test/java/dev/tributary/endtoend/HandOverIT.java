package dev.tributary.endtoend;

import static dev.tributary.endtoend.EndToEnd.assertEqual;
import static dev.tributary.endtoend.EndToEnd.assertExit;
import static dev.tributary.endtoend.EndToEnd.await;
import static dev.tributary.endtoend.EndToEnd.awaitFollowing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.OneAtATime;
import dev.tributary.servers.Reshard;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A power cut in front of each step by which shards that end are handed over to those that have their rows, and behind the
 * last, while rows are written: a split, and back again. {@code -Dseed} repeats the load of another run.
 */
@NeedsVitess
@OneAtATime
@Tag("long")
class HandOverIT {
    private static final long SEED = Long.getLong("seed", System.nanoTime() % 1_000_000);

    private static final String BEFORE_SPLIT = "-80 changes,80- changes";
    private static final String SPLIT = "-40 changes,-80 closed,40-80 changes,80- changes";
    private static final String ONE_ENDED =
            "-40 (ended,-80 closed,40-80 changes|changes,-80 closed,40-80 ended),80- changes";
    private static final String MERGED = "-40 closed,-80 changes,40-80 closed,80- changes";

    private int cuts;

    @Test
    void aPowerCutAtAnyStepLosesNothingAndDoublesNothing() throws Exception {
        System.out.println("power cuts at each step with -Dseed=" + SEED);
        try (VitessCluster source = VitessCluster.start("commerce", "-80", "80-")) {
            VersionLoad.prepare(source);
            Replica replica =
                    Replica.create(source, SharedServers.mysql(), "handed_over").with("TRIBUTARY_RETRY_DELAY", "100MS");
            replica.catchUp();
            VersionLoad.watch(replica);
            try (StepGate gate = StepGate.of(replica);
                    VersionLoad load = VersionLoad.start(source, SEED, 1)) {
                split(source, replica, gate);
                merge(source, replica, gate);
                System.out.printf(
                        "%d power cuts: %,d rows written, %,d refused%n", cuts, load.written(), load.refused());
                load.close();
                replica.catchUp();
                gate.assertOrder(Set.of("-80", "80-"));
            }
            assertEqual(replica);
            VersionLoad.assertNoneWentBack(replica);
        }
    }

    private void split(VitessCluster source, Replica replica, StepGate gate) throws Exception {
        Reshard split =
                source.startReshard(List.of("-80"), List.of("-40", "40-80")).awaitCopied();
        gate.hold("-80 ended");
        try (TributaryProcess pipeline = replica.start()) {
            await("it follows", pipeline, () -> replica.follows(2));
            split.switchTraffic();
            cut(replica, gate, pipeline, BEFORE_SPLIT, "-80 ended");
        }
        cut(replica, gate, BEFORE_SPLIT, "-40 added");
        cut(replica, gate, BEFORE_SPLIT, "-80 closed");
        cut(replica, gate, BEFORE_SPLIT, "-40 opened");
        cut(replica, gate, BEFORE_SPLIT, "40-80 opened");
        cut(replica, gate, BEFORE_SPLIT, "40-80 inherits");
        cut(replica, gate, SPLIT, "-40 claimed");
        assertThat(owner(replica, "-40")).isEmpty();
        String begun = position(replica, "-40");
        cut(replica, gate, SPLIT, "-40 saved");
        assertThat(owner(replica, "-40")).isNotEmpty();
        assertThat(position(replica, "-40")).isEqualTo(begun);
        cutBehind(replica, "-40", begun);
        split.complete();
    }

    /** To a shard whose name was another's. */
    private void merge(VitessCluster source, Replica replica, StepGate gate) throws Exception {
        Reshard merge =
                source.startReshard(List.of("-40", "40-80"), List.of("-80")).awaitCopied();
        gate.hold("-40 ended", "40-80 ended");
        try (TributaryProcess pipeline = replica.start()) {
            await("it follows", pipeline, () -> replica.follows(3));
            merge.switchTraffic();
            cut(replica, gate, pipeline, SPLIT, "-40 ended", "40-80 ended");
        }
        cut(replica, gate, ONE_ENDED, "-80 added");
        cut(replica, gate, ONE_ENDED, "-40 closed");
        cut(replica, gate, ONE_ENDED, "40-80 closed");
        cut(replica, gate, ONE_ENDED, "-80 opened");
        cut(replica, gate, ONE_ENDED, "-80 inherits");
        cut(replica, gate, MERGED, "-80 claimed");
        assertThat(owner(replica, "-80")).isEmpty();
        String begun = position(replica, "-80");
        cut(replica, gate, MERGED, "-80 saved");
        assertThat(owner(replica, "-80")).isNotEmpty();
        assertThat(position(replica, "-80")).isEqualTo(begun);
        cutBehind(replica, "-80", begun);
        merge.complete();
        try (TributaryProcess pipeline = replica.start()) {
            awaitFollowing(replica, pipeline);
            pipeline.terminate();
            assertExit(pipeline, 0);
        }
    }

    private void cut(Replica replica, StepGate gate, String states, String step) throws Exception {
        gate.hold(step);
        try (TributaryProcess pipeline = replica.start()) {
            cut(replica, gate, pipeline, states, step);
        }
    }

    /** Kills it in front of a step and asserts what is durable. */
    private void cut(Replica replica, StepGate gate, TributaryProcess pipeline, String states, String... steps)
            throws SQLException {
        gate.cut(pipeline, String.join(" or ", steps));
        cuts++;
        assertThat(replica.query("SELECT GROUP_CONCAT(shard, ' ', state ORDER BY shard) FROM tributary_checkpoint"
                                + " WHERE source_table = '' AND shard <> '' AND tables IS NOT NULL")
                        .getFirst()
                        .getFirst())
                .as("killed in front of " + List.of(steps))
                .matches(states);
    }

    /** Kills it as soon as the first batch of a new shard is durable. */
    private void cutBehind(Replica replica, String shard, String begun) throws SQLException {
        try (TributaryProcess pipeline = replica.start()) {
            await(
                    "the first rows of " + shard + " are there",
                    pipeline,
                    () -> !position(replica, shard).equals(begun));
            pipeline.kill();
            cuts++;
        }
    }

    private static String owner(Replica replica, String shard) throws SQLException {
        return of(replica, "owner", shard);
    }

    private static String position(Replica replica, String shard) throws SQLException {
        return of(replica, "position", shard);
    }

    private static String of(Replica replica, String column, String shard) throws SQLException {
        return String.valueOf(replica.query("SELECT " + column
                        + " FROM tributary_checkpoint WHERE source_table = '' AND shard = '" + shard + "'")
                .getFirst()
                .getFirst());
    }
}
