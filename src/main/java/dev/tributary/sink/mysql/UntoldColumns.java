package dev.tributary.sink.mysql;

import dev.tributary.config.Settings.DropPolicy;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.SourceTable;
import dev.tributary.route.TargetTable;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Columns that a source table got while it was copied or waited for that: no stream tells how. */
record UntoldColumns(SourceTable source, TargetTable target, TargetLayout layout) {
    /** What makes the target's table hold the source's as it is: adds columns, if there is no doubt about them, and widens. */
    Optional<String> lacking() {
        ColumnChanges changes = changes();
        if (surplus().isEmpty()) {
            changes.addMissing();
        }
        changes.widenNarrower();
        return changes.statement();
    }

    /** Whether columns that the target lacks may be new names of those that it has and the source does not. */
    boolean areDoubtful() {
        return !surplus().isEmpty()
                && surplus().stream().noneMatch(column -> ColumnChanges.isKey(target, column.name()))
                && source.columns().stream().anyMatch(column -> layout.column(column.name()) == null);
    }

    /**
     * What makes a table without rows hold the source's: which columns are new and which are renamed makes no difference there.
     *
     * @param carried columns that this pipeline's shards have or had, which may be dropped with them
     */
    Optional<String> whereNoRowIs(DropPolicy drops, Set<String> carried) {
        ColumnChanges changes = changes();
        changes.addMissing();
        for (TargetColumn column : surplus()) {
            if (drops == DropPolicy.APPLY && carried.contains(column.name()) && !isUnique(column)) {
                changes.drop(column);
            } else {
                changes.keep(column);
            }
        }
        return changes.statement();
    }

    private ColumnChanges changes() {
        return ColumnChanges.of(SchemaRefusal.of(source.id()), source.columns(), target, layout);
    }

    /** Without it an index would refuse rows that differ in it. */
    private boolean isUnique(TargetColumn column) {
        return layout.unique().stream()
                .flatMap(index -> index.columns().stream())
                .anyMatch(column.name()::equalsIgnoreCase);
    }

    private List<TargetColumn> surplus() {
        Set<String> names = ColumnDefinition.names(source.columns());
        return layout.columns().stream()
                .filter(column -> !names.contains(column.name()))
                .toList();
    }
}
