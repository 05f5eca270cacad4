package dev.tributary.checkpoint;

import java.time.Duration;

/**
 * A process of the pipeline, as the checkpoints know it.
 *
 * @param age since it renewed its lease last, by the target's clock; negative if that was set back since
 * @param over whether it is known to run no more, whatever its lease says
 * @param live whether it still has a lease
 * @param waiting which of its shards stood still when it renewed its lease, and why
 */
public record Replica(Lease lease, Duration age, boolean over, boolean live, WaitingShards waiting) {}
