package dev.tributary.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A line over logarithmic axes, as SVG that a browser shows by itself. */
final class Plot {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 360;
    private static final int LEFT = 80;
    private static final int BOTTOM = 50;
    private static final int TOP = 40;
    private static final int RIGHT = 20;

    private final double minX;
    private final double maxX;
    private final double minY;
    private final double maxY;

    private Plot(double minX, double maxX, double minY, double maxY) {
        this.minX = minX;
        this.maxX = maxX;
        this.minY = minY;
        this.maxY = maxY;
    }

    record Point(double x, double y) {}

    /** @param points by x, all above zero */
    static String svg(String title, String xLabel, String yLabel, List<Point> points) {
        Plot plot = new Plot(
                below(points.stream().mapToDouble(Point::x).min().orElse(1)),
                above(points.stream().mapToDouble(Point::x).max().orElse(10)),
                below(points.stream().mapToDouble(Point::y).min().orElse(1)),
                above(points.stream().mapToDouble(Point::y).max().orElse(10)));
        StringBuilder svg = new StringBuilder(text(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif' font-size='12'>%n"
                        + "<rect width='100%%' height='100%%' fill='white'/>%n",
                WIDTH, HEIGHT));
        svg.append(text("<text x='%d' y='22' font-size='15'>%s</text>%n", LEFT, title));
        plot.axes(svg);
        svg.append(text(
                "<text x='%d' y='%d' text-anchor='middle'>%s</text>%n",
                (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, xLabel));
        svg.append(text(
                "<text transform='translate(18 %d) rotate(-90)' text-anchor='middle'>%s</text>%n",
                (TOP + HEIGHT - BOTTOM) / 2, yLabel));
        svg.append("<polyline fill='none' stroke='#1f6fb4' stroke-width='2' points='")
                .append(points.stream()
                        .map(point -> text("%.1f,%.1f", plot.x(point.x()), plot.y(point.y())))
                        .collect(Collectors.joining(" ")))
                .append("'/>\n");
        for (Point point : points) {
            svg.append(text(
                    "<circle cx='%.1f' cy='%.1f' r='3' fill='#1f6fb4'><title>%s: %s</title></circle>%n",
                    plot.x(point.x()), plot.y(point.y()), Results.number(point.x()), Results.number(point.y())));
        }
        return svg.append("</svg>\n").toString();
    }

    private void axes(StringBuilder svg) {
        for (double x = minX; x <= maxX * 1.01; x *= 10) {
            svg.append(text(
                    "<line x1='%1$.1f' x2='%1$.1f' y1='%2$d' y2='%3$d' stroke='#ddd'/>"
                            + "<text x='%1$.1f' y='%4$d' text-anchor='middle'>%5$s</text>%n",
                    x(x), TOP, HEIGHT - BOTTOM, HEIGHT - BOTTOM + 16, label(x)));
        }
        for (double y = minY; y <= maxY * 1.01; y *= 10) {
            svg.append(text(
                    "<line x1='%1$d' x2='%2$d' y1='%3$.1f' y2='%3$.1f' stroke='#ddd'/>"
                            + "<text x='%4$d' y='%5$.1f' text-anchor='end'>%6$s</text>%n",
                    LEFT, WIDTH - RIGHT, y(y), LEFT - 6, y(y) + 4, label(y)));
        }
    }

    private double x(double value) {
        return LEFT + (WIDTH - RIGHT - LEFT) * Math.log(value / minX) / Math.log(maxX / minX);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * Math.log(value / minY) / Math.log(maxY / minY);
    }

    private static double below(double value) {
        return Math.pow(10, Math.floor(Math.log10(value)));
    }

    private static double above(double value) {
        return Math.max(10 * below(value), Math.pow(10, Math.ceil(Math.log10(value))));
    }

    private static String label(double value) {
        return value >= 1 ? text("%,.0f", value) : Double.toString(value);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
