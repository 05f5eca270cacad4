package dev.tributary.stream;

import dev.tributary.record.ShardId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
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
     * @param peers those that read the same shards and are heard of, this one too
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
        SortedMap<String, Integer> missing = missing(loads, shared);
        int more = missing.getOrDefault(self, 0);
        boolean even = free.isEmpty() && idle.isEmpty() && leaving.isEmpty() && more == 0;
        List<ShardId> take = new ArrayList<>(first(idle, more));
        // behind what those before it are going to take: wanting what another does costs the time until the next look
        int before = missing.headMap(self).values().stream()
                .mapToInt(count -> Math.max(0, count))
                .sum();
        free.stream().skip(before).limit(Math.max(0, more - take.size())).forEach(take::add);
        idle.removeAll(take);
        Set<ShardId> read = new HashSet<>(shards);
        List<ShardId> mayGive = mine.stream()
                .filter(shard -> own.contains(shard) && read.contains(shard))
                .toList();
        List<ShardId> give = new ArrayList<>(idle);
        give.addAll(first(mayGive, -more));
        return new Shares(List.copyOf(take), List.copyOf(give), lost, even);
    }

    private static List<ShardId> first(Collection<ShardId> shards, int count) {
        return shards.stream().limit(Math.max(0, count)).toList();
    }

    /**
     * How many each lacks of its share; negative for who has too many. Where they don't come out even, those have one more that
     * have it already, and then the first by name: whoever looks while others are claiming theirs finds the same.
     */
    private static SortedMap<String, Integer> missing(Map<String, Integer> loads, int shards) {
        int least = shards / loads.size();
        List<String> order = new ArrayList<>(new TreeSet<>(loads.keySet()));
        order.sort(Comparator.comparing(peer -> -Math.max(least, loads.getOrDefault(peer, 0))));
        SortedMap<String, Integer> missing = new TreeMap<>();
        for (String peer : order) {
            int share = missing.size() < shards % order.size() ? least + 1 : least;
            missing.put(peer, share - loads.getOrDefault(peer, 0));
        }
        return missing;
    }
}
