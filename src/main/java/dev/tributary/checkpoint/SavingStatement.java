package dev.tributary.checkpoint;

import io.vertx.sqlclient.Tuple;
import java.util.Objects;

/**
 * A statement that saves a position, to be run in the transaction of the rows.
 *
 * @param sql a prepared statement
 * @param values its parameters
 * @param fence whether it tells, by the number of rows it matches, that the writer still owns the shard
 */
public record SavingStatement(String sql, Tuple values, boolean fence) {
    public SavingStatement {
        Objects.requireNonNull(sql);
        Objects.requireNonNull(values);
    }
}
