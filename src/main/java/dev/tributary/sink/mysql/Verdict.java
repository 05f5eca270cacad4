package dev.tributary.sink.mysql;

import dev.tributary.checkpoint.MySqlCheckpoints;
import dev.tributary.record.ChangeBatch;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.sink.mysql.Statement.Purpose;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a transaction may be committed, all of whose statements have succeeded. */
final class Verdict {
    private Verdict() {}

    /** What is wrong, or null. */
    static @Nullable PipelineException of(ChangeBatch batch, List<Statement> statements, Outcome outcome) {
        for (int i = 0; i < statements.size(); i++) {
            Statement statement = statements.get(i);
            int matched = outcome.matched(i);
            if (statement.purpose() == Purpose.FENCE && !MySqlCheckpoints.holds(matched)) {
                return MySqlCheckpoints.fenced(batch.stream().shard(), batch.epoch());
            }
            if (statement.purpose() == Purpose.ONE_ROW && matched != 1) {
                return diverged(batch, statement.table());
            }
        }
        return null;
    }

    private static PipelineException diverged(ChangeBatch batch, String table) {
        return new PipelineException(
                Kind.FATAL,
                "table " + table + " (" + batch.stream() + "): a row that the source changed before " + batch.mark()
                        + " is not at the target; the two have diverged: copy the table again");
    }
}
