package dev.tributary.demo;

import java.util.Locale;

/** Tells on stdout what happens, with the seconds since the start. */
final class Story {
    private final long start = System.nanoTime();

    /** A new part of it. */
    void heading(String text) {
        System.out.println();
        line(text);
    }

    void line(String text) {
        System.out.printf(Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - start) / 1e9, text);
    }

    void line(String format, Object... values) {
        line(String.format(Locale.ROOT, format, values));
    }

    /** More on the line before it. */
    void detail(String text) {
        System.out.println("          " + text);
    }

    /** The last line. */
    void end(String text) {
        System.out.println();
        System.out.println("demo: " + text);
        System.out.flush();
    }
}
