package dev.tributary.demo;

import dev.tributary.TributaryProcess;
import dev.tributary.endtoend.Replica;
import dev.tributary.workload.Shop;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** Looks at the target once in a while and tells what has become of it. */
final class Watch {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final int LOOKS_PER_LINE = 10;

    private final Story story;
    private final Replica replica;
    private final Set<String> toldCopied = new HashSet<>();

    Watch(Story story, Replica replica) {
        this.story = story;
        this.replica = replica;
    }

    /** Something that is over at some time. */
    @FunctionalInterface
    interface End {
        boolean isThere() throws SQLException;
    }

    /** Tells of the copy, table by table, until {@code end}. */
    void copy(TributaryProcess pipeline, End end) throws SQLException {
        watch(pipeline, end, () -> {
            tellCopied();
            story.line("copying: %,d rows written by this process", replica.carried());
        });
        tellCopied();
    }

    /** Tells of rows a second and lag until {@code end}. */
    void changes(TributaryProcess pipeline, Duration time) throws SQLException {
        watch(pipeline, () -> replica.metrics().sum("tributary_ready").orElse(0) > 0, () -> story.line("it starts"));
        long over = System.nanoTime() + time.toNanos();
        double[] before = {replica.carried(), System.nanoTime()};
        watch(pipeline, () -> System.nanoTime() > over, () -> {
            double now = replica.carried();
            double nanos = System.nanoTime();
            double rate = Math.max(0, now - before[0]) * 1e9 / (nanos - before[1]);
            before[0] = now;
            before[1] = nanos;
            story.line(
                    "following: %,.0f changes a second, lag %s",
                    rate,
                    replica.metrics().sum("tributary_lag_seconds").stream()
                            .mapToObj(lag -> String.format(Locale.ROOT, "%.1f s", lag))
                            .findFirst()
                            .orElse("not known"));
        });
    }

    private interface Telling {
        void tell() throws SQLException;
    }

    private void watch(TributaryProcess pipeline, End end, Telling telling) throws SQLException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        for (int look = 1; !end.isThere(); look++) {
            if (!pipeline.isAlive()) {
                throw new IllegalStateException("the pipeline ended with " + pipeline.exitCode());
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("nothing new for " + LIMIT.toMinutes() + " minutes");
            }
            LockSupport.parkNanos(LOOK.toNanos());
            if (look % LOOKS_PER_LINE == 0) {
                telling.tell();
            }
        }
    }

    /** Rows of the shop that are in the target. */
    long rows() throws SQLException {
        long rows = 0;
        for (String table : Shop.TABLES) {
            rows += replica.rows(table);
        }
        return rows;
    }

    private void tellCopied() throws SQLException {
        if (replica.parts("state = 'copied'") == 0) {
            return;
        }
        List<String> copied = replica
                .query("SELECT source_table FROM tributary_checkpoint WHERE shard <> '' AND source_table <> ''"
                        + " GROUP BY source_table HAVING SUM(state <> 'copied') = 0 ORDER BY source_table")
                .stream()
                .map(row -> String.valueOf(row.getFirst()))
                .filter(toldCopied::add)
                .toList();
        for (String table : copied) {
            story.line("copied:  %-20s %,9d rows", table, replica.rows(table));
        }
    }
}
