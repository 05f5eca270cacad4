package dev.tributary.sink.mysql;

import dev.tributary.checkpoint.MySqlErrors;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.TableSchema;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Makes tables fit for rows that tell their columns themselves. Streams of this process and of others do so at the same time: each
 * looks at the table and alters it while no other does, for one that has looked before another's change would take that back.
 */
final class OpenTables {
    private static final Logger LOG = Logger.getLogger(OpenTables.class);
    /** An ALTER may rebuild a large table. */
    private static final Duration LONGEST = Duration.ofHours(24);
    /** In seconds: while an ALTER waits for who has written to the table, everybody else waits behind it. */
    private static final int LONGEST_WAIT = 10;

    private final Sessions sessions;
    private final Catalog catalog;
    private final SchemaRules rules;
    private final String database;

    /** @param database the tables' */
    OpenTables(Sessions sessions, Catalog catalog, SchemaRules rules, String database) {
        this.sessions = sessions;
        this.catalog = catalog;
        this.rules = rules;
        this.database = database;
    }

    /** Done when the table has a column for every value of rows of this shape. */
    Future<Void> fit(TableSchema schema, String table) {
        Optional<String> sql;
        try {
            sql = missing(schema, table);
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
        return sessions.schemaChange()
                .compose(session -> session.spend(
                        LONGEST,
                        connection -> alone(connection, table)
                                .compose(alone -> catalog.load(List.of(table)))
                                .compose(loaded -> alter(connection, schema, table))))
                .recover(failure -> Future.failedFuture(MySqlErrors.of("altering table " + table, failure)));
    }

    private Optional<String> missing(TableSchema schema, String table) {
        TargetLayout layout = catalog.layout(table);
        if (layout == null) {
            throw Planner.missing(table);
        }
        return OpenColumns.missing(schema, layout);
    }

    /** The lock is the session's, and ends with it. */
    private Future<Void> alone(SqlConnection connection, String table) {
        String name = database + " " + table;
        // no longer than a lock's name may be
        String lock = "tributary " + UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
        return connection
                .preparedQuery("SELECT GET_LOCK(?, " + LONGEST_WAIT + ")")
                .execute(Tuple.of(lock))
                .compose(
                        rows -> Integer.valueOf(1).equals(rows.iterator().next().getInteger(0))
                                ? Future.succeededFuture()
                                : alone(connection, table));
    }

    private Future<Void> alter(SqlConnection connection, TableSchema schema, String table) {
        Optional<String> sql = missing(schema, table);
        if (sql.isEmpty()) {
            return Future.succeededFuture(); // another stream was quicker
        }
        LOG.infof("table %s: %s", table, sql.get());
        return connection
                .query("SET SESSION lock_wait_timeout = " + LONGEST_WAIT)
                .execute()
                .compose(set -> connection.query(sql.get()).execute())
                .compose(altered -> catalog.load(List.of(table)));
    }
}
