package dev.tributary.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@link LimitsPart} measured, as pictures. */
final class Plots {
    private Plots() {}

    /** Two of each that was measured: rows a second, and the process's CPU for a row. */
    static void write(Path directory, Results results) throws IOException {
        Files.createDirectories(directory);
        for (String dimension : LimitsPart.ALL) {
            for (String figure : List.of(LimitsPart.ROWS_PER_SECOND, LimitsPart.CPU)) {
                List<Plot.Point> points = points(results, LimitsPart.part(dimension), figure);
                if (!points.isEmpty()) {
                    String kind = figure.equals(LimitsPart.CPU) ? "cpu" : "rate";
                    Files.writeString(
                            directory.resolve(dimension.replace(' ', '-') + "-" + kind + ".svg"),
                            Plot.svg(figure + " by " + dimension, dimension, figure, points));
                }
            }
        }
    }

    private static List<Plot.Point> points(Results results, String part, String figure) {
        List<Plot.Point> points = new ArrayList<>();
        for (String x : results.contestants(part)) {
            double y = results.median(part, x, figure);
            if (y > 0) {
                points.add(new Plot.Point(Double.parseDouble(x.replace(",", "")), y));
            }
        }
        return points;
    }
}
