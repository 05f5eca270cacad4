package dev.tributary.checkpoint;

import java.time.Duration;
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

    /**
     * The same, without those that have not renewed their lease for so long. They may be gone: what they have is theirs, but
     * nothing that is free is left to them until they are heard of again.
     */
    public Set<String> peers(Duration late) {
        Set<String> peers = peers();
        return names(replica -> peers.contains(replica.lease().owner())
                && (replica.lease().owner().equals(self.owner())
                        || replica.age().abs().compareTo(late) < 0));
    }

    /** Whether a process is about to give its shards back, one after the other. */
    public boolean isOneStopping() {
        return replicas.stream()
                .anyMatch(replica -> replica.live() && replica.lease().isStopping());
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
