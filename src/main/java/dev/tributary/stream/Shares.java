package dev.tributary.stream;

import dev.tributary.record.ShardId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which shards a process takes and which it gives away, so that every shard has one process and each process as many as the
 * others, one more or less. Every process works that out for itself from the same rows; what two decide at once the claim settles.
 *
 * @param take free shards that are to be claimed
 * @param give shards of this process that others are to have
 * @param lost shards of this process that others have already
 * @param even whether all of them have their share, as far as this one knows
 */
record Shares(List<ShardId> take, List<ShardId> give, Set<ShardId> lost, boolean even) {
    /**
     * @param self this process
     * @param peers those that read the same shards and have a lease, this one too
     * @param shards to be read, in the order in which they are taken
     * @param owners who has them, of the processes that have a lease
     * @param mine those of this process, in the order in which they are given away
     * @param leaving those that it is about to give back
     */
    static Shares of(
            String self,
            Set<String> peers,
            List<ShardId> shards,
            Map<ShardId, String> owners,
            List<ShardId> mine,
            Set<ShardId> leaving) {
        Set<ShardId> lost = new HashSet<>(mine);
        lost.removeIf(shard -> owners.getOrDefault(shard, self).equals(self));
        Set<ShardId> own = new HashSet<>(mine);
        own.removeAll(lost);
        Map<String, Integer> loads = new HashMap<>();
        peers.forEach(peer -> loads.put(peer, 0));
        List<ShardId> free = new ArrayList<>();
        // claimed after they were thought to be lost
        List<ShardId> idle = new ArrayList<>();
        int shared = 0;
        for (ShardId shard : shards) {
            String owner = own.contains(shard) ? self : owners.get(shard);
            if (leaving.contains(shard)) {
                shared++;
            } else if (owner == null) {
                free.add(shard);
                shared++;
            } else if (owner.equals(self) && !own.contains(shard)) {
                idle.add(shard);
                shared++;
            } else if (loads.computeIfPresent(owner, (peer, load) -> load + 1) != null) {
                shared++;
            } // else a process has it that reads others too
        }
        int share = share(self, loads, shared);
        int load = loads.getOrDefault(self, 0);
        // each begins at another place, so that few want the same
        int rank = new TreeSet<>(peers).headSet(self).size();
        Collections.rotate(free, -rank * free.size() / peers.size());
        free.addAll(0, idle);
        List<ShardId> take = first(free, share - load);
        idle.removeAll(take);
        Set<ShardId> read = new HashSet<>(shards);
        List<ShardId> mayGive = mine.stream()
                .filter(shard -> own.contains(shard) && read.contains(shard))
                .toList();
        List<ShardId> give = new ArrayList<>(idle);
        give.addAll(first(mayGive, load - share));
        return new Shares(take, List.copyOf(give), lost, free.isEmpty() && leaving.isEmpty() && share == load);
    }

    private static List<ShardId> first(Collection<ShardId> shards, int count) {
        return shards.stream().limit(Math.max(0, count)).toList();
    }

    /** How many this one is to have: where they don't come out even, those have one more that have most. */
    private static int share(String self, Map<String, Integer> loads, int shards) {
        int more = shards % loads.size();
        List<String> order = new ArrayList<>(new TreeSet<>(loads.keySet()));
        order.sort(Comparator.comparing(peer -> -loads.getOrDefault(peer, 0)));
        return shards / loads.size() + (order.indexOf(self) < more ? 1 : 0);
    }
}
