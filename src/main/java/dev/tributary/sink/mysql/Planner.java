package dev.tributary.sink.mysql;

import dev.tributary.checkpoint.MySqlCheckpoints;
import dev.tributary.record.ChangeBatch;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.TableSchema;
import dev.tributary.route.RoutedBatch;
import dev.tributary.route.RoutedBatch.Group;
import dev.tributary.route.TargetTable;
import dev.tributary.sink.mysql.Statement.Purpose;
import io.vertx.core.Future;
import io.vertx.core.impl.ContextInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Makes the statements of one stream's batches. Used by one lane, on its context. */
final class Planner {
    private final ContextInternal context;
    private final Catalog catalog;
    private final OpenTables openTables;
    private final MySqlCheckpoints checkpoints;
    private final RowSizes sizes;
    private final boolean savesLast;
    private final SchemaRules rules;
    /** By shape of the rows and by target table; one shape of each source table. */
    private final IdentityHashMap<TableSchema, Map<String, Writing>> known = new IdentityHashMap<>();

    /** Tables with open shapes, as they were when this stream's rows of that shape were found to fit. */
    private final IdentityHashMap<TableSchema, TargetLayout> fitting = new IdentityHashMap<>();
    /** Tables with open shapes that were looked at since the stream was claimed: others may have made them wider before. */
    private final Set<String> met = new HashSet<>();

    private record Writing(TargetTable target, TargetLayout layout, boolean stale, RowWriter writer) {}

    /**
     * @param savesLast whether the position is on another shard than the rows: such a transaction is committed shard after
     *     shard in the order of their first use, and a position may never be durable without its rows
     * @param rules what becomes of columns that the target lacks
     */
    Planner(
            ContextInternal context,
            Catalog catalog,
            OpenTables openTables,
            MySqlCheckpoints checkpoints,
            RowSizes sizes,
            boolean savesLast,
            SchemaRules rules) {
        this.savesLast = savesLast;
        this.rules = rules;
        this.context = context;
        this.catalog = catalog;
        this.openTables = openTables;
        this.checkpoints = checkpoints;
        this.sizes = sizes;
    }

    /** The batch's statements, in their order; what does not fit the target fails before anything is written. */
    Future<BatchPlan> plan(RoutedBatch batch) {
        for (Group group : batch.groups()) {
            if (group.schema().open() && !fits(group)) {
                return fit(batch.groups().iterator()).compose(fit -> written(batch));
            }
        }
        return written(batch);
    }

    @SuppressWarnings("ReferenceEquality") // the catalog keeps the instance of a layout while nothing changes
    private boolean fits(Group group) {
        TargetLayout layout = fitting.get(group.schema());
        return layout != null && layout == catalog.layout(group.target().name());
    }

    /** Has the tables of open shapes made fit for them. */
    private Future<Void> fit(Iterator<Group> groups) {
        if (!groups.hasNext()) {
            return Future.succeededFuture();
        }
        Group group = groups.next();
        if (!group.schema().open() || fits(group)) {
            return fit(groups);
        }
        String table = group.target().name();
        Future<Void> known = met.contains(table) ? Future.succeededFuture() : load(Set.of(table));
        return known.compose(loaded -> {
                    met.add(table);
                    return Contexts.on(context, openTables.fit(group.schema(), table));
                })
                .compose(done -> {
                    TargetLayout layout = catalog.layout(table);
                    if (layout != null) {
                        fitting.keySet()
                                .removeIf(schema ->
                                        schema.table().equals(group.schema().table()));
                        fitting.put(group.schema(), layout);
                    }
                    return fit(groups);
                });
    }

    private Future<BatchPlan> written(RoutedBatch batch) {
        Set<String> strange = new TreeSet<>();
        for (Group group : batch.groups()) {
            if (catalog.layout(group.target().name()) == null) {
                strange.add(group.target().name());
            }
        }
        if (!strange.isEmpty()) {
            return load(strange).map(loaded -> statements(batch));
        }
        try {
            return Future.succeededFuture(statements(batch));
        } catch (PipelineException misfit) {
            // the target's table may have been altered since it was looked at
            return load(batch.groups().stream()
                            .map(group -> group.target().name())
                            .collect(Collectors.toSet()))
                    .map(loaded -> statements(batch));
        }
    }

    private Future<Void> load(Set<String> tables) {
        return Contexts.on(context, catalog.load(tables));
    }

    private BatchPlan statements(RoutedBatch batch) {
        return new BatchPlan(saving(batch.batch()), rows(batch), savesLast);
    }

    private List<Statement> saving(ChangeBatch batch) {
        return checkpoints.saving(batch).stream()
                .map(saving -> new Statement(
                        MySqlCheckpoints.TABLE,
                        saving.sql(),
                        saving.values(),
                        saving.fence() ? Purpose.FENCE : Purpose.SAVING))
                .toList();
    }

    private List<Statement> rows(RoutedBatch batch) {
        boolean copied = !batch.batch().stream().part().isChanges();
        List<Statement> statements = new ArrayList<>();
        for (Group group : batch.groups()) {
            writer(group, copied).write(group.records(), statements);
        }
        return statements;
    }

    @SuppressWarnings("ReferenceEquality") // the catalog keeps the instance of a layout while nothing changes
    private RowWriter writer(Group group, boolean copied) {
        TargetLayout layout = catalog.layout(group.target().name());
        if (layout == null) {
            throw missing(group.target().name());
        }
        Map<String, Writing> ofSchema = known.get(group.schema());
        if (ofSchema == null) {
            // a new shape of a table replaces its old ones, which would add up with every change of its schema
            known.keySet()
                    .removeIf(schema -> schema.table().equals(group.schema().table()));
            ofSchema = new HashMap<>();
            known.put(group.schema(), ofSchema);
        }
        // a sharded target knows no REPLACE
        boolean stale = !savesLast
                && checkpoints.tables().isToBeSwept(group.schema().table().name());
        Writing writing = ofSchema.get(group.target().name());
        if (writing == null
                || writing.layout() != layout
                || !writing.target().equals(group.target())
                || writing.stale() != stale) {
            Shape shape = shape(group, layout, copied);
            RowWriter whole = shape.appends() ? new AppendedRows(shape, sizes) : new KeyedRows(shape, sizes, stale);
            writing = new Writing(
                    group.target(), layout, stale, new PartialRows(shape, sizes, whole, copied, !savesLast));
            ofSchema.put(group.target().name(), writing);
        }
        return writing.writer();
    }

    /** A table that is new may be altered while it is copied, in one shard after the other: there is no place to wait at. */
    private Shape shape(Group group, TargetLayout layout, boolean copied) {
        try {
            Shape.check(group.target(), layout);
            return Shape.of(group.target(), group.schema(), layout, rules);
        } catch (PipelineException unfit) {
            if (copied && rules.evolves()) {
                throw new PipelineException(
                        Kind.TRANSIENT,
                        unfit.getMessage()
                                + " (or rename there the column that has its values); the copy begins again until every"
                                + " shard is altered");
            }
            throw unfit;
        }
    }

    static PipelineException missing(String table) {
        return new PipelineException(
                Kind.FATAL,
                "table " + table + " does not exist at the target: set TRIBUTARY_SCHEMA=create or create it");
    }
}
