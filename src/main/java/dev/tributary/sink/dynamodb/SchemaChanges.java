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
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Sees streams through schema changes of the source. Items have no columns: rows of after are written as they are. What matters is
 * whether rows of before, which the stream does not tell again, are still what the source shows. Safe for any thread.
 */
record SchemaChanges(ColumnEntries columns, SchemaPolicy policy, DropPolicy drops, boolean keepsOldItems) {
    private static final Logger LOG = Logger.getLogger(SchemaChanges.class);

    Uni<Boolean> evolve(SchemaStep step, Set<SourceTable> sources) {
        Uni<Boolean> passed = Uni.createFrom().item(true);
        for (OfTable change : step.change().tables()) {
            for (SourceTable source : sources) {
                if (source.id().name().equals(change.table())) {
                    passed = passed.chain(before -> pass(step, change, source));
                }
            }
        }
        return passed;
    }

    private Uni<Boolean> pass(SchemaStep step, OfTable change, SourceTable source) {
        return Uni.createFrom()
                .deferred(() -> columns.tell(
                        step.shard(),
                        step.epoch(),
                        change.table(),
                        step.change().after(),
                        then(step, change, source)))
                .replaceWith(true);
    }

    /** The table's columns behind the change. */
    private List<ColumnDefinition> then(SchemaStep step, OfTable change, SourceTable source) {
        List<SourceTable> same = step.now().stream()
                .filter(table -> table.id().equals(source.id()))
                .toList();
        List<ColumnDefinition> now =
                same.isEmpty() ? List.of() : same.getFirst().columns();
        String where = step.shard() + ": table " + change.table() + ": "
                + step.change().shown() + ": ";
        return switch (change) {
            case Altered altered -> {
                List<ColumnDefinition> then = altered.after().isEmpty() ? now : altered.after();
                if (!same.isEmpty()
                        && !same.getFirst().key().equals(source.key())
                        && !source.key().isEmpty()) {
                    throw new PipelineException(
                            Kind.FATAL,
                            where + "its key is changed from " + source.key() + " to "
                                    + same.getFirst().key()
                                    + ", and items keep theirs: start a new pipeline (TRIBUTARY_PIPELINE) into empty"
                                    + " tables (a prefix in TRIBUTARY_SINK)");
                }
                List<String> stale = new ArrayList<>(new OldItems(altered, then).stale());
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
                yield then;
            }
            case Truncated truncated -> {
                gone(where, "truncated");
                yield source.columns();
            }
            case Moved moved -> source.columns();
            case Dropped dropped -> {
                gone(where, "dropped or renamed");
                // a table of that name that is there again is another one
                yield now.isEmpty() ? source.columns() : now;
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
