package dev.tributary.bench;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What is measured, in the order in which it is. */
enum Part {
    WRITER,
    SNAPSHOT,
    CHANGES,
    LATENCY,
    START,
    /** Only if it is asked for: there is nothing to compare with. */
    MICRO,
    /** The same. */
    LIMITS,
    /** The same. */
    SHARDS,
    /** Only if it is asked for. */
    DYNAMODB;

    /** Those that need a Vitess. */
    static final Set<Part> END_TO_END = EnumSet.of(SNAPSHOT, CHANGES, LATENCY, START);

    /** As it is called on the command line and in the JSON. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
