package dev.tributary.bench;

import java.util.Locale;

/** What is measured, in the order in which it is. */
enum Part {
    WRITER,
    SNAPSHOT,
    CHANGES,
    LATENCY,
    START;

    /** As it is called on the command line and in the JSON. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
