package dev.tributary.bench;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What was measured so far; each result is told on stderr as it comes. */
final class Results {
    private final @Nullable Path recordings;
    private final List<Result> all = Collections.synchronizedList(new ArrayList<>());

    /** @param recordings the directory of the recordings of what is measured, or null */
    Results(@Nullable Path recordings) {
        this.recordings = recordings;
    }

    /** Something that measures. */
    @FunctionalInterface
    interface Measuring {
        Map<String, Double> run() throws SQLException;
    }

    /** Measures, and keeps the figures, or why there are none. */
    void measure(String part, String contestant, int round, Measuring measuring) {
        List<Path> before = recordings == null ? List.of() : Profile.recordings(recordings);
        Result result;
        try {
            result = new Result(part, contestant, round, measuring.run(), null);
        } catch (SQLException | IllegalStateException e) {
            result = new Result(part, contestant, round, Map.of(), String.valueOf(e.getMessage()));
        }
        add(result);
        if (recordings != null) {
            Profile.newest(recordings, before, part + " " + contestant + " " + round)
                    .ifPresent(recording -> progress(recording + "\n" + Profile.of(recording)));
        }
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

    /** Parts in the order in which they were measured. */
    Set<String> parts() {
        return all().stream().map(Result::part).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Those that were measured in a part, failed or not. */
    Set<String> contestants(String part) {
        return of(part).map(Result::contestant).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    Set<String> figureNames(String part) {
        return of(part).flatMap(result -> result.figures().keySet().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** What failed, and the first line of why. */
    Set<String> failures() {
        return all().stream()
                .filter(result -> result.failure() != null)
                .map(result -> result.part() + ", round " + result.round() + ", " + result.contestant() + ": "
                        + String.valueOf(result.failure()).lines().findFirst().orElse(""))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    boolean has(String part, String contestant, String figure) {
        return figures(part, contestant).containsKey(figure);
    }

    private Stream<Result> of(String part) {
        return all().stream().filter(result -> result.part().equals(part));
    }

    /** The figures of one contestant, by name, one a round. */
    Map<String, List<Double>> figures(String part, String contestant) {
        Map<String, List<Double>> figures = new TreeMap<>();
        of(part).filter(result -> result.contestant().equals(contestant))
                .forEach(result -> result.figures()
                        .forEach((name, value) -> figures.computeIfAbsent(name, key -> new ArrayList<>())
                                .add(value)));
        return figures;
    }

    /** The median of a figure over all rounds; NaN where there is none. */
    double median(String part, String contestant, String figure) {
        return Spread.of(figures(part, contestant).getOrDefault(figure, List.of()))
                .median();
    }

    static String number(double value) {
        return value >= 1_000
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
