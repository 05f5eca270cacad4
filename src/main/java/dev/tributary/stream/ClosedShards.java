package dev.tributary.stream;

import dev.tributary.record.ShardId;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Has closed shards forgotten that their source has no more, by the right of a shard that this process follows beside them. Some
 * sources close shards every few hours, for ever, and all that are known are looked at again and again. Safe for any thread.
 */
final class ClosedShards {
    private static final Logger LOG = Logger.getLogger(ClosedShards.class);

    private final Plumbing plumbing;
    private final AtomicBoolean busy = new AtomicBoolean();

    ClosedShards(Plumbing plumbing) {
        this.plumbing = plumbing;
    }

    /**
     * Does not wait for it. What is not forgotten now, for whatever reason, is when it is asked for again.
     *
     * @param gone as the source said just now
     * @param own this process's streams
     */
    void forget(Set<ShardId> gone, List<ShardStatus> own) {
        Map<String, ShardStatus> holders = new HashMap<>();
        own.stream()
                .filter(stream -> stream.state() instanceof StreamState.Following)
                .forEach(stream -> holders.putIfAbsent(stream.shard().keyspace(), stream));
        Map<ShardStatus, Set<ShardId>> wanted = new HashMap<>();
        for (ShardId shard : gone) {
            ShardStatus holder = holders.get(shard.keyspace());
            if (holder != null) {
                wanted.computeIfAbsent(holder, of -> new HashSet<>()).add(shard);
            }
        }
        if (wanted.isEmpty() || !busy.compareAndSet(false, true)) {
            return;
        }
        Multi.createFrom()
                .iterable(wanted.entrySet())
                .onItem()
                // what fails for one keyspace is no matter of the others'
                .transformToUniAndConcatenate(of -> forget(of.getKey(), of.getValue())
                        .onFailure()
                        .recoverWithItem(failure -> {
                            LOG.debugf(
                                    "%s: closed shards are not forgotten yet: %s",
                                    of.getKey().shard().keyspace(), failure.getMessage());
                            return 0;
                        }))
                .collect()
                .last()
                .onTermination()
                .invoke(() -> busy.set(false))
                .subscribe()
                .with(
                        done -> {},
                        failure -> LOG.debugf("closed shards are not forgotten yet: %s", failure.getMessage()));
    }

    private Uni<Integer> forget(ShardStatus holder, Set<ShardId> gone) {
        return plumbing.checkpoints()
                .forget(holder.shard(), holder.epoch(), gone)
                .invoke(forgotten -> LOG.debugf(
                        "%s: %d closed shards are forgotten, which the source has no more",
                        holder.shard().keyspace(), forgotten));
    }
}
