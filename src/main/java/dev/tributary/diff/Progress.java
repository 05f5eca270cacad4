package dev.tributary.diff;

import io.vertx.core.Vertx;
import java.util.Locale;
import java.util.function.Consumer;

/** Says once in a while how far the comparison is. */
final class Progress {
    private static final long TICK_MILLIS = 5000;

    private final Vertx vertx;
    private final Consumer<String> out;
    private final long timer;
    private final long start = System.nanoTime();
    private String table = "";
    private int tables;
    private int all;
    private long rows;

    Progress(Vertx vertx, Consumer<String> out) {
        this.vertx = vertx;
        this.out = out;
        this.timer = vertx.setPeriodic(TICK_MILLIS, id -> tick());
    }

    void begin(String name, int number, int of) {
        table = name;
        tables = number;
        all = of;
    }

    void looked(long more) {
        rows += more;
    }

    /** @param line for people who wait */
    void say(String line) {
        out.accept(line);
    }

    private void tick() {
        if (all > 0) {
            out.accept("diff: table " + tables + " of " + all + " (" + table + "), " + rate());
        }
    }

    private String rate() {
        double seconds = (System.nanoTime() - start) / 1e9;
        return String.format(Locale.ROOT, "%,d rows compared, %,.0f rows/s", rows, rows / seconds);
    }

    /** Ends it, and says how much work it was for either side. */
    void end(Side source, Side target) {
        end(source.nanos(), target.nanos(), "");
    }

    /**
     * @param source nanoseconds that its answers took, all together; {@code target} as well
     * @param more what else it took, in words
     */
    void end(long source, long target, String more) {
        vertx.cancelTimer(timer);
        out.accept(String.format(
                Locale.ROOT,
                "diff: %s in %.1f s; the source's answers took %.1f s, the target's %.1f s, several at a time%s",
                rate(),
                (System.nanoTime() - start) / 1e9,
                source / 1e9,
                target / 1e9,
                more));
    }

    void cancel() {
        vertx.cancelTimer(timer);
    }
}
