package dev.tributary.stream;

/**
 * What was measured of one shard's stream and of one row, as {@code docs/scale.md} names where: CPU in milliseconds unless said
 * otherwise, of one core of the machine that it was measured on.
 *
 * @param processPerMillionRows CPU-seconds of the process
 * @param targetPerMillionRows CPU-seconds of the target
 * @param idlePerSecond CPU of the process for a stream that carries nothing
 * @param startOfProcess CPU of the process until a stream is claimed, planned and open
 * @param startOfTarget CPU of the target until then
 * @param streamMegabytes resident memory of a busy stream, what it holds of the buffer included
 * @param processMegabytes resident memory of a process with hardly any streams, its buffer included
 * @param ownersPerShard CPU of the target for one shard of the question who has which
 * @param rowsPerCommit rows of a transaction at the target while all streams are busy
 */
record ScaleCosts(
        double processPerMillionRows,
        double targetPerMillionRows,
        double idlePerSecond,
        double startOfProcess,
        double startOfTarget,
        double streamMegabytes,
        double processMegabytes,
        double ownersPerShard,
        int rowsPerCommit) {}
