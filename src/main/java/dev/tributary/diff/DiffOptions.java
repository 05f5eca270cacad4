package dev.tributary.diff;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What is asked of a comparison.
 *
 * @param keyspace the one that is compared, where the source's URL names several; empty for the only one
 * @param tables source tables to compare; empty for all that the source's URL selects
 * @param limit how many rows of each kind of difference are shown of a table
 * @param shortFloats whether FLOATs are compared by the six digits of their text, as Vitess's copy rounds them
 * @param patience how long the pipeline may take to make durable what the source has committed
 * @param parallel slices of a table that are compared at a time
 */
public record DiffOptions(
        String keyspace, Set<String> tables, int limit, boolean shortFloats, Duration patience, int parallel) {
    public DiffOptions {
        // in the order in which they were asked for: the first that is wrong is named
        tables = Collections.unmodifiableSet(new LinkedHashSet<>(tables));
        if (limit < 0 || parallel < 1 || patience.isNegative()) {
            throw new IllegalArgumentException("limit " + limit + ", parallel " + parallel + ", patience " + patience);
        }
    }

    /** Everything, exactly. */
    public static DiffOptions defaults() {
        return new DiffOptions("", Set.of(), 10, false, Duration.ofSeconds(60), 4);
    }
}
