package dev.tributary.sink.mysql;

import io.vertx.sqlclient.Tuple;
import java.util.Objects;

/**
 * One statement of a batch's transaction.
 *
 * @param table the table that it writes, for messages
 * @param sql a prepared statement
 * @param values its parameters
 * @param purpose how its outcome is judged
 */
record Statement(String table, String sql, Tuple values, Purpose purpose) {
    enum Purpose {
        /** Puts rows there, or takes them away by their key; how many it matched says nothing. */
        ROWS,
        /** Changes a row, if it is there. */
        ANY_ROW,
        /** Changes or takes away a row that the target must have: it must match exactly one. */
        ONE_ROW,
        /** Saves the position: it must match one row, or the writer no longer owns the shard. */
        FENCE,
        /** Part of saving the position. */
        SAVING
    }

    Statement {
        Objects.requireNonNull(table);
        Objects.requireNonNull(sql);
        Objects.requireNonNull(values);
        Objects.requireNonNull(purpose);
    }
}
