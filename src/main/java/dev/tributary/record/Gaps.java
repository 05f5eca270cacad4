package dev.tributary.record;

import java.util.BitSet;
import java.util.Objects;

/**
 * What a row image does not hold, since the source logs no more than what was changed: MySQL's {@code binlog_row_image=NOBLOB} and
 * {@code binlog_row_value_options=PARTIAL_JSON}. Only the image after an INSERT or UPDATE has gaps. Immutable by agreement;
 * bits are columns.
 *
 * @param absent columns without a value, which read as NULL: an UPDATE has left them as they were, an INSERT has given them
 *     their default
 * @param expressions columns whose value is not a document but the SQL that makes the new one from the old: JSON functions of
 *     MySQL around {@link #OLD}
 */
public record Gaps(BitSet absent, BitSet expressions) {
    /** Stands for the old value: at its first place only, for the text behind may hold the same characters. */
    public static final String OLD = "%s";

    public Gaps {
        Objects.requireNonNull(absent);
        Objects.requireNonNull(expressions);
    }
}
