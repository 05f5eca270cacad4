package dev.tributary.bench;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What was measured so far; each result is told on stderr as it comes. */
final class Results {
    private final List<Result> all = Collections.synchronizedList(new ArrayList<>());

    /** Something that measures. */
    @FunctionalInterface
    interface Measuring {
        Map<String, Double> run() throws SQLException;
    }

    /** Measures, and keeps the figures, or why there are none. */
    void measure(String part, String contestant, int round, Measuring measuring) {
        Result result;
        try {
            result = new Result(part, contestant, round, measuring.run(), null);
        } catch (SQLException | IllegalStateException e) {
            result = new Result(part, contestant, round, Map.of(), String.valueOf(e.getMessage()));
        }
        add(result);
    }

    void add(Result result) {
        all.add(result);
        String said = result.failure() != null
                ? "FAILED: " + result.failure()
                : result.figures().entrySet().stream()
                        .map(figure -> figure.getKey() + " " + number(figure.getValue()))
                        .collect(Collectors.joining(", "));
        progress(result.part() + ", round " + result.round() + ", " + result.contestant() + ": " + said);
    }

    static void progress(String line) {
        System.err.println("bench: " + line);
    }

    List<Result> all() {
        return List.copyOf(all);
    }

    /** The figures of one contestant, by name, one a round. */
    Map<String, List<Double>> figures(String part, String contestant) {
        Map<String, List<Double>> figures = new TreeMap<>();
        for (Result result : all()) {
            if (result.part().equals(part) && result.contestant().equals(contestant)) {
                result.figures()
                        .forEach((name, value) -> figures.computeIfAbsent(name, key -> new ArrayList<>())
                                .add(value));
            }
        }
        return figures;
    }

    static String number(double value) {
        return value >= 1_000
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
