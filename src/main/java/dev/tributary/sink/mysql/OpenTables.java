package dev.tributary.sink.mysql;

import dev.tributary.checkpoint.MySqlErrors;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.TableSchema;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Makes tables fit for rows that tell their columns themselves. */
final class OpenTables {
    private static final Logger LOG = Logger.getLogger(OpenTables.class);
    /** In seconds: while an ALTER waits for who has written to the table, everybody else waits behind it. */
    private static final int LONGEST_WAIT = 10;
    /** Others add columns at the same time. */
    private static final int ATTEMPTS = 5;

    private final Sessions sessions;
    private final Catalog catalog;
    private final SchemaRules rules;

    OpenTables(Sessions sessions, Catalog catalog, SchemaRules rules) {
        this.sessions = sessions;
        this.catalog = catalog;
        this.rules = rules;
    }

    /** Done when the table has a column for every value of rows of this shape. */
    Future<Void> fit(TableSchema schema, String table) {
        return fit(schema, table, 1);
    }

    private Future<Void> fit(TableSchema schema, String table, int attempt) {
        TargetLayout layout = catalog.layout(table);
        if (layout == null) {
            return Future.failedFuture(Planner.missing(table));
        }
        Optional<String> sql;
        try {
            sql = OpenColumns.missing(schema, layout);
        } catch (PipelineException other) {
            return Future.failedFuture(other);
        }
        if (sql.isEmpty()) {
            return Future.succeededFuture();
        }
        if (!rules.creates()) {
            return Future.failedFuture(new PipelineException(
                    Kind.FATAL,
                    "table " + table + " lacks what its rows need, and TRIBUTARY_SCHEMA=none keeps it as it is: "
                            + sql.get()));
        }
        if (attempt > ATTEMPTS) {
            return Future.failedFuture(new PipelineException(
                    Kind.TRANSIENT, "table " + table + " is altered by others again and again: " + sql.get()));
        }
        LOG.infof("table %s: %s", table, sql.get());
        return alter(sql.get())
                .recover(failure -> MySqlErrors.isDuplicateColumn(failure) && attempt < ATTEMPTS
                        ? Future.succeededFuture() // another stream was quicker
                        : Future.failedFuture(MySqlErrors.of("altering table " + table, failure)))
                .compose(altered -> catalog.load(List.of(table)))
                .compose(loaded -> fit(schema, table, attempt + 1));
    }

    private Future<Void> alter(String sql) {
        return sessions.acquire()
                .compose(session -> session.query("SET SESSION lock_wait_timeout = " + LONGEST_WAIT)
                        .compose(set -> session.query(sql))
                        .compose(altered -> session.query("SET SESSION lock_wait_timeout = DEFAULT"))
                        .onSuccess(done -> sessions.release(session))
                        .onFailure(failure -> session.close()))
                .mapEmpty();
    }
}
