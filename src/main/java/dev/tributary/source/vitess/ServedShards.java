package dev.tributary.source.vitess;

import dev.tributary.config.Settings.LostPosition;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.ShardId;
import dev.tributary.source.SourceShards;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The shards of a keyspace that VTGate serves now. It may be a moment behind: a reshard's journal is written before the new
 * shards are served.
 *
 * @param served in any order
 */
record ServedShards(VitessAddress address, List<ShardId> served) {
    /**
     * Those that the address selects, in the order of their names.
     *
     * @throws PipelineException of kind SETTING if it selects something that is not there
     */
    List<ShardId> selected() {
        if (served.isEmpty()) {
            throw address.url().wrong("VTGate serves no shard of keyspace '" + address.keyspace() + "'");
        }
        List<ShardId> selected = ordered(served);
        for (String wanted : address.shards()) {
            if (!ShardRange.overlap(names(selected), wanted)) {
                throw address.url()
                        .wrong("parameter 'shards': keyspace '" + address.keyspace() + "' has no shard '" + wanted
                                + "'; it has "
                                + served.stream().map(ShardId::shard).sorted().toList());
            }
        }
        return selected;
    }

    private List<ShardId> ordered(Collection<ShardId> shards) {
        return shards.stream()
                .filter(address::selects)
                .sorted(Comparator.comparing(ShardId::shard))
                .toList();
    }

    private Set<String> names(Collection<ShardId> shards) {
        return shards.stream()
                .filter(shard -> shard.keyspace().equals(address.keyspace()))
                .map(ShardId::shard)
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** @throws PipelineException as {@link dev.tributary.source.ShardSource#shards} says */
    SourceShards of(KnownShards known) {
        if (served.isEmpty()) {
            throw new PipelineException(
                    Kind.TRANSIENT, "VTGate serves no shard of keyspace '" + address.keyspace() + "' at the moment");
        }
        Set<String> waiting = names(known.open());
        waiting.addAll(names(known.ended()));
        Set<String> closed = names(known.closed());
        List<ShardId> now = new ArrayList<>();
        List<ShardId> awaited = new ArrayList<>();
        for (ShardId shard : ordered(served)) {
            if (known.open().contains(shard)) {
                now.add(shard);
            } else if (ShardRange.overlap(waiting, shard.shard())) {
                if (!known.isOver(shard)) { // else VTGate has not heard of its end yet
                    awaited.add(shard);
                }
            } else if (ShardRange.overlap(closed, shard.shard())) {
                Set<ShardId> lost = known.closed().stream()
                        .filter(other -> other.keyspace().equals(address.keyspace()))
                        .filter(other -> ShardRange.overlap(Set.of(other.shard()), shard.shard()))
                        .collect(Collectors.toSet());
                throw PipelineException.lost(
                        lost,
                        shard + ": the shard has rows of shards that this pipeline has carried to their end (" + closed
                                + "), and it was not followed from there; " + LostPosition.ADVICE);
            } else {
                now.add(shard);
            }
        }
        Set<ShardId> there = new HashSet<>(served);
        List<ShardId> ending = ordered(known.open()).stream()
                .filter(shard -> !there.contains(shard))
                .toList();
        return new SourceShards(known, now, ending, awaited, together(known, waiting));
    }

    private Set<ShardId> together(KnownShards known, Set<String> waiting) {
        Set<ShardId> all = new HashSet<>();
        known.open().stream()
                .filter(shard -> shard.keyspace().equals(address.keyspace()))
                .forEach(all::add);
        served.stream()
                .filter(shard -> !known.isOver(shard) && !ShardRange.overlap(waiting, shard.shard()))
                .forEach(all::add);
        return all;
    }
}
