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
    /** In place of a selection, which is never like it: versions that don't know it take it for one that others don't have. */
    private static final String STOPPING = "stopping";

    public Lease {
        owner = owner.length() <= CheckpointSql.MAX_NAME
                ? owner
                : owner.substring(owner.length() - CheckpointSql.MAX_NAME);
    }

    /** The same, of a process that gives back what it has and takes nothing any more: nothing is kept free for it. */
    public Lease stopping() {
        return new Lease(owner, STOPPING, duration);
    }

    /** Whether its process has said so. */
    public boolean isStopping() {
        return selection.equals(STOPPING);
    }
}
