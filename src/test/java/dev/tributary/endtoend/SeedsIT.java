package dev.tributary.endtoend;

import static dev.tributary.endtoend.EndToEnd.await;
import static dev.tributary.endtoend.EndToEnd.awaitFollowing;
import static dev.tributary.endtoend.EndToEnd.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.TributaryProcess;
import dev.tributary.comparison.Report;
import dev.tributary.seeds.RandomChange;
import dev.tributary.seeds.RandomSchema;
import dev.tributary.seeds.RandomWriter;
import dev.tributary.servers.NeedsVitess;
import dev.tributary.servers.SharedServers;
import dev.tributary.servers.VitessCluster;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Whatever the tables and the transactions are, both sides are equal at the end: random schemas, copied under load, changed
 * at random, with power cuts; so are the schemas, which are changed in every shard at another moment. {@code -Dseeds} says how many there are, {@code -Dseed} which is the first: one that failed
 * is repeated by {@code -Dseed=N -Dseeds=1}, or again and again by {@code -Dstep=0}, for moments differ.
 */
@NeedsVitess
class SeedsIT {
    private static final int SEEDS = Integer.getInteger("seeds", 1);
    private static final long FIRST = Long.getLong("seed", System.nanoTime() % 1_000_000);
    private static final long STEP = Long.getLong("step", 1);
    private static final int ROWS = 150;
    /** Changes of the schema. */
    private static final int CHANGES = 5;

    /** MariaDB has other words for some types, and so has a newer MySQL. */
    private static final String COLUMNS = "SELECT TABLE_NAME, COLUMN_NAME"
            + (Targets.chosen() == Targets.MARIADB || System.getProperty("mysqld") != null ? "" : ", COLUMN_TYPE")
            + " FROM information_schema.COLUMNS"
            + " WHERE TABLE_SCHEMA = %s AND TABLE_NAME NOT LIKE 'tributary%%'";

    private final VitessCluster source = SharedServers.vitess();

    @Test
    void bothSidesAreEqualWhateverTheTablesAndTheTransactionsAre() throws Exception {
        int lived = 0;
        for (long seed = FIRST; lived < SEEDS; seed += STEP) {
            RandomSchema schema = new RandomSchema(seed);
            if (isRefused(schema, seed)) {
                System.out.println("seed " + seed + " is not carried: MariaDB refuses it");
                continue;
            }
            lived++;
            try {
                live(schema, seed);
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + " (again by: ./tributary test SeedsIT -Dseeds=1 -Dseed=" + seed + "): "
                                + e.getMessage() + "\n" + schema + "\n"
                                + RandomChange.some(schema, seed, CHANGES),
                        e);
            }
        }
    }

    /** By MariaDB, before a row is written: gb18030, and what is computed of a CHAR, whose length a session's mode says. */
    private static boolean isRefused(RandomSchema schema, long seed) {
        if (Targets.chosen() != Targets.MARIADB) {
            return false;
        }
        String tables = schema + " " + RandomChange.some(schema, seed, CHANGES);
        return tables.contains("gb18030")
                || Pattern.compile("LENGTH\\((`[^)]+`)\\)\\)\\) STORED")
                        .matcher(tables)
                        .results()
                        .anyMatch(computed -> tables.contains(computed.group(1) + " char("));
    }

    private void live(RandomSchema schema, long seed) throws SQLException {
        Random random = new Random(seed);
        schema.create(source);
        Replica replica = Targets.chosen()
                .replica(source, "seeds")
                .with("TRIBUTARY_COPY_RANGE_ROWS", String.valueOf(20 + random.nextInt(200)))
                .with("TRIBUTARY_BATCH_ROWS", String.valueOf(1 + random.nextInt(400)))
                .with("TRIBUTARY_RETRY_DELAY", "100MS");
        List<RandomChange> changes = List.of();
        // a schema that VTGate has is not changed by the pipeline
        if (Targets.chosen() != Targets.VTGATE) {
            changes = RandomChange.some(schema, seed, CHANGES);
            replica.with("TRIBUTARY_SCHEMA", "evolve").with("TRIBUTARY_SCHEMA_DROPS", "apply");
        }
        List<RandomWriter> writers = new ArrayList<>();
        try {
            for (int shard = 0; shard < source.shards().size(); shard++) {
                writers.add(RandomWriter.fill(schema, source, shard, seed, ROWS));
            }
            writers.forEach(RandomWriter::start);
            long copied = random.nextInt(2 * ROWS);
            try (TributaryProcess pipeline = replica.start()) {
                await(
                        "some rows are copied",
                        pipeline,
                        () -> committed(writers) > 0 && (replica.carried() >= copied || replica.follows()));
                pipeline.kill();
            }
            try (TributaryProcess pipeline = replica.start()) {
                awaitFollowing(replica, pipeline);
                int before = committed(writers);
                for (int i = 0; i < changes.size(); i++) {
                    change(replica, pipeline, writers, changes.subList(0, i + 1));
                }
                await("there are more transactions", pipeline, () -> committed(writers) > before + 100);
                pipeline.kill();
            }
        } finally {
            for (RandomWriter writer : writers) {
                writer.close();
            }
        }
        replica.catchUp();

        Report report = replica.compare();
        System.out.println("seed " + seed + ", " + committed(writers) + " transactions: " + report);
        if (!report.toString().endsWith("equal")) {
            throw new AssertionError(report.toString());
        }
        try (TributaryProcess diff = replica.process("diff").end()) {
            assertThat(diff.exitCode())
                    .as(() -> "diff: " + diff.output() + said(diff))
                    .isZero();
        }
    }

    /**
     * Makes the last of these changes, and waits until the pipeline is behind it: a tablet that does not track its schema's
     * versions reads rows from before a change rightly only as long as it has no need to look at the table again.
     */
    private void change(
            Replica replica, TributaryProcess pipeline, List<RandomWriter> writers, List<RandomChange> changes) {
        writers.forEach(writer -> writer.evolve(changes.getLast()));
        long told = changes.stream().filter(RandomChange::isTold).count() * writers.size();
        await(
                "both sides have come through " + changes.getLast(),
                pipeline,
                () -> writers.stream().allMatch(RandomWriter::hasEvolved)
                        && pipeline.errors().stream()
                                        .filter(line -> line.contains("came through a schema change"))
                                        .count()
                                >= told
                        && Set.copyOf(replica.query(COLUMNS.formatted("DATABASE()")))
                                .equals(Set.copyOf(
                                        source.mysqldOf(source.shards().getFirst())
                                                .query(COLUMNS.formatted("'vt_" + source.keyspace() + "'")))));
    }

    private static int committed(List<RandomWriter> writers) {
        return writers.stream().mapToInt(RandomWriter::committed).sum();
    }
}
