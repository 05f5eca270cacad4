package dev.tributary.bench;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one contestant did in one round.
 *
 * @param part what was measured, such as {@code changes, 10 rows a transaction}
 * @param figures by name, unit included
 * @param failure why there are no figures, else null
 */
record Result(
        String part,
        String contestant,
        int round,
        Map<String, Double> figures,
        @Nullable String failure) {}
