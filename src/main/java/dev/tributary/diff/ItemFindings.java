package dev.tributary.diff;

import dev.tributary.diff.TableReport.Kind;
import dev.tributary.diff.TableReport.NamedValue;
import dev.tributary.diff.TableReport.RowDifference;
import dev.tributary.diff.item.Item;
import dev.tributary.diff.item.Value;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is found of one table of items, as it grows: all differences are counted, some of them kept to be shown. */
final class ItemFindings {
    private static final int SHOWN = 80;

    private final int limit;
    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private final Map<Kind, List<Found>> kept = new EnumMap<>(Kind.class);
    private final Set<String> unknown = new LinkedHashSet<>();
    private long rows;

    private record Found(List<Value> key, List<String> attributes) {}

    ItemFindings(int limit) {
        this.limit = limit;
    }

    /** A difference that is certain; null for what is not there. */
    void add(List<Value> key, @Nullable Item source, @Nullable Item target) {
        Kind kind = target == null ? Kind.MISSING : source == null ? Kind.EXTRA : Kind.CHANGED;
        counts.merge(kind, 1L, Long::sum);
        List<Found> ofKind = kept.computeIfAbsent(kind, any -> new ArrayList<>());
        if (ofKind.size() < limit) {
            ofKind.add(new Found(key, source == null || target == null ? List.of() : source.differing(target)));
        }
    }

    /** Items of the source. */
    void rows(long all) {
        rows = all;
    }

    void unknown(String why) {
        unknown.add(why);
    }

    TableReport report(ItemPair pair) {
        List<RowDifference> shown = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (Found found : kept.getOrDefault(kind, List.of()).stream()
                    .sorted(ItemFindings::inOrder)
                    .toList()) {
                List<NamedValue> key = new ArrayList<>();
                for (int i = 0; i < pair.key().size(); i++) {
                    key.add(new NamedValue(
                            pair.key().get(i), shortened(found.key().get(i).shown())));
                }
                shown.add(new RowDifference(kind, key, found.attributes(), 1));
            }
        }
        return new TableReport(
                pair.source(),
                pair.target(),
                rows,
                pair.problems(),
                counts.getOrDefault(Kind.MISSING, 0L),
                counts.getOrDefault(Kind.EXTRA, 0L),
                counts.getOrDefault(Kind.CHANGED, 0L),
                shown,
                List.copyOf(unknown));
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }

    private static int inOrder(Found one, Found other) {
        for (int i = 0; i < one.key().size(); i++) {
            Value left = one.key().get(i);
            Value right = other.key().get(i);
            int order = left instanceof Value.Numeral number && right instanceof Value.Numeral than
                    ? number.number().compareTo(than.number())
                    : left.toString().compareTo(right.toString());
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
