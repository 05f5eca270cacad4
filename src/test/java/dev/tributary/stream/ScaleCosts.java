package dev.tributary.stream;

/**
 * What was measured, as {@code docs/scale.md} tells: of a row, of a batch, and of one shard's stream. CPU in milliseconds of one
 * core of the machine that it was measured on, unless said otherwise.
 *
 * @param processPerMillionRows CPU-seconds of the process, in large batches
 * @param processPerBatch what each batch costs the process besides
 * @param targetPerMillionRows CPU-seconds of the target, in large batches
 * @param targetPerCommit what each commit costs the target besides
 * @param idlePerSecond CPU of the process for a stream that carries nothing
 * @param startPerStream CPU of the process until a stream is claimed, planned and open
 * @param streamMegabytes memory of a stream, what it holds of the buffer left out
 * @param processMegabytes memory of a process with hardly any streams, its buffer included
 * @param lookPerShard CPU of the target for one shard of the questions which shards there are and who has them
 */
record ScaleCosts(
        double processPerMillionRows,
        double processPerBatch,
        double targetPerMillionRows,
        double targetPerCommit,
        double idlePerSecond,
        double startPerStream,
        double streamMegabytes,
        double processMegabytes,
        double lookPerShard) {}
