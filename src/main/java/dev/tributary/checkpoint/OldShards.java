package dev.tributary.checkpoint;

import dev.tributary.record.ShardId;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which closed shards nobody can need again. What is kept of one that is closed keeps others from taking it for a new one, whose changes
 * would be read once more: as long as the source may still list it, or a process goes by what it read while the shard was open. Both
 * are over once it has been closed for longer than a stream keeps an ended shard, and the source has it no more. Nothing else goes by
 * it: positions, tables and columns were handed to its children before it was closed, hand-overs go by shards that have ended and are
 * not closed, and who ends or opens one too late finds that the epoch or the parent that it read is not there.
 */
public final class OldShards {
    /** One look forgets no more: the rest can wait, and a transaction stays small. */
    static final int AT_ONCE = 50;

    private OldShards() {}

    /**
     * Those to be forgotten now, the same for whoever looks at the same time, in the order of their names. One whose children are
     * not all known stays, though that can't be: it would have to be read by hand. And parents go before children, so that no more
     * is left than is still to come, wherever this is broken off.
     *
     * @param closed the children of each closed shard of the keyspace
     * @param known every shard that there is a checkpoint of
     * @param gone those that the source has no more
     */
    public static List<ShardId> of(Map<ShardId, Set<ShardId>> closed, Set<ShardId> known, Set<ShardId> gone) {
        Set<ShardId> later = new HashSet<>();
        closed.forEach((shard, children) -> {
            if (gone.contains(shard)) {
                later.addAll(children);
            }
        });
        return closed.entrySet().stream()
                .filter(of -> gone.contains(of.getKey()) && !later.contains(of.getKey()))
                .filter(of -> known.containsAll(of.getValue()))
                .map(Map.Entry::getKey)
                .sorted(Comparator.comparing(ShardId::toString))
                .limit(AT_ONCE)
                .toList();
    }
}
