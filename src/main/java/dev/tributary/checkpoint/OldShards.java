package dev.tributary.checkpoint;

import dev.tributary.record.ShardId;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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

    /**
     * A shard that has come to its end.
     *
     * @param old whether it has been closed for {@link dev.tributary.record.KnownShards#OLD}
     * @param reshard what it ended by, as {@link ReshardText} writes it
     */
    public record Over(ShardId shard, boolean old, String reshard) {
        private Set<ShardId> children() {
            return ReshardText.parse(reshard).children().keySet();
        }
    }

    private OldShards() {}

    /**
     * Those to be forgotten now, the same for whoever looks at the same time, in the order of their names. One whose children are
     * not all known stays, though that can't be: it would have to be read by hand. So parents go before children, even one that is
     * younger than its child, as somebody claimed it too late: no more is left than is still to come, wherever this is broken off.
     *
     * @param over the shards of the keyspace that have come to their end, closed or not
     * @param known every shard that there is a checkpoint of
     * @param gone those that the source has no more
     */
    public static List<Over> of(Collection<Over> over, Set<ShardId> known, Set<ShardId> gone) {
        List<Over> due = over.stream()
                .filter(one -> one.old() && gone.contains(one.shard()))
                .toList();
        if (due.isEmpty()) {
            return due;
        }
        // one that is old and not gone may stay for ever, and its children need not
        Set<ShardId> later = over.stream()
                .filter(one -> !one.old() || gone.contains(one.shard()))
                .flatMap(one -> one.children().stream())
                .collect(Collectors.toSet());
        return due.stream()
                .filter(one -> !later.contains(one.shard()) && known.containsAll(one.children()))
                .sorted(Comparator.comparing(one -> one.shard().toString()))
                .limit(AT_ONCE)
                .toList();
    }
}
