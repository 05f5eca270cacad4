package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.Identifiers.quoted;

import dev.tributary.checkpoint.MySqlCheckpoints;
import dev.tributary.checkpoint.MySqlErrors;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableId;
import dev.tributary.route.TargetTable;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Makes the target's tables ready for rows: creates what is missing, if it may, and checks what is there. */
final class Tables {
    /** In seconds: while an ALTER waits for who reads the table, everybody else waits behind it. */
    private static final int LONGEST_WAIT = 10;

    private final Sessions sessions;
    private final Catalog catalog;
    private final SchemaRules rules;
    private final boolean checksTypes;
    private final MySqlCheckpoints checkpoints;

    Tables(Sessions sessions, Catalog catalog, SchemaRules rules, boolean checksTypes, MySqlCheckpoints checkpoints) {
        this.checkpoints = checkpoints;
        this.checksTypes = checksTypes;
        this.sessions = sessions;
        this.catalog = catalog;
        this.rules = rules;
    }

    Future<Void> prepare(Map<SourceTable, TargetTable> tables) {
        List<String> names = tables.values().stream().map(TargetTable::name).toList();
        return checkpoints
                .tables()
                .learn()
                .compose(learnt -> catalog.load(names))
                .compose(loaded -> {
                    List<Entry<SourceTable, TargetTable>> missing = tables.entrySet().stream()
                            .filter(entry -> catalog.layout(entry.getValue().name()) == null)
                            .toList();
                    if (missing.isEmpty()) {
                        return fit(tables);
                    }
                    if (!rules.creates()) {
                        return Future.failedFuture(
                                Planner.missing(missing.getFirst().getValue().name()));
                    }
                    List<String> created = missing.stream()
                            .map(entry -> entry.getValue().name())
                            .toList();
                    return create(missing)
                            .compose(done -> catalog.load(created))
                            .compose(done -> fit(tables));
                });
    }

    /** As {@link #prepare}, but creates nothing: what is missing is no failure if it may be created. */
    Future<Void> verify(Map<SourceTable, TargetTable> tables) {
        Map<SourceTable, TargetTable> needed = new LinkedHashMap<>(tables);
        return catalog.load(tables.values().stream().map(TargetTable::name).toList())
                .compose(loaded -> {
                    if (rules.creates()) {
                        needed.values().removeIf(target -> catalog.layout(target.name()) == null);
                    }
                    // what the source has altered meanwhile is still to come where the target follows it
                    return check(needed, rules.evolves() ? Map.of() : needed);
                });
    }

    /**
     * Checks the tables; and with {@code evolve} makes them wide enough that were altered while they were copied in every shard: a
     * copy has no place in the changes that would tell it. Where a shard follows the table already, its stream tells what
     * becomes of rows that are there.
     */
    private Future<Void> fit(Map<SourceTable, TargetTable> tables) {
        if (!rules.evolves()) {
            return check(tables, tables);
        }
        return checkpoints.tables().followed().compose(followed -> {
            Map<SourceTable, TargetTable> copied = new LinkedHashMap<>(tables);
            copied.keySet().removeIf(table -> followed.contains(table.id().name()));
            return widen(copied).compose(done -> check(tables, copied));
        });
    }

    /** @param typed those whose types are looked at */
    private Future<Void> check(Map<SourceTable, TargetTable> tables, Map<SourceTable, TargetTable> typed) {
        TypeCheck types = new TypeCheck(rules.evolves() || rules.skipsMissing());
        for (Entry<SourceTable, TargetTable> entry : tables.entrySet()) {
            TargetTable target = entry.getValue();
            TargetLayout layout = catalog.layout(target.name());
            if (layout == null) {
                return Future.failedFuture(Planner.missing(target.name()));
            }
            try {
                Shape.check(target, layout);
                checkParts(entry.getKey(), target, layout);
                if (typed.containsKey(entry.getKey())) {
                    types.add(entry.getKey(), target, layout);
                }
            } catch (PipelineException unfit) {
                return Future.failedFuture(unfit);
            }
        }
        return checksTypes ? types.outcome() : Future.succeededFuture();
    }

    /** A target that compares more or less of a key than the source takes other rows for the same. */
    private static void checkParts(SourceTable source, TargetTable target, TargetLayout layout) {
        Map<String, Integer> parts = CreateTable.keyParts(source, target);
        if (!target.keyColumns().isEmpty() && !layout.hasKey(target.keyColumns(), parts)) {
            List<String> needed = new ArrayList<>();
            for (String column : target.keyColumns()) {
                Integer part = parts.get(column);
                needed.add(part == null ? column : column + "(" + part + ")");
            }
            throw new PipelineException(
                    Kind.FATAL,
                    "table " + target.name() + ": the target's key compares another part of the values than its own"
                            + " at the source; it needs a primary key or unique index on (" + String.join(", ", needed)
                            + ")");
        }
    }

    private Future<Void> widen(Map<SourceTable, TargetTable> tables) {
        Map<String, String> statements = new LinkedHashMap<>();
        List<Entry<SourceTable, TargetTable>> doubtful = new ArrayList<>();
        try {
            for (Entry<SourceTable, TargetTable> entry : tables.entrySet()) {
                untold(entry).ifPresent(untold -> {
                    untold.lacking()
                            .ifPresent(sql -> statements.put(untold.target().name(), sql));
                    if (untold.areDoubtful()) {
                        doubtful.add(entry);
                    }
                });
            }
        } catch (PipelineException refused) {
            return Future.failedFuture(refused);
        }
        Future<Void> widened = statements.isEmpty()
                ? Future.succeededFuture()
                : with(session -> run(session, statements.values().iterator()))
                        .compose(done -> catalog.load(statements.keySet()));
        return widened.compose(done -> renew(doubtful.iterator()));
    }

    private Optional<UntoldColumns> untold(Entry<SourceTable, TargetTable> entry) {
        TargetLayout layout = catalog.layout(entry.getValue().name());
        return layout == null
                ? Optional.empty()
                : Optional.of(new UntoldColumns(entry.getKey(), entry.getValue(), layout));
    }

    /** A table that waits for its turn to be copied may have been altered at will: no row of it is there. */
    private Future<Void> renew(Iterator<Entry<SourceTable, TargetTable>> doubtful) {
        if (!doubtful.hasNext()) {
            return Future.succeededFuture();
        }
        Entry<SourceTable, TargetTable> next = doubtful.next();
        TableId source = next.getKey().id();
        return checkpoints
                .columnsOf(source)
                // a session first: those that write hold them all while they wait
                .compose(carried -> with(session -> session.query("SET SESSION lock_wait_timeout = " + LONGEST_WAIT)
                        .compose(set -> checkpoints
                                .tables()
                                .whileNobodyWrites(written -> written.contains(source.name())
                                        ? Future.succeededFuture()
                                        : renew(session, next, carried)))
                        .compose(done -> session.query("SET SESSION lock_wait_timeout = DEFAULT"))
                        .<Void>mapEmpty()))
                // somebody else's transaction, or another shard's stream that has just done it
                .recover(failure -> Future.failedFuture(new PipelineException(
                        Kind.TRANSIENT,
                        String.valueOf(MySqlErrors.of(
                                        "altering table " + next.getValue().name(), failure)
                                .getMessage()))))
                .compose(done -> catalog.load(List.of(next.getValue().name())))
                .compose(done -> renew(doubtful));
    }

    private Future<Void> renew(Session session, Entry<SourceTable, TargetTable> entry, Set<String> carried) {
        return session.query("SELECT 1 FROM " + quoted(entry.getValue().name()) + " LIMIT 1")
                .compose(rows -> session.commit().map(rows.size() == 0))
                .compose(empty -> {
                    Optional<String> sql = untold(entry)
                            .filter(untold -> empty)
                            .flatMap(untold -> untold.whereNoRowIs(rules.drops(), carried));
                    return run(session, sql.stream().iterator());
                });
    }

    private Future<Void> with(Function<Session, Future<Void>> work) {
        return sessions.acquire()
                .compose(session -> work.apply(session)
                        .onSuccess(done -> sessions.release(session))
                        .onFailure(failure -> session.close()));
    }

    private Future<Void> run(Session session, Iterator<String> statements) {
        return statements.hasNext()
                ? session.query(statements.next())
                        .recover(failure -> MySqlErrors.isDuplicateColumn(failure)
                                ? Future.succeededFuture() // another shard's stream was quicker
                                : Future.failedFuture(failure))
                        .compose(done -> run(session, statements))
                : Future.succeededFuture();
    }

    private Future<Void> create(List<Entry<SourceTable, TargetTable>> missing) {
        return with(session -> create(session, missing.iterator()));
    }

    private Future<Void> create(Session session, Iterator<Entry<SourceTable, TargetTable>> missing) {
        if (!missing.hasNext()) {
            return Future.succeededFuture();
        }
        Entry<SourceTable, TargetTable> next = missing.next();
        String name = next.getValue().name();
        String sql;
        try {
            sql = CreateTable.of(next.getKey(), next.getValue(), catalog.isMariaDb());
        } catch (PipelineException notUnderstood) {
            return Future.failedFuture(notUnderstood);
        }
        return session.query(sql)
                .recover(failure -> Future.failedFuture(MySqlErrors.of("creating table " + name, failure)))
                .compose(created -> create(session, missing));
    }
}
