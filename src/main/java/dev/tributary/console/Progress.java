package dev.tributary.console;

import dev.tributary.record.PartId;
import dev.tributary.stream.ShardStatus;
import dev.tributary.stream.StreamProgress;
import dev.tributary.stream.StreamState;
import dev.tributary.stream.Supervisor;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/** Says once in a while how far the pipeline is: a block that is drawn anew on a terminal, plain log lines elsewhere. */
@ApplicationScoped
class Progress {
    private static final Logger LOG = Logger.getLogger(Progress.class);
    private static final long TICK_MILLIS = 1000;
    private static final int LOG_TICKS = 10;
    private static final int MOST_TABLES = 12;

    private final Vertx vertx;
    private final Supervisor supervisor;
    private final StreamMetrics metrics;
    private final Terminal terminal = Terminal.STDERR;
    private final Semaphore ticking = new Semaphore(1);
    private volatile long timer;
    private int ticks;
    private long lastRows;
    private long lastNanos = System.nanoTime();

    Progress(Vertx vertx, Supervisor supervisor, StreamMetrics metrics) {
        this.vertx = vertx;
        this.supervisor = supervisor;
        this.metrics = metrics;
    }

    void onStart(@Observes StartupEvent event) {
        timer = vertx.setPeriodic(TICK_MILLIS, id -> tick());
    }

    void onStop(@Observes ShutdownEvent event) {
        vertx.cancelTimer(timer);
        // one that runs still has what it needs; behind it none does, for this is not given back
        ticking.acquireUninterruptibly();
    }

    private void tick() {
        if (!ticking.tryAcquire()) {
            return;
        }
        try {
            look();
        } finally {
            ticking.release();
        }
    }

    private void look() {
        metrics.bind();
        List<ShardStatus> shards = supervisor.shards();
        ticks++;
        boolean draws = terminal.isInteractive();
        if (shards.isEmpty() || !draws && ticks % LOG_TICKS != 0) {
            return;
        }
        long rows = shards.stream().mapToLong(ShardStatus::rowsDurable).sum();
        long now = System.nanoTime();
        double rate = (rows - lastRows) * 1e9 / (now - lastNanos);
        lastRows = rows;
        lastNanos = now;
        String summary = summary(shards, rows, rate);
        if (draws) {
            List<String> lines = new ArrayList<>(tables(shards));
            lines.add(summary);
            terminal.draw(lines);
        } else {
            LOG.info(summary);
        }
    }

    private static String summary(List<ShardStatus> shards, long rows, double rate) {
        int copied = 0;
        int parts = 0;
        int following = 0;
        int waiting = 0;
        double lag = 0;
        for (ShardStatus shard : shards) {
            switch (shard.state()) {
                case StreamState.Copying(int done, int all) -> {
                    copied += done;
                    parts += all;
                }
                case StreamState.Following(int done, int all) -> {
                    following++;
                    copied += done;
                    parts += all;
                }
                case StreamState.BackingOff(int failures, String cause) -> waiting++;
                default -> {
                    // on its way from one to another
                }
            }
            lag = Math.max(lag, shard.lagMillis() / 1000.0);
        }
        StringBuilder text = new StringBuilder();
        if (parts > 0) {
            text.append(copied).append(" of ").append(parts).append(" parts copied, ");
        }
        if (following > 0) {
            text.append(following).append(" of ").append(shards.size()).append(" shards follow, ");
        }
        if (waiting > 0) {
            text.append(waiting).append(" shards wait after a failure, ");
        }
        text.append(String.format(Locale.ROOT, "%,d rows durable, %,.0f rows/s", rows, rate));
        if (following > 0) {
            text.append(String.format(Locale.ROOT, ", lag %.1f s", lag));
        }
        return text.toString();
    }

    /** Rows copied by table, of all shards. */
    private static List<String> tables(List<ShardStatus> shards) {
        Map<String, long[]> tables = new TreeMap<>();
        for (ShardStatus shard : shards) {
            for (StreamProgress stream : shard.streams()) {
                PartId part = stream.stream().part();
                if (!part.isChanges()) {
                    long[] counts = tables.computeIfAbsent(part.table(), table -> new long[2]);
                    counts[0] += stream.rowsDurable();
                    counts[1] += stream.isOver() ? 0 : 1;
                }
            }
        }
        List<String> lines = new ArrayList<>();
        tables.forEach((table, counts) -> {
            if (counts[1] > 0 || tables.size() <= MOST_TABLES) {
                lines.add(String.format(
                        Locale.ROOT, "  %-32s %,14d rows%s", table, counts[0], counts[1] > 0 ? "" : "  copied"));
            }
        });
        return lines.size() <= MOST_TABLES ? lines : lines.subList(0, MOST_TABLES);
    }
}
