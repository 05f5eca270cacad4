package dev.tributary.endtoend;

import static dev.tributary.endtoend.EndToEnd.assertEqual;
import static dev.tributary.endtoend.EndToEnd.await;
import static dev.tributary.endtoend.EndToEnd.awaitFollowing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import dev.tributary.workload.Shop;
import dev.tributary.workload.ShopLoad;
import dev.tributary.workload.ShopSeed;
import dev.tributary.workload.ShopSize;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Power cuts at random moments. A pipeline lives through three, one in the copy, one where the copies hand over to the
 * changes, one in the changes, under load; then both sides are compared, and the next pipeline begins. {@code -Drounds}
 * says how many power cuts there are, {@code -Dseed} repeats the moments of another run.
 */
@NeedsVitess
class KillIT {
    private static final int ROUNDS = Integer.getInteger("rounds", 3);
    private static final long SEED = Long.getLong("seed", System.nanoTime() % 1_000_000);
    private static final int KILLS_OF_A_LIFE = 3;
    private static final ShopSize SIZE = ShopSize.ofRows(10_000);

    private static final String LATE = "state IN ('late', 'catching-up')";

    private final VitessCluster source = SharedServers.vitess();
    private final Random random = new Random(SEED);

    @BeforeEach
    void openShop() throws SQLException {
        source.resetKeyspace();
        Shop.create(source);
        ShopSeed.load(source, SIZE, SEED);
    }

    @Test
    void noRowIsLostOrDoubledByPowerCutsAtRandomMoments() throws Exception {
        System.out.println("power cuts: " + ROUNDS + " with -Dseed=" + SEED);
        for (int life = 0; life * KILLS_OF_A_LIFE < ROUNDS; life++) {
            live(life, Math.min(KILLS_OF_A_LIFE, ROUNDS - life * KILLS_OF_A_LIFE));
        }
    }

    /** They are copied, catch up and join, while the changes of the first go on. */
    @Test
    void norIsOneOfTablesThatComeLater() throws Exception {
        System.out.println("power cuts among tables that come later, with -Dseed=" + SEED);
        // slowly, so that there is time for a power cut among them
        Replica replica = replica("late").with("TRIBUTARY_COPY_PARTS", "1").with("TRIBUTARY_BATCH_ROWS", "15");
        List<String> stages = List.of(
                "&tables=customers,readings",
                "&tables=customers,readings,orders",
                "&tables=customers,readings,orders,order_lines",
                "");
        try (ShopLoad load = ShopLoad.start(source, SIZE, SEED, 4, 60)) {
            for (String tables : stages) {
                replica.with("TRIBUTARY_SOURCE", replica.sourceUrl(tables));
                if (!tables.equals(stages.getFirst())) {
                    try (TributaryProcess pipeline = replica.start()) {
                        await("tables are late", pipeline, () -> replica.parts(LATE) > 0 || replica.follows());
                        LockSupport.parkNanos(
                                Duration.ofMillis(random.nextInt(1_500)).toNanos());
                        pipeline.kill();
                    }
                    System.out.printf(
                            "power cut: %d parts late, %d catching up, of %d; %,d transactions so far%n",
                            replica.parts("state = 'late'"),
                            replica.parts("state = 'catching-up'"),
                            replica.parts("TRUE"),
                            load.committed());
                }
                try (TributaryProcess pipeline = replica.start()) {
                    awaitFollowing(replica, pipeline);
                }
            }
        }
        assertThat(replica.parts(LATE)).isZero();
        replica.catchUp();

        assertEqual(replica);
    }

    private Replica replica(String database) throws SQLException {
        return Targets.chosen()
                .replica(source, database)
                .with("TRIBUTARY_COPY_RANGE_ROWS", "700")
                .with("TRIBUTARY_BATCH_ROWS", "150")
                .with("TRIBUTARY_RETRY_DELAY", "100MS");
    }

    private void live(int life, int kills) throws SQLException {
        Replica replica = replica("killed");
        try (ShopLoad load = ShopLoad.start(source, SIZE, SEED + life, 4, 60)) {
            for (int kill = 0; kill < kills; kill++) {
                String moment = runAndKill(replica, kill);
                System.out.printf(
                        "power cut %d: %s; %,d transactions so far, %,d refused%n",
                        life * KILLS_OF_A_LIFE + kill + 1, moment, load.committed(), load.refused());
            }
        }
        replica.catchUp();

        assertEqual(replica);
    }

    private String runAndKill(Replica replica, int kill) throws SQLException {
        try (TributaryProcess pipeline = replica.start()) {
            String moment = switch (kill) {
                case 0 -> inCopy(replica, pipeline);
                case 1 -> atHandOver(replica, pipeline);
                default -> inChanges(replica, pipeline);
            };
            pipeline.kill();
            return moment;
        }
    }

    /** At a random share of the rows; the first row is one of the moments. */
    private String inCopy(Replica replica, TributaryProcess pipeline) throws SQLException {
        long rows = 1 + random.nextInt(8_000);
        await("so many rows are copied", pipeline, () -> replica.carried() >= rows || replica.follows());
        return "in the copy at " + replica.carried() + " rows, " + replica.parts("state = 'copied'") + " of "
                + replica.parts("TRUE") + " parts copied";
    }

    /** When all parts but a few are copied, or shortly after the last. */
    private String atHandOver(Replica replica, TributaryProcess pipeline) throws SQLException {
        int left = random.nextInt(4);
        await(
                "few parts are left",
                pipeline,
                () -> replica.parts("TRUE") > 0 && replica.parts("state <> 'copied'") <= left);
        int millis = random.nextInt(left == 0 ? 1_000 : 100);
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
        return millis + " ms after " + left + " parts were left, " + replica.parts("state <> 'copied'") + " are now";
    }

    private String inChanges(Replica replica, TributaryProcess pipeline) {
        awaitFollowing(replica, pipeline);
        int millis = random.nextInt(2_000);
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
        return millis + " ms into the changes";
    }
}
