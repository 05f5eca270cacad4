package dev.tributary.bench;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The results as tables for people. */
final class Report {
    private Report() {}

    static String of(Results results) {
        StringBuilder text = new StringBuilder();
        Set<String> parts = new LinkedHashSet<>();
        results.all().forEach(result -> parts.add(result.part()));
        for (String part : parts) {
            text.append(part).append('\n');
            Set<String> contestants = new LinkedHashSet<>();
            Set<String> names = new LinkedHashSet<>();
            for (Result result : results.all()) {
                if (result.part().equals(part)) {
                    contestants.add(result.contestant());
                    names.addAll(result.figures().keySet());
                }
            }
            for (String name : names) {
                text.append("  ").append(name).append('\n');
                for (String contestant : contestants) {
                    List<Double> values = results.figures(part, contestant).getOrDefault(name, List.of());
                    text.append(line(contestant, values));
                }
            }
        }
        return text.toString();
    }

    private static String line(String contestant, List<Double> values) {
        if (values.isEmpty()) {
            return String.format(Locale.ROOT, "    %-24s none%n", contestant);
        }
        List<Double> sorted = new ArrayList<>(values);
        sorted.sort(null);
        return String.format(
                Locale.ROOT,
                "    %-24s %12s  (%s-%s)%n",
                contestant,
                Results.number(median(sorted)),
                Results.number(sorted.getFirst()),
                Results.number(sorted.getLast()));
    }

    static double median(List<Double> sorted) {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
