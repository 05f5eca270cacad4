package dev.tributary.checkpoint;

import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import org.jspecify.annotations.Nullable;

/**
 * A shard that was claimed once, as the checkpoints know it.
 *
 * @param owner the process that claimed it last; empty if it has given it back
 * @param epoch the claim's number
 * @param changes what is durable of its changes; null before there was one
 * @param copied whether it is planned, and nothing of it is left to be copied
 */
public record ShardOwner(
        ShardId shard, String owner, long epoch, @Nullable Position changes, boolean copied, Stage stage) {
    /** Whether it is to be read. */
    public enum Stage {
        /** It is read, or to be. */
        OPEN,
        /** Nothing of it is known any more, but that it was claimed. */
        FORGOTTEN,
        /** It was read to its end, and others that end with it were not: nobody has its rows yet. */
        ENDED,
        /** Others have its rows. */
        CLOSED
    }

    /** Whether it has come to its end: others have its rows, or will have them. */
    public boolean over() {
        return stage == Stage.ENDED || stage == Stage.CLOSED;
    }
}
