package dev.tributary.bench;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The parts that need a Vitess: one source for all, a target for each contestant. */
final class EndToEnd {
    private static final String HELD = "held while the source commits";

    private final BenchSettings settings;
    private final Results results;
    private final Source source;
    private final Map<Pipeline, Target> contestants;
    private final int owners;

    private EndToEnd(BenchSettings settings, Results results, Source source, Map<Pipeline, Target> contestants) {
        this.settings = settings;
        this.results = results;
        this.source = source;
        this.contestants = contestants;
        this.owners = settings.rows() / BenchTable.ALL.size() / BenchTable.ROWS_OF_OWNER;
    }

    static void run(BenchSettings settings, Jvm jvm, Results results) throws SQLException {
        Results.progress("starting a Vitess of two shards and a MySQL for each contestant");
        List<Target> opened = new ArrayList<>();
        try (Source source = Source.start()) {
            Map<Pipeline, Target> contestants = new LinkedHashMap<>();
            for (Pipeline pipeline : Pipeline.all(jvm)) {
                if (settings.includes(pipeline.name())) {
                    Target target = Target.start(settings.flags());
                    opened.add(target);
                    contestants.put(pipeline, target);
                }
            }
            new EndToEnd(settings, results, source, contestants).run();
        } finally {
            for (Target target : opened) {
                target.close();
            }
        }
    }

    private void run() throws SQLException {
        timed("the source has all rows", () -> Loader.load(source, owners));
        snapshot();
        ChangeLoad load = new ChangeLoad(source, owners);
        if (settings.parts().contains(Part.CHANGES)) {
            for (Changes changes : Changes.ALL) {
                if (settings.includes(changes)) {
                    changes(load, changes);
                }
            }
        }
        if (settings.parts().contains(Part.LATENCY)) {
            latency(load);
        }
        if (settings.parts().contains(Part.START)) {
            start();
        }
    }

    /** What follows needs a copy, be it asked for or not. */
    private void snapshot() {
        boolean asked = settings.parts().contains(Part.SNAPSHOT);
        long rows = (long) owners * BenchTable.ROWS_OF_OWNER * BenchTable.ALL.size();
        SnapshotPart snapshot = new SnapshotPart(source, rows);
        for (int round = 1; round <= (asked ? settings.rounds() : 1); round++) {
            int number = round;
            contestants.forEach((pipeline, target) -> results.measure(
                    Part.SNAPSHOT.word(), pipeline.name(), number, () -> snapshot.run(pipeline, target)));
        }
    }

    private void changes(ChangeLoad load, Changes measured) throws SQLException {
        ChangesPart changes = new ChangesPart(source);
        int transactions = settings.rows() / measured.share() / measured.rows();
        for (int round = 1; round <= settings.rounds(); round++) {
            int number = round;
            long began = System.nanoTime();
            ChangesPart.Backlog backlog = changes.load(load, transactions, measured);
            told(String.format(Locale.ROOT, "the source has %,d transactions more", transactions), began);
            contestants.forEach((pipeline, target) -> results.measure(
                    measured.part(), pipeline.name(), number, () -> changes.run(pipeline, target, backlog)));
        }
    }

    /** At half the rate that the slower contestant holds while the source commits, so that none only shows its backlog. */
    private void latency(ChangeLoad load) {
        LatencyPart latency = new LatencyPart(source, load);
        eachRound(HELD, latency::held);
        double slowest = contestants.keySet().stream()
                .mapToDouble(pipeline -> results.median(HELD, pipeline.name(), "rows/s"))
                .filter(rate -> !Double.isNaN(rate))
                .min()
                .orElse(0);
        int perSecond = Math.max(1, (int) (slowest / 2 / LatencyPart.ROWS));
        Results.progress("latency at " + perSecond + " transactions of " + LatencyPart.ROWS + " rows a second");
        eachRound(Part.LATENCY.word(), (pipeline, target) -> latency.run(pipeline, target, perSecond));
    }

    private void start() {
        StartPart start = new StartPart(source);
        eachRound("idle", start::idle);
        eachRound(Part.START.word(), start::start);
    }

    /** Measures a contestant. */
    @FunctionalInterface
    private interface Measuring {
        Map<String, Double> run(Pipeline pipeline, Target target) throws SQLException;
    }

    private void eachRound(String part, Measuring measuring) {
        for (int round = 1; round <= settings.rounds(); round++) {
            int number = round;
            contestants.forEach((pipeline, target) ->
                    results.measure(part, pipeline.name(), number, () -> measuring.run(pipeline, target)));
        }
    }

    private static void timed(String what, Runnable work) {
        long began = System.nanoTime();
        work.run();
        told(what, began);
    }

    private static void told(String what, long began) {
        Results.progress(String.format(Locale.ROOT, "%s, in %.0f s", what, (System.nanoTime() - began) / 1e9));
    }
}
