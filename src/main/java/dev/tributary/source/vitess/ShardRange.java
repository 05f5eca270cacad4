package dev.tributary.source.vitess;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The keyspace ids of a shard, by its name: {@code 40-80}, {@code -40}, {@code c0-}, {@code -} or {@code 0} for all. A name of
 * another form stands for itself alone.
 *
 * @param from the first id, as hex digits without zeros at the end; empty for the least
 * @param to behind the last one; empty for no end
 */
record ShardRange(String name, String from, String to, boolean ranged) {
    private static final Pattern NAME = Pattern.compile("((?:[0-9a-f]{2})*)-((?:[0-9a-f]{2})*)");
    private static final Pattern ZEROS = Pattern.compile("(00)+$");

    static ShardRange of(String shard) {
        Matcher matcher = NAME.matcher(shard.equals("0") ? "-" : shard);
        return matcher.matches()
                ? new ShardRange(shard, shortened(matcher.group(1)), shortened(matcher.group(2)), true)
                : new ShardRange(shard, "", "", false);
    }

    private static String shortened(String id) {
        return ZEROS.matcher(id).replaceFirst("");
    }

    boolean overlaps(ShardRange other) {
        if (!ranged || !other.ranged) {
            return name.equals(other.name);
        }
        return (to.isEmpty() || other.from.compareTo(to) < 0) && (other.to.isEmpty() || from.compareTo(other.to) < 0);
    }

    static boolean overlap(Collection<String> shards, String shard) {
        ShardRange range = of(shard);
        return shards.stream().anyMatch(other -> range.overlaps(of(other)));
    }

    /** Whether these shards together have all ids of the other. */
    static boolean cover(Collection<String> shards, String shard) {
        if (shards.contains(shard)) {
            return true;
        }
        ShardRange range = of(shard);
        List<ShardRange> parts = shards.stream()
                .map(ShardRange::of)
                .filter(part -> part.ranged() && range.ranged())
                .sorted(Comparator.comparing(ShardRange::from))
                .toList();
        String reached = range.from;
        for (ShardRange part : parts) {
            if (part.from.compareTo(reached) <= 0 && (part.to.isEmpty() || part.to.compareTo(reached) > 0)) {
                reached = part.to;
                if (reached.isEmpty() || !range.to.isEmpty() && reached.compareTo(range.to) >= 0) {
                    return true;
                }
            }
        }
        return false;
    }
}
