package dev.tributary.checkpoint;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What shards take over of those that end together.
 *
 * @param carried the tables that every one of these has carried to its end, and those that one of them has left, named as in
 *     {@link ShardCheckpoint#LEFT}
 * @param again tables that not every one has: their rows are to be copied again
 */
public record Inherited(Set<String> carried, Set<String> again) {
    /** @param parents what each carries; nothing of one of which nothing is known */
    public static Inherited of(Collection<Set<String>> parents) {
        Set<String> all = new HashSet<>();
        parents.forEach(all::addAll);
        Set<String> carried = new HashSet<>(all);
        parents.forEach(carried::retainAll);
        Set<String> left =
                all.stream().filter(name -> name.endsWith(ShardCheckpoint.LEFT)).collect(Collectors.toSet());
        carried.removeIf(name -> left.contains(name + ShardCheckpoint.LEFT));
        carried.addAll(left);
        Set<String> again = new HashSet<>(all);
        again.removeIf(name -> carried.contains(name) || carried.contains(name + ShardCheckpoint.LEFT));
        return new Inherited(carried, again);
    }
}
