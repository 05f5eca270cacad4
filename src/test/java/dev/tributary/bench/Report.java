package dev.tributary.bench;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The results as tables for people: a part, a figure, and a line for each contestant. */
final class Report {
    private Report() {}

    static String of(Results results) {
        StringBuilder text = new StringBuilder();
        for (String part : results.parts()) {
            text.append(part).append('\n');
            for (String figure : results.figureNames(part)) {
                double ours = results.median(part, "tributary", figure);
                text.append(String.format(
                        Locale.ROOT, "  %-32s %12s  %-24s %8s%n", figure, "median", "  (least - most)", "ours is"));
                for (String contestant : results.contestants(part)) {
                    List<Double> values = results.figures(part, contestant).getOrDefault(figure, List.of());
                    text.append(line(contestant, Spread.of(values), ours));
                }
            }
            text.append('\n');
        }
        Set<String> failures = results.failures();
        failures.forEach(failure -> text.append("no figures: ").append(failure).append('\n'));
        return text.toString();
    }

    private static String line(String contestant, Spread spread, double ours) {
        if (spread.rounds() == 0) {
            return String.format(Locale.ROOT, "    %-30s %12s%n", contestant, "none");
        }
        String range = "  (" + Results.number(spread.min()) + " - " + Results.number(spread.max()) + ")";
        String ratio = Double.isNaN(ours) || contestant.equals("tributary")
                ? ""
                : Results.number(ours / spread.median()) + " x";
        return String.format(
                Locale.ROOT, "    %-30s %12s  %-24s %8s%n", contestant, Results.number(spread.median()), range, ratio);
    }
}
