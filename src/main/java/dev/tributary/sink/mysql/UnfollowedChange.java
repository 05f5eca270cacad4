package dev.tributary.sink.mysql;

import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.SchemaChange.Altered;
import dev.tributary.record.SourceTable;
import dev.tributary.route.TargetTable;
import java.util.List;
import java.util.Set;

/** What a change of columns means where the target's tables are the user's business: whether rows still fit. */
final class UnfollowedChange {
    private UnfollowedChange() {}

    static SchemaPlan plan(
            Altered altered,
            List<ColumnDefinition> now,
            TargetTable target,
            TargetLayout layout,
            SchemaRules rules,
            SourceTable source) {
        boolean told = !altered.after().isEmpty();
        SchemaPlan plan = SchemaPlan.of(told ? altered.after() : now);
        for (ColumnDefinition column : plan.then()) {
            boolean isNew =
                    altered.before().stream().noneMatch(old -> old.name().equalsIgnoreCase(column.name()));
            if (!isNew || column.isGenerated() || layout.column(column.name()) != null) {
                continue;
            }
            if (!rules.skipsMissing()) {
                throw Shape.withoutColumn(target, source.id(), column.name(), false);
            }
            plan.warnings().add("column " + column.name() + " does not exist at the target and is left out");
        }
        Set<String> names = ColumnDefinition.names(plan.then());
        for (ColumnDefinition old : altered.before()) {
            if (!names.contains(old.name()) && layout.column(old.name()) != null) {
                plan.parts("keep column " + old.name(), target);
            }
        }
        if (!altered.before().equals(altered.after())) {
            plan.warnings().add("a change of its columns at the source is not followed (TRIBUTARY_SCHEMA)");
        }
        return plan;
    }
}
