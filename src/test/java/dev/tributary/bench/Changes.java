package dev.tributary.bench;

import java.util.List;
import java.util.Locale;

/**
 * Transactions of one kind.
 *
 * @param rows of a transaction
 * @param share one in so many of the source's rows is changed in a round: small transactions take their time to commit at the
 *     source, deletes theirs at a peer's target; others are to last, so that the JVM's compilers are not what is measured
 * @param deletes whether a fifth of the changes are deletes
 */
record Changes(int rows, int share, boolean deletes) {
    /** Deletes are measured by themselves: the JDBC sink writes what it has before each of them. */
    static final List<Changes> ALL = List.of(
            new Changes(10, 1, false),
            new Changes(1, 4, false),
            new Changes(1_000, 1, false),
            new Changes(10, 8, true));

    String part() {
        return String.format(
                Locale.ROOT, "%s, %,d a transaction%s", Part.CHANGES.word(), rows, deletes ? ", a fifth deletes" : "");
    }
}
