package dev.tributary.diff;

import dev.tributary.diff.TableReport.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is found of one table, as it grows: all differences are counted, some of them kept to be shown. */
final class Findings {
    private final int limit;
    private long missing;
    private long extra;
    private long changed;
    /** Of each kind at most {@link #limit}. */
    private final List<Found> kept = new ArrayList<>();

    private final Set<String> unknown = new LinkedHashSet<>();
    private long rows;

    /**
     * A difference that is certain.
     *
     * @param key the key's texts; of a table without a key, the row's digest
     * @param count how many rows it stands for
     */
    record Found(Kind kind, RowKey key, long count) {}

    Findings(int limit) {
        this.limit = limit;
    }

    /** @param source what the source has under the key, null for nothing */
    void add(RowKey key, @Nullable String source, @Nullable String target, SliceReader reader) {
        long more = reader.count(source) - reader.count(target);
        if (target == null || (source != null && more > 0 && !reader.keyed())) {
            missing += more;
            keep(new Found(Kind.MISSING, key, more));
        } else if (source == null || (more < 0 && !reader.keyed())) {
            extra -= more;
            keep(new Found(Kind.EXTRA, key, -more));
        } else {
            changed++;
            keep(new Found(Kind.CHANGED, key, 1));
        }
    }

    private void keep(Found found) {
        if (kept.stream().filter(other -> other.kind() == found.kind()).count() < limit) {
            kept.add(found);
        }
    }

    /** Rows of the source that were looked at. */
    void looked(long more) {
        rows += more;
    }

    boolean isCertain() {
        return unknown.isEmpty();
    }

    String unknown() {
        return String.join("; ", unknown);
    }

    void unknown(String why) {
        unknown.add(why);
    }

    List<Found> kept(Kind kind) {
        return kept.stream().filter(found -> found.kind() == kind).toList();
    }

    TableReport report(TablePair pair, List<String> structure, List<TableReport.RowDifference> shown) {
        return new TableReport(
                pair.source(), pair.target(), rows, structure, missing, extra, changed, shown, List.copyOf(unknown));
    }
}
