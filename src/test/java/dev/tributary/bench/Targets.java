package dev.tributary.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What was aimed at, and whether this run came up to it. */
final class Targets {
    private static final String OURS = "tributary";

    private final Results results;
    private final List<Verdict> verdicts = new ArrayList<>();

    private Targets(Results results) {
        this.results = results;
    }

    /**
     * One target.
     *
     * @param value what was measured; NaN where it was not
     */
    record Verdict(String part, String what, double value, String aim, boolean holds) {
        String line() {
            return String.format(
                    Locale.ROOT,
                    "  %-36s %-44s %10s  %-8s %s%n",
                    part,
                    what,
                    Double.isNaN(value) ? "-" : Results.number(value),
                    aim,
                    Double.isNaN(value) ? "not measured" : holds ? "holds" : "MISSED");
        }
    }

    static List<Verdict> of(Results results) {
        Targets targets = new Targets(results);
        for (WriterRows section : List.of(WriterRows.FRESH, WriterRows.MIXED)) {
            targets.writer(WriterPart.part(section));
        }
        targets.endToEnd(Part.SNAPSHOT.word(), 4);
        Changes.ALL.forEach(changes -> targets.endToEnd(changes.part(), 3));
        targets.below(Part.LATENCY.word(), "p99 ms", 50);
        targets.below(Part.START.word(), "s to the first row", 2);
        targets.below("idle", "MB resident", 200);
        targets.shards("snapshot rows/s");
        targets.shards("changes rows/s");
        targets.times(DynamoDbPart.SCAN, DynamoDbPart.SDK, 0.8);
        targets.times(DynamoDbPart.WRITE, DynamoDbPart.SDK, 0.8);
        return targets.verdicts;
    }

    private void writer(String part) {
        // of each kind: what can be compared is only the first, which writes as the pipeline does
        for (String raw : List.of("prepared", "jdbc", "load data")) {
            times(part, best(part, raw), 0.95);
        }
        times(part, "debezium tuned", 3);
        times(part, "debezium default", 10);
    }

    /** The fastest of them, whatever its number of connections. */
    private String best(String part, String raw) {
        return results.contestants(part).stream()
                .filter(name -> name.startsWith(raw))
                .filter(name -> results.has(part, name, "rows/s"))
                .max(Comparator.comparingDouble(name -> results.median(part, name, "rows/s")))
                .orElse(raw);
    }

    private void endToEnd(String part, double times) {
        if (results.contestants(part).isEmpty()) {
            return;
        }
        times(part, "debezium tuned", times);
        atLeast(part, "of the servers' ceiling", results.median(part, OURS, "of the servers' ceiling"), 0.8);
        below(part, "CPU-s/M rows", 1.5);
        below(part, "GB allocated/M rows from start", 1);
    }

    private void shards(String figure) {
        double few = results.median(Part.SHARDS.word(), ShardsPart.name(ShardsPart.FEW), figure);
        double many = results.median(Part.SHARDS.word(), ShardsPart.name(ShardsPart.MANY), figure);
        atLeast(Part.SHARDS.word(), figure + " with 256 shards, of those with 4", many / few, 0.9);
    }

    private void times(String part, String peer, double times) {
        double ratio = results.median(part, OURS, "rows/s") / results.median(part, peer, "rows/s");
        atLeast(part, "rows/s, times those of " + peer, ratio, times);
    }

    private void atLeast(String part, String what, double value, double aim) {
        add(part, what, value, ">= " + Results.number(aim), measured -> measured >= aim);
    }

    private void below(String part, String figure, double aim) {
        add(part, figure, results.median(part, OURS, figure), "<= " + Results.number(aim), value -> value <= aim);
    }

    private void add(String part, String what, double value, String aim, Predicate<Double> holds) {
        if (!results.contestants(part).isEmpty()) {
            verdicts.add(new Verdict(part, what, value, aim, holds.test(value)));
        }
    }

    static String table(List<Verdict> verdicts) {
        return Stream.concat(Stream.of("targets\n"), verdicts.stream().map(Verdict::line))
                .collect(java.util.stream.Collectors.joining());
    }
}
