package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.Identifiers.quoted;

import dev.tributary.checkpoint.MySqlCheckpoints;
import dev.tributary.checkpoint.MySqlErrors;
import dev.tributary.checkpoint.SchemaLog.Arrival;
import dev.tributary.checkpoint.SchemaLog.Meeting;
import dev.tributary.config.Settings.DropPolicy;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.PipelineException;
import dev.tributary.record.SchemaChange.Altered;
import dev.tributary.record.SchemaChange.Dropped;
import dev.tributary.record.SchemaChange.Moved;
import dev.tributary.record.SchemaChange.OfTable;
import dev.tributary.record.SchemaChange.Truncated;
import dev.tributary.record.SchemaStep;
import dev.tributary.record.SourceTable;
import dev.tributary.route.TargetTable;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Makes the source's schema changes at the target. A table of several shards is one table here, and each shard's stream comes
 * to a change at its own moment: all before it is durable then, and nothing behind it is read until this lets it pass. So what
 * takes something away waits until every shard stands in front of it. DDL commits at once: whatever is done is done again
 * without harm.
 */
final class SchemaEvolution {
    private static final Logger LOG = Logger.getLogger(SchemaEvolution.class);
    /** An ALTER may rebuild a large table. */
    private static final Duration LONGEST = Duration.ofHours(24);
    /** While an ALTER waits for a transaction that has read the table, everybody else waits behind it. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final Sessions sessions;
    private final Catalog catalog;
    private final MySqlCheckpoints checkpoints;
    private final SchemaRules rules;
    private final String lock;

    /** @param lock tells this target and pipeline from others: schema changes are made one after the other */
    SchemaEvolution(Sessions sessions, Catalog catalog, MySqlCheckpoints checkpoints, SchemaRules rules, String lock) {
        this.sessions = sessions;
        this.catalog = catalog;
        this.checkpoints = checkpoints;
        this.rules = rules;
        // no longer than a lock's name may be
        this.lock = "tributary " + UUID.nameUUIDFromBytes(lock.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether the stream may go on. */
    Future<Boolean> evolve(SchemaStep step, Map<SourceTable, TargetTable> tables) {
        if (step.change().tables().isEmpty()) {
            return Future.succeededFuture(true);
        }
        return sessions.schemaChange()
                .compose(session -> session.spend(
                        LONGEST,
                        connection -> alone(connection)
                                .compose(alone -> alone
                                        ? next(
                                                connection,
                                                step,
                                                tables,
                                                step.change().tables().iterator())
                                        : Future.succeededFuture(false))));
    }

    /** One stream after the other, where something is altered at all; and no table is held up for long that others read. */
    private Future<Boolean> alone(SqlConnection connection) {
        if (!rules.evolves()) {
            return Future.succeededFuture(true);
        }
        return connection
                .query("SET SESSION lock_wait_timeout = " + LONGEST_WAIT.toSeconds())
                .execute()
                .compose(
                        set -> connection.preparedQuery("SELECT GET_LOCK(?, 1)").execute(Tuple.of(lock)))
                .map(rows -> Integer.valueOf(1).equals(rows.iterator().next().getInteger(0)));
    }

    private Future<Boolean> next(
            SqlConnection connection,
            SchemaStep step,
            Map<SourceTable, TargetTable> tables,
            Iterator<? extends OfTable> changes) {
        if (!changes.hasNext()) {
            return Future.succeededFuture(true);
        }
        OfTable change = changes.next();
        for (Entry<SourceTable, TargetTable> entry : tables.entrySet()) {
            if (entry.getKey().id().name().equals(change.table())) {
                return make(connection, step, change, entry.getKey(), entry.getValue())
                        .compose(
                                made -> made ? next(connection, step, tables, changes) : Future.succeededFuture(false));
            }
        }
        return next(connection, step, tables, changes);
    }

    private Future<Boolean> make(
            SqlConnection connection, SchemaStep step, OfTable change, SourceTable source, TargetTable target) {
        List<String> names = List.of(target.name());
        return catalog.load(names).compose(loaded -> {
            SchemaPlan plan;
            try {
                plan = plan(step, change, source, target, catalog.layout(target.name()));
            } catch (PipelineException refused) {
                return Future.failedFuture(refused);
            }
            Arrival arrival = new Arrival(
                    step.shard(),
                    change.table(),
                    step.change().after(),
                    plan.meeting(),
                    plan.then(),
                    change instanceof Altered,
                    plan.gentle());
            return checkpoints
                    .hold(connection, step.shard(), step.epoch())
                    .compose(held -> checkpoints.schemas().arrive(connection, arrival, step.shards()))
                    .compose(arrived -> connection.query("COMMIT").execute().map(arrived))
                    // two that have come at the same time: one of them asks again
                    .recover(failure -> MySqlErrors.isConflict(failure)
                            ? Future.succeededFuture(Meeting.WAITING)
                            : Future.failedFuture(failure))
                    .compose(arrived -> run(connection, target.name(), plan.early())
                            .compose(early -> late(connection, step, target.name(), plan, arrival, arrived)))
                    .compose(made -> catalog.load(names).map(made))
                    .onSuccess(made -> {
                        if (made) {
                            plan.warnings()
                                    .forEach(warning ->
                                            LOG.warnf("%s: table %s: %s", step.shard(), target.name(), warning));
                        }
                    });
        });
    }

    private Future<Boolean> late(
            SqlConnection connection,
            SchemaStep step,
            String table,
            SchemaPlan plan,
            Arrival arrival,
            Meeting arrived) {
        if (arrived != Meeting.COMPLETE) {
            return Future.succeededFuture(arrived == Meeting.OVER);
        }
        return run(connection, table, plan.late())
                .compose(done -> checkpoints.schemas().applied(connection, arrival))
                .compose(noted -> connection.query("COMMIT").execute())
                .map(true);
    }

    private Future<Void> run(SqlConnection connection, String table, List<String> statements) {
        Future<Void> done = Future.succeededFuture();
        for (String sql : statements) {
            done = done.compose(before -> {
                LOG.infof("table %s: %s", table, sql);
                return connection
                        .query(sql)
                        .execute()
                        .<Void>mapEmpty()
                        .recover(failure -> Future.failedFuture(MySqlErrors.of("altering table " + table, failure)));
            });
        }
        return done;
    }

    private SchemaPlan plan(
            SchemaStep step, OfTable change, SourceTable source, TargetTable target, @Nullable TargetLayout layout) {
        SchemaRefusal refusal = SchemaRefusal.of(step, target.name());
        List<ColumnDefinition> now = step.now().stream()
                .filter(table -> table.id().equals(source.id()))
                .findFirst()
                .map(SourceTable::columns)
                .orElse(List.of());
        return switch (change) {
            case Altered altered -> {
                if (layout == null) {
                    throw Planner.missing(target.name());
                }
                yield rules.evolves()
                        ? ColumnChanges.plan(refusal, altered, now, target, layout, rules)
                        : UnfollowedChange.plan(altered, now, target, layout, rules, source);
            }
            case Truncated truncated -> {
                SchemaPlan plan = SchemaPlan.of(source.columns());
                drop(plan, refusal, layout, "truncated", "TRUNCATE TABLE ", "its rows stay at the target");
                yield plan;
            }
            case Moved moved -> {
                SchemaPlan plan = SchemaPlan.of(source.columns());
                plan.warnings()
                        .add("it was dropped or renamed in keyspace "
                                + step.shard().keyspace()
                                + ", and stays at the target; if another keyspace has it, it is carried on from there");
                yield plan;
            }
            case Dropped dropped -> {
                // a table of that name that is there again is another one
                SchemaPlan plan = SchemaPlan.of(now.isEmpty() ? source.columns() : now);
                drop(plan, refusal, layout, "dropped or renamed", "DROP TABLE ", "it stays at the target");
                yield plan;
            }
        };
    }

    private void drop(
            SchemaPlan plan,
            SchemaRefusal refusal,
            @Nullable TargetLayout layout,
            String what,
            String sql,
            String instead) {
        if (layout == null) {
            return;
        }
        if (!rules.evolves() || rules.drops() == DropPolicy.KEEP) {
            plan.warnings().add("it was " + what + " at the source, and " + instead);
        } else if (rules.drops() == DropPolicy.STOP) {
            throw refusal.because("it is " + what + "; " + SchemaRefusal.DROPS);
        } else {
            plan.late(what, sql + quoted(layout.name()));
        }
    }
}
