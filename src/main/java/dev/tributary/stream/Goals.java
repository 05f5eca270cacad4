package dev.tributary.stream;

import dev.tributary.checkpoint.ShardCheckpoint;
import dev.tributary.config.Settings.Until;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.source.ShardSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What has to be durable of every shard before the pipeline ends by itself. For any thread. */
final class Goals {
    private final Until until;
    private final ShardSource source;
    private final Runnable arrived;
    private final Set<ShardId> awaited = ConcurrentHashMap.newKeySet();
    /** Those that were awaited once, and may have arrived. */
    private final Set<ShardId> known = ConcurrentHashMap.newKeySet();
    /** Where each shard was when it was first looked at. */
    private final Map<ShardId, Position> goals = new ConcurrentHashMap<>();

    /** @param arrived is run once every shard that is awaited has arrived */
    Goals(Until until, ShardSource source, Runnable arrived) {
        this.until = until;
        this.source = source;
        this.arrived = arrived;
    }

    /** Those of them that were not awaited yet. */
    void await(Collection<ShardId> shards) {
        if (until != Until.NEVER) {
            shards.stream().filter(known::add).forEach(awaited::add);
        }
    }

    /** A shard's goal, unless it has one. */
    void set(ShardId shard, Position position) {
        goals.putIfAbsent(shard, position);
    }

    void copied(ShardId shard) {
        if (until == Until.COPIED) {
            arrive(shard);
        }
    }

    void reached(ShardId shard, Position position) {
        Position goal = goals.get(shard);
        if (until == Until.CAUGHT_UP && goal != null && awaited.contains(shard) && source.reached(position, goal)) {
            arrive(shard);
        }
    }

    boolean awaits(ShardId shard) {
        return awaited.contains(shard);
    }

    /** Those that have not arrived. */
    Set<ShardId> awaited() {
        return Set.copyOf(awaited);
    }

    /** How far a shard is that another process has. */
    void heard(ShardCheckpoint shard) {
        List<PartCheckpoint> parts = shard.parts();
        if (shard.tables() == null || !parts.stream().allMatch(part -> part.copied() && !part.late())) {
            return;
        }
        copied(shard.shard());
        Position changes = shard.changes();
        if (changes != null) {
            reached(shard.shard(), changes);
        } else if (!parts.isEmpty()) {
            reached(shard.shard(), source.first(parts));
        }
    }

    /** It has come to its end; if it comes back it is awaited again. */
    void ended(ShardId shard) {
        arrive(shard);
        known.remove(shard);
    }

    private void arrive(ShardId shard) {
        if (awaited.remove(shard) && awaited.isEmpty()) {
            arrived.run();
        }
    }
}
