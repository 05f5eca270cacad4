package dev.tributary.checkpoint;

import java.time.Duration;

/**
 * What a process shares a pipeline's shards by: as long as it renews its lease no other takes those that it has.
 *
 * @param owner the process, as no other that runs has it and as operators know it; see {@link ProcessName}
 * @param selection which shards it reads, as the source's setting says it: those of one selection share its shards evenly
 * @param duration how long the lease lasts without being renewed, by the target's clock
 */
public record Lease(String owner, String selection, Duration duration) {
    public Lease {
        owner = owner.length() <= CheckpointSql.MAX_NAME
                ? owner
                : owner.substring(owner.length() - CheckpointSql.MAX_NAME);
    }
}
