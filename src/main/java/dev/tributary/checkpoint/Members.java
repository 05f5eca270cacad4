package dev.tributary.checkpoint;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The processes of a pipeline.
 *
 * @param self this one
 * @param replicas every one that has or had a lease
 */
public record Members(Lease self, List<Replica> replicas) {
    public Members {
        replicas = List.copyOf(replicas);
    }

    /** Names of those that may have shards: others must not take them. */
    public Set<String> live() {
        return names(Replica::live);
    }

    /** Those of them that read the same shards, this one too. */
    public Set<String> peers() {
        return names(replica -> replica.lease().owner().equals(self.owner())
                || replica.live() && replica.lease().selection().equals(self.selection()));
    }

    private Set<String> names(Predicate<Replica> wanted) {
        return replicas.stream()
                .filter(wanted)
                .map(replica -> replica.lease().owner())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The same, but that those have their leases still that had one before. */
    public Members leniently(Members before) {
        Set<String> had = before.live();
        return new Members(
                self,
                replicas.stream()
                        .map(replica -> had.contains(replica.lease().owner()) && !replica.over()
                                ? new Replica(replica.lease(), replica.age(), false, true, replica.waiting())
                                : replica)
                        .toList());
    }
}
