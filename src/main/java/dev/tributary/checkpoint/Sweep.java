package dev.tributary.checkpoint;

import dev.tributary.record.TableId;

/**
 * A table that may have rows at the target whose keys the source has no more, and that no stream will delete: they were
 * copied, and what came of them was not told.
 *
 * @param mark a greater one means that it was wanted again since
 * @param ready whether the streams of all shards follow the table: what is deleted at the source from now on, they tell
 */
public record Sweep(TableId table, long mark, boolean ready) {}
