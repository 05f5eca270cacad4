package dev.tributary.sink.dynamodb;

import dev.tributary.config.Settings.DropPolicy;
import dev.tributary.config.Settings.SchemaPolicy;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.SchemaChange.Altered;
import dev.tributary.record.SchemaChange.Dropped;
import dev.tributary.record.SchemaChange.Moved;
import dev.tributary.record.SchemaChange.OfTable;
import dev.tributary.record.SchemaChange.Truncated;
import dev.tributary.record.SchemaStep;
import dev.tributary.record.SourceTable;
import dev.tributary.route.TargetTable;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Sees streams through schema changes of the source. Items have no columns: rows of after are written as they are. What matters is
 * whether rows of before, which the stream does not tell again, are still what the source shows. Safe for any thread.
 */
record SchemaChanges(
        ColumnEntries columns, KeptKeys keys, SchemaPolicy policy, DropPolicy drops, boolean keepsOldItems) {
    private static final Logger LOG = Logger.getLogger(SchemaChanges.class);

    Uni<Boolean> evolve(SchemaStep step, Map<SourceTable, TargetTable> sources) {
        Uni<Boolean> passed = Uni.createFrom().item(true);
        for (OfTable change : step.change().tables()) {
            for (Map.Entry<SourceTable, TargetTable> source : sources.entrySet()) {
                if (source.getKey().id().name().equals(change.table())) {
                    passed = passed.chain(before -> pass(
                            step, change, source.getKey(), source.getValue().name()));
                }
            }
        }
        return passed;
    }

    private Uni<Boolean> pass(SchemaStep step, OfTable change, SourceTable source, String target) {
        // a table that was dropped may be there again
        Optional<SourceTable> now = step.now().stream()
                .filter(table -> table.id().equals(source.id()) && !table.isGone())
                .findFirst();
        return now.map(table -> keys.verify(where(step, change), target, table.key()))
                .orElse(Uni.createFrom().voidItem())
                .chain(() -> columns.dropped(step.shard(), change.table()))
                .map(dropped -> behind(
                        where(step, change),
                        change,
                        source,
                        now.map(SourceTable::columns).orElse(List.of()),
                        dropped))
                .flatMap(behind -> columns.tell(
                        step.shard(),
                        step.epoch(),
                        change.table(),
                        step.change().after(),
                        behind.columns(),
                        behind.dropped()))
                .replaceWith(true);
    }

    /**
     * The table's columns behind a change.
     *
     * @param dropped names of those that were dropped by then
     */
    private record Behind(List<ColumnDefinition> columns, Set<String> dropped) {}

    private static String where(SchemaStep step, OfTable change) {
        return step.shard() + ": table " + change.table() + ": " + step.change().shown() + ": ";
    }

    private Behind behind(
            String where, OfTable change, SourceTable source, List<ColumnDefinition> now, Set<String> dropped) {
        return switch (change) {
            case Altered altered -> {
                List<ColumnDefinition> then = altered.after().isEmpty() ? now : altered.after();
                OldItems items = new OldItems(altered, then, source.key(), dropped);
                List<String> lost = items.lost();
                if (!lost.isEmpty()) {
                    throw new PipelineException(
                            Kind.FATAL,
                            where + String.join("; ", lost)
                                    + ", and the keys of items can't be changed: start a new pipeline"
                                    + " (TRIBUTARY_PIPELINE) into empty tables (a prefix in TRIBUTARY_SINK)");
                }
                List<String> stale = new ArrayList<>(items.stale());
                altered.refused().ifPresent(stale::addFirst);
                if (!stale.isEmpty() && !keepsOldItems) {
                    throw new PipelineException(
                            Kind.FATAL,
                            where + String.join("; ", stale)
                                    + ". The source does not tell its rows again, so that items"
                                    + " which are there would not be what it shows: change them yourself and start once"
                                    + " with old_items=keep in TRIBUTARY_SINK");
                }
                stale.forEach(
                        why -> LOG.warnf("%s%s; items stay as they are until they are written again", where, why));
                yield new Behind(then, items.droppedNow());
            }
            case Truncated truncated -> {
                gone(where, "truncated");
                yield new Behind(source.columns(), dropped);
            }
            case Moved moved -> new Behind(source.columns(), dropped);
            case Dropped gone -> {
                gone(where, "dropped or renamed");
                // a table of that name that is there again is another one
                yield new Behind(now.isEmpty() ? source.columns() : now, dropped);
            }
        };
    }

    private void gone(String where, String what) {
        if (policy == SchemaPolicy.EVOLVE && drops == DropPolicy.STOP) {
            throw new PipelineException(
                    Kind.FATAL,
                    where + "it is " + what
                            + " at the source, and its items stay at the target: delete them yourself and"
                            + " start with TRIBUTARY_SCHEMA_DROPS=keep");
        }
        LOG.warnf("%sit was %s at the source, and its items stay at the target", where, what);
    }
}
