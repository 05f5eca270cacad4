package dev.tributary.stream;

import java.util.Locale;

/**
 * What many shards and rows need.
 *
 * @param cores of a process
 * @param megabytes of memory of a process
 * @param targetCores of a server of the target
 */
record ScalePlan(ScaleCosts costs, int shards, long rowsPerSecond, int cores, int megabytes, int targetCores) {
    /** How much of its CPU a process or server uses at most, so that it can catch up, and take on what another leaves. */
    private static final double USED = 0.6;

    private static final int SECONDS_BETWEEN_LOOKS = 5;
    private static final int CONNECTIONS_TO_VTGATE = 9;
    private static final int CONNECTIONS_TO_TARGET = 30;

    double processCores() {
        return rowsPerSecond / 1e6 * costs.processPerMillionRows() + shards * costs.idlePerSecond() / 1e3;
    }

    /** As many as CPU and memory ask for, and one that may be lost. */
    int processes() {
        double ofCpu = processCores() / (cores * USED);
        double ofMemory = shards * costs.streamMegabytes() / (megabytes - costs.processMegabytes());
        return 1 + (int) Math.ceil(Math.max(ofCpu, ofMemory));
    }

    int shardsOfEach() {
        return Math.ceilDiv(shards, processes());
    }

    double leaseWritesPerSecond() {
        return processes();
    }

    double ownerRowsPerSecond() {
        return (double) processes() * shards / SECONDS_BETWEEN_LOOKS;
    }

    /** Of the rows alone. */
    double rowCores() {
        return rowsPerSecond / 1e6 * costs.targetPerMillionRows();
    }

    /** Of what the target does for leases and ownership, whatever the rows. */
    double ownershipCores() {
        return ownerRowsPerSecond() * costs.ownersPerShard() / 1e3;
    }

    double commitsPerSecond() {
        return (double) rowsPerSecond / costs.rowsPerCommit();
    }

    int targets() {
        return (int) Math.ceil((rowCores() + ownershipCores()) / (targetCores * USED));
    }

    String table() {
        StringBuilder text = new StringBuilder(
                "| | " + number(shards) + " shards, " + number(rowsPerSecond) + " rows/s |\n|---|---|\n");
        row(text, "CPU of all processes, cores at full use", number(processCores()));
        row(
                text,
                "processes of %d cores and %s MB, one of which may be lost".formatted(cores, number(megabytes)),
                number(processes()));
        row(text, "shards of each", number(shardsOfEach()));
        row(text, "connections to VTGate, of all processes", number(processes() * CONNECTIONS_TO_VTGATE));
        row(text, "connections to the target, at most", number(processes() * CONNECTIONS_TO_TARGET));
        row(text, "lease writes a second", number(leaseWritesPerSecond()));
        row(text, "rows a second that are read to know who has which shard", number(ownerRowsPerSecond()));
        row(text, "CPU of the target for that, cores", number(ownershipCores()));
        row(text, "CPU of the target for the rows, cores at full use", number(rowCores()));
        row(text, "commits a second at the target", number(commitsPerSecond()));
        row(text, "target shards of %d cores".formatted(targetCores), number(targets()));
        return text.toString();
    }

    private static void row(StringBuilder text, String what, String figure) {
        text.append("| ").append(what).append(" | ").append(figure).append(" |\n");
    }

    static String number(double value) {
        return value >= 10 || value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }
}
