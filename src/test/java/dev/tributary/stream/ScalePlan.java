package dev.tributary.stream;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What many shards and rows need.
 *
 * @param batchSeconds how long a batch is gathered: {@code TRIBUTARY_BATCH_DELAY}
 * @param cores of a process
 * @param megabytes of memory of a process
 * @param targetCores of a server of the target
 */
record ScalePlan(
        ScaleCosts costs, int shards, long rowsPerSecond, int batchSeconds, int cores, int megabytes, int targetCores) {
    /** How much of its CPU a process or server uses at most, so that it can catch up, and take on what another leaves. */
    private static final double USED = 0.6;

    private static final double SECONDS_BETWEEN_LOOKS = 5;
    /** To its MySQL port; and one of each event loop for streams, two loops for each core. */
    private static final int QUESTIONS_TO_VTGATE = 8;

    private static final int LOOPS_PER_CORE = 2;
    private static final int CONNECTIONS_TO_TARGET = 31;

    private int toVtGate() {
        return QUESTIONS_TO_VTGATE + cores * LOOPS_PER_CORE;
    }

    double batchesPerSecond() {
        return Math.min(rowsPerSecond, (double) shards / batchSeconds);
    }

    double processCores() {
        return rowsPerSecond / 1e6 * costs.processPerMillionRows()
                + batchesPerSecond() * costs.processPerBatch() / 1e3
                + shards * costs.idlePerSecond() / 1e3;
    }

    /** As many as CPU and memory ask for, and one that may be lost. */
    int processes() {
        double ofCpu = processCores() / (cores * USED);
        double ofMemory = shards * costs.streamMegabytes() / (megabytes - costs.processMegabytes());
        return 1 + (int) Math.ceil(Math.max(ofCpu, ofMemory));
    }

    /** Rows that each of them reads to know which shards there are and who has them. */
    double looksPerSecond() {
        return processes() * shards / SECONDS_BETWEEN_LOOKS;
    }

    double lookCores() {
        return looksPerSecond() * costs.lookPerShard() / 1e3;
    }

    double targetCoresUsed() {
        return rowsPerSecond / 1e6 * costs.targetPerMillionRows()
                + batchesPerSecond() * costs.targetPerCommit() / 1e3
                + lookCores();
    }

    int targets() {
        return (int) Math.ceil(targetCoresUsed() / (targetCores * USED));
    }

    /** Plans that differ in their batches alone, side by side. */
    static String table(List<ScalePlan> plans) {
        ScalePlan first = plans.getFirst();
        StringBuilder text = new StringBuilder();
        text.append("| %s shards, %s rows/s |".formatted(number(first.shards), number(first.rowsPerSecond)));
        plans.forEach(plan -> text.append(" `TRIBUTARY_BATCH_DELAY=%dS` |".formatted(plan.batchSeconds)));
        text.append("\n|---|").append("---|".repeat(plans.size())).append('\n');
        row(text, "rows of a batch", plans, plan -> plan.rowsPerSecond / plan.batchesPerSecond());
        row(text, "cores that all processes use", plans, ScalePlan::processCores);
        row(
                text,
                "processes of %d cores and %s MB, one of which may be lost"
                        .formatted(first.cores, number(first.megabytes)),
                plans,
                ScalePlan::processes);
        row(text, "shards of each", plans, plan -> Math.ceilDiv(plan.shards, plan.processes()));
        row(text, "connections to VTGate, of all processes", plans, plan -> plan.processes() * plan.toVtGate());
        row(text, "connections to the target, at most", plans, plan -> plan.processes() * CONNECTIONS_TO_TARGET);
        row(text, "lease writes a second", plans, ScalePlan::processes);
        row(text, "rows a second that are read to know who has which shard", plans, ScalePlan::looksPerSecond);
        row(text, "cores that this takes at the target", plans, ScalePlan::lookCores);
        row(text, "commits a second at the target", plans, ScalePlan::batchesPerSecond);
        row(text, "cores that the target uses", plans, ScalePlan::targetCoresUsed);
        row(text, "target shards of %d cores".formatted(first.targetCores), plans, ScalePlan::targets);
        return text.toString();
    }

    private static void row(
            StringBuilder text, String what, List<ScalePlan> plans, ToDoubleFunction<ScalePlan> figure) {
        text.append("| ")
                .append(what)
                .append(plans.stream()
                        .map(plan -> number(figure.applyAsDouble(plan)))
                        .collect(Collectors.joining(" | ", " | ", " |\n")));
    }

    static String number(double value) {
        return value >= 10 || value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }
}
