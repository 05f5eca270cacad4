package dev.tributary.source.vitess;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A set of MySQL transactions, in Vitess's form {@code MySQL56/uuid:1-5:7,uuid:1}. As lenient in reading as MySQL itself:
 * upper-case digits, blanks after commas, repeated or unordered server ids, the empty set.
 */
final class GtidSet {
    private static final String FLAVOUR = "MySQL56/";
    private static final Pattern INTERVAL = Pattern.compile("[0-9]{1,19}(-[0-9]{1,19})?");
    private static final Pattern SERVER = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /** By server, ascending and disjoint inclusive intervals, flat: from, to, from, to. */
    private final Map<String, long[]> intervals;

    private GtidSet(Map<String, long[]> intervals) {
        this.intervals = intervals;
    }

    /** Whether the text can be a position at all; {@code current} and the empty string are not. */
    static boolean isPosition(String text) {
        return text.startsWith(FLAVOUR);
    }

    /** @throws IllegalArgumentException if the text is not a GTID set */
    static GtidSet parse(String text) {
        String set = text.startsWith(FLAVOUR) ? text.substring(FLAVOUR.length()) : text;
        Map<String, List<long[]>> found = new TreeMap<>();
        for (String entry : set.split(",", -1)) {
            String stripped = entry.strip();
            if (stripped.isEmpty()) {
                continue;
            }
            String[] pieces = stripped.toLowerCase(Locale.ROOT).split("\\s*:", -1);
            if (pieces.length < 2 || !SERVER.matcher(pieces[0]).matches()) {
                throw new IllegalArgumentException("not a GTID set: " + text);
            }
            List<long[]> ranges = found.computeIfAbsent(pieces[0], server -> new ArrayList<>());
            for (int i = 1; i < pieces.length; i++) {
                ranges.add(interval(pieces[i].strip(), text));
            }
        }
        Map<String, long[]> merged = new TreeMap<>();
        found.forEach((server, ranges) -> merged.put(server, merge(ranges)));
        return new GtidSet(merged);
    }

    private static long[] interval(String piece, String text) {
        if (!INTERVAL.matcher(piece).matches()) {
            throw new IllegalArgumentException("not a GTID set: " + text);
        }
        int dash = piece.indexOf('-');
        try {
            long from = Long.parseLong(dash < 0 ? piece : piece.substring(0, dash));
            long to = dash < 0 ? from : Long.parseLong(piece.substring(dash + 1));
            if (from >= 1 && to >= from) {
                return new long[] {from, to};
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("not a GTID set: " + text);
    }

    private static long[] merge(List<long[]> ranges) {
        ranges.sort(Comparator.comparingLong(range -> range[0]));
        long[] flat = new long[ranges.size() * 2];
        int n = 0;
        for (long[] range : ranges) {
            if (n > 0 && range[0] <= flat[n - 1] + 1) {
                flat[n - 1] = Math.max(flat[n - 1], range[1]);
            } else {
                flat[n++] = range[0];
                flat[n++] = range[1];
            }
        }
        return Arrays.copyOf(flat, n);
    }

    /** Whether every transaction of this set is also in the other. */
    boolean isWithin(GtidSet other) {
        for (Map.Entry<String, long[]> entry : intervals.entrySet()) {
            long[] theirs = other.intervals.get(entry.getKey());
            if (theirs == null || !covers(theirs, entry.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static boolean covers(long[] outer, long[] inner) {
        int at = 0;
        for (int i = 0; i < inner.length; i += 2) {
            while (at < outer.length && outer[at + 1] < inner[i]) {
                at += 2;
            }
            if (at >= outer.length || outer[at] > inner[i] || outer[at + 1] < inner[i + 1]) {
                return false;
            }
        }
        return true;
    }

    /** Whether some transaction is in both. */
    boolean overlaps(GtidSet other) {
        for (Map.Entry<String, long[]> entry : intervals.entrySet()) {
            long[] theirs = other.intervals.get(entry.getKey());
            if (theirs != null && overlap(entry.getValue(), theirs)) {
                return true;
            }
        }
        return false;
    }

    private static boolean overlap(long[] one, long[] other) {
        int at = 0;
        for (int i = 0; i < one.length; i += 2) {
            while (at < other.length && other[at + 1] < one[i]) {
                at += 2;
            }
            if (at < other.length && other[at] <= one[i + 1]) {
                return true;
            }
        }
        return false;
    }

    /** How many transactions it holds. */
    long count() {
        long count = 0;
        for (long[] flat : intervals.values()) {
            for (int i = 0; i < flat.length; i += 2) {
                count += flat[i + 1] - flat[i] + 1;
            }
        }
        return count;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GtidSet set && isWithin(set) && set.isWithin(this);
    }

    @Override
    public int hashCode() {
        return intervals.keySet().hashCode();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(FLAVOUR);
        intervals.forEach((server, flat) -> {
            text.append(text.length() > FLAVOUR.length() ? "," : "").append(server);
            for (int i = 0; i < flat.length; i += 2) {
                text.append(':').append(flat[i]);
                if (flat[i + 1] > flat[i]) {
                    text.append('-').append(flat[i + 1]);
                }
            }
        });
        return text.toString();
    }
}
