package dev.tributary.source.dynamodb;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.StreamStatus;

/**
 * The shards of a stream as they were listed, which may be a moment behind.
 *
 * @param stream the stream's label
 * @param enabled whether changes come into it
 * @param parents of every shard the one that it follows; null where there is none or it is not known
 * @param children of every shard that is followed those that follow it at once, in the order of their names
 */
record StreamShards(
        String stream, boolean enabled, Map<String, @Nullable String> parents, Map<String, List<String>> children) {
    /** A shard, and the one that it follows. */
    record Shard(String id, @Nullable String parent) {}

    static StreamShards of(String stream, boolean enabled, List<Shard> shards) {
        Map<String, @Nullable String> parents = new HashMap<>();
        shards.forEach(shard -> parents.put(shard.id(), shard.parent()));
        Map<String, List<String>> children = new HashMap<>();
        parents.keySet().stream().sorted().forEach(shard -> {
            String parent = parents.get(shard);
            if (parent != null) {
                children.computeIfAbsent(parent, of -> new ArrayList<>()).add(shard);
            }
        });
        return new StreamShards(stream, enabled, parents, children);
    }

    /** Whether changes come into a stream that is said to be so. */
    static boolean isEnabled(StreamStatus status) {
        return status == StreamStatus.ENABLED || status == StreamStatus.ENABLING;
    }

    /** Those that no other follows: every change that is made from now on is in them, or in one that follows them. */
    List<String> last() {
        Set<String> followed = new HashSet<>(parents.values());
        return parents.keySet().stream()
                .filter(shard -> !followed.contains(shard))
                .sorted()
                .toList();
    }

    /** Those that follow a shard at once. */
    List<String> childrenOf(String shard) {
        return children.getOrDefault(shard, List.of());
    }

    /**
     * Those that nobody would come to: neither known nor before one that is, whether a listing left them out when those with
     * them were opened, or they follow none. Only the first of each line: what follows them is come to from there.
     *
     * @param known those that are read or were
     * @param reading those that are read, which open what follows them
     */
    List<String> strange(Set<String> known, Set<String> reading) {
        Set<String> before = new HashSet<>();
        for (String shard : known) {
            for (String parent = parents.get(shard); parent != null && before.add(parent); ) {
                parent = parents.get(parent);
            }
        }
        Set<String> strange = parents.keySet().stream()
                .filter(shard -> !known.contains(shard) && !before.contains(shard))
                .collect(Collectors.toSet());
        return strange.stream()
                .filter(shard -> {
                    String parent = parents.get(shard);
                    return parent == null || !strange.contains(parent) && !reading.contains(parent);
                })
                .sorted()
                .toList();
    }
}
