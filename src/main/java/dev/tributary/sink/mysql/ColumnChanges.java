package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.Identifiers.quoted;

import dev.tributary.config.Settings.DropPolicy;
import dev.tributary.config.Settings.SchemaPolicy;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.SchemaChange.Altered;
import dev.tributary.route.TargetTable;
import dev.tributary.sink.mysql.TargetLayout.UniqueIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides how a change of a source table's columns is made at the target: what adds or widens when the first shard comes to
 * it, for rows of the others fit a wider table; what renames or drops when all have come to it. What would not give the same
 * rows on both sides is refused.
 */
final class ColumnChanges {
    private final SchemaRefusal refusal;
    private final TargetTable target;
    private final TargetLayout layout;
    private final SchemaRules rules;
    private final List<ColumnDefinition> before;
    private final List<ColumnDefinition> after;
    private final SchemaPlan plan;
    private final Widening widening;
    private final List<String> alter = new ArrayList<>();
    /** In one statement, which is made as a whole or not at all: half of it would be another change. */
    private final List<String> alterLate = new ArrayList<>();

    private ColumnChanges(
            SchemaRefusal refusal,
            TargetTable target,
            TargetLayout layout,
            SchemaRules rules,
            List<ColumnDefinition> before,
            List<ColumnDefinition> after) {
        this.refusal = refusal;
        this.target = target;
        this.layout = layout;
        this.rules = rules;
        this.before = before;
        this.after = after;
        this.plan = SchemaPlan.of(after);
        this.widening = new Widening(refusal, layout.mariaDb());
    }

    /**
     * @param refusal words of a message that says why not
     * @param now the table's columns as the shard has them now; empty if it is gone
     */
    static SchemaPlan plan(
            SchemaRefusal refusal,
            Altered altered,
            List<ColumnDefinition> now,
            TargetTable target,
            TargetLayout layout,
            SchemaRules rules) {
        altered.refused().ifPresent(why -> {
            throw refusal.because(why + "; " + SchemaRefusal.BY_HAND);
        });
        List<ColumnDefinition> before = altered.before().isEmpty() ? columns(layout) : altered.before();
        boolean swapped = altered.after().isEmpty();
        // what came later has its own place: rows that are there get the default of this statement
        List<ColumnDefinition> after = swapped ? now : altered.after();
        if (after.isEmpty()) {
            throw refusal.because("its new columns are not known, for the table is gone; " + SchemaRefusal.BY_HAND);
        }
        ColumnChanges changes = new ColumnChanges(refusal, target, layout, rules, before, after);
        if (swapped) {
            changes.refuseUntoldRename();
        }
        changes.columns(altered);
        changes.indexes(altered.droppedIndexes());
        return changes.finished();
    }

    /** With columns that are added, widened or kept one by one. */
    static ColumnChanges of(
            SchemaRefusal refusal, List<ColumnDefinition> now, TargetTable target, TargetLayout layout) {
        return new ColumnChanges(refusal, target, layout, SchemaRules.of(SchemaPolicy.EVOLVE), now, now);
    }

    /** The statement that makes them. */
    Optional<String> statement() {
        return finished().early().stream().findFirst();
    }

    /** Adds what the target lacks. */
    void addMissing() {
        for (int i = 0; i < after.size(); i++) {
            if (layout.column(after.get(i).name()) == null) {
                add(i, alter);
            }
        }
    }

    /** Makes columns that are there hold what the source's do. */
    void widenNarrower() {
        for (ColumnDefinition column : after) {
            TargetColumn there = layout.column(column.name());
            if (there != null && !there.generated() && Widening.isNarrower(there, column)) {
                widen(column, column, there);
            }
        }
    }

    void drop(TargetColumn there) {
        alter.add("DROP COLUMN " + quoted(there.name()));
    }

    static boolean isKey(TargetTable target, String column) {
        return target.keyColumns().stream().anyMatch(column::equalsIgnoreCase);
    }

    private SchemaPlan finished() {
        if (!alter.isEmpty()) {
            plan.early().add(alterTable(String.join(", ", alter)));
        }
        if (!alterLate.isEmpty()) {
            plan.late().add(alterTable(String.join(", ", alterLate)));
        }
        return plan;
    }

    private void refuseUntoldRename() {
        List<String> gone = only(before, after);
        List<String> come = only(after, before);
        boolean madeByHand = come.stream().allMatch(name -> layout.column(name) != null)
                && gone.stream().allMatch(name -> layout.column(name) == null);
        if (!gone.isEmpty() && !come.isEmpty() && !madeByHand) {
            throw refusal.because("an online schema change does not tell whether columns " + come
                    + " are new or are new names of " + gone
                    + "; rename them at the target (ALTER TABLE … RENAME COLUMN),"
                    + " or drop and add them there, and start again");
        }
    }

    private void columns(Altered altered) {
        Set<String> renamedTo = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        altered.renamed().forEach((from, to) -> {
            renamedTo.add(to);
            rename(from, to);
        });
        for (int i = 0; i < after.size(); i++) {
            ColumnDefinition column = after.get(i);
            ColumnDefinition old = find(before, column.name());
            if (old != null) {
                modify(old, column, layout.column(column.name()));
            } else if (!renamedTo.contains(column.name()) && layout.column(column.name()) == null) {
                add(i, plan.parts("add column " + column.name(), target) ? alterLate : alter);
            }
        }
        for (ColumnDefinition column : before) {
            if (find(after, column.name()) == null && !altered.renamed().containsKey(column.name())) {
                drop(column.name());
            }
        }
    }

    private void rename(String from, String to) {
        TargetColumn old = layout.column(from);
        TargetColumn renamed = layout.column(to);
        String widened = widened(from, to, old == null ? renamed : old);
        boolean done = renamed != null;
        if (old == null && done) {
            if (widened != null) {
                alter.add(modified(to, widened));
            }
            return;
        }
        if (old == null || done) {
            throw refusal.because("the target has " + (done ? "both" : "neither") + " column " + from + " and " + to
                    + "; leave there the one with the values of " + from);
        }
        plan.reasons().add("rename column " + from + " to " + to);
        alterLate.add(
                widened == null
                        ? "RENAME COLUMN " + quoted(old.name()) + " TO " + quoted(to)
                        : "CHANGE COLUMN " + quoted(old.name()) + " " + quoted(to) + " " + widened);
    }

    /** What makes a column that has a new name take the values that it may have from then on. */
    private @Nullable String widened(String from, String to, @Nullable TargetColumn there) {
        ColumnDefinition was = find(before, from);
        ColumnDefinition is = find(after, to);
        return was == null || is == null || there == null ? null : widening.of(was, is, there);
    }

    private void add(int index, List<String> statement) {
        ColumnDefinition column = after.get(index);
        if (!column.isGenerated() && (column.says("auto_increment") || !column.hasConstantDefault())) {
            throw refusal.because("rows that are there get values for column " + column.name()
                    + " which the stream does not tell; add the column at the target yourself, with the values that the"
                    + " source has, and start again");
        }
        String implicit = !column.isGenerated() && !column.isNullable() && !column.says("default")
                ? AlteredType.of(column.type()).implicitDefault()
                : "";
        // rows of shards that do not have the column yet come without it
        statement.add("ADD COLUMN " + quoted(column.name()) + " " + column.definition()
                + (implicit.isEmpty() ? "" : " DEFAULT " + implicit) + place(index, statement));
    }

    private String place(int index, List<String> statement) {
        if (index == 0) {
            return " FIRST";
        }
        String previous = after.get(index - 1).name();
        boolean there = layout.column(previous) != null
                || statement.stream().anyMatch(part -> part.startsWith("ADD COLUMN " + quoted(previous) + " "));
        return there ? " AFTER " + quoted(previous) : "";
    }

    private void modify(ColumnDefinition old, ColumnDefinition column, @Nullable TargetColumn there) {
        if (there != null && !old.definition().equals(column.definition())) {
            widen(old, column, there);
        }
    }

    private void widen(ColumnDefinition old, ColumnDefinition column, TargetColumn there) {
        String widened = widening.of(old, column, there);
        if (widened != null) {
            alter.add(modified(column.name(), widened));
        }
    }

    private static String modified(String name, String definition) {
        return "MODIFY COLUMN " + quoted(name) + " " + definition;
    }

    private void drop(String name) {
        TargetColumn there = layout.column(name);
        if (there == null) {
            return;
        }
        if (isKey(target, name)) {
            throw refusal.because("column " + name + " is part of the target's key; " + SchemaRefusal.BY_HAND);
        }
        if (rules.drops() == DropPolicy.APPLY) {
            plan.reasons().add("drop column " + name);
            alterLate.add("DROP COLUMN " + quoted(there.name()));
        } else if (rules.drops() == DropPolicy.STOP) {
            throw refusal.because("column " + name + " is dropped; " + SchemaRefusal.DROPS);
        } else {
            plan.warnings().add("column " + name + " was dropped at the source and stays at the target");
            plan.parts("keep column " + name, target);
            keep(there);
        }
    }

    /** Rows come without it from now on. */
    void keep(TargetColumn there) {
        if (!there.optional()) {
            ColumnDefinition was = find(before, there.name());
            String type = was == null ? there.columnType() : was.nullable();
            alter.add(modified(there.name(), widening.defined(type, there)));
        }
    }

    private void indexes(Set<String> dropped) {
        for (UniqueIndex index : layout.unique()) {
            if (dropped.stream().noneMatch(index.name()::equalsIgnoreCase)) {
                continue;
            }
            if (!target.keyColumns().isEmpty() && index.covers(target.keyColumns())) {
                throw refusal.because("index " + index.name() + " is the target's key; " + SchemaRefusal.BY_HAND);
            }
            // it would refuse rows that the source takes
            alter.add("DROP INDEX " + quoted(index.name()));
        }
    }

    private String alterTable(String what) {
        return "ALTER TABLE " + quoted(layout.name()) + " " + what;
    }

    private static List<ColumnDefinition> columns(TargetLayout layout) {
        return layout.columns().stream()
                .map(column -> new ColumnDefinition(
                        column.name(), column.columnType() + (column.nullable() ? "" : " NOT NULL")))
                .toList();
    }

    private static List<String> only(List<ColumnDefinition> one, List<ColumnDefinition> other) {
        Set<String> names = ColumnDefinition.names(other);
        return one.stream()
                .map(ColumnDefinition::name)
                .filter(name -> !names.contains(name))
                .toList();
    }

    private static @Nullable ColumnDefinition find(List<ColumnDefinition> columns, String name) {
        return columns.stream()
                .filter(column -> column.name().equalsIgnoreCase(name))
                .findFirst()
                .orElse(null);
    }
}
