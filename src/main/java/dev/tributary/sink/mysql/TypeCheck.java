package dev.tributary.sink.mysql;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.SourceTable;
import dev.tributary.route.TargetTable;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects over all tables what columns of the target do not hold that the source's can have. */
final class TypeCheck {
    private final List<String> differences = new ArrayList<>();
    private final boolean missingAllowed;

    /** @param missingAllowed whether the target may lack columns of the source */
    TypeCheck(boolean missingAllowed) {
        this.missingAllowed = missingAllowed;
    }

    /** @throws PipelineException if a column is missing, which is wrong whether types are checked or not */
    void add(SourceTable source, TargetTable target, TargetLayout layout) {
        if (!TableDefinition.isKnown(source)) {
            return;
        }
        for (SourceColumn column : TableDefinition.read(source).columns()) {
            TargetColumn into = layout.column(column.name());
            if (into == null && column.written() && !missingAllowed) {
                throw Shape.withoutColumn(target, source.id(), column.name(), false);
            }
            if (into != null && column.written() && !into.generated()) {
                boolean key = target.keyColumns().stream().anyMatch(column.name()::equalsIgnoreCase);
                String difference = difference(column, into, key, layout.mariaDb());
                if (difference != null) {
                    differences.add("table " + layout.name() + ": column " + column.name() + " is " + difference);
                }
            }
        }
    }

    private static @Nullable String difference(SourceColumn source, TargetColumn target, boolean key, boolean mariaDb) {
        ColumnType type = target.type();
        if (!ColumnFit.holds(source.type(), type)) {
            boolean charsets = source.type().charset() != null
                    && type.charset() != null
                    && !source.type().charset().equals(type.charset());
            return compared(shown(type, charsets), shown(source.type(), charsets));
        }
        // a key column is NOT NULL at the target whatever it is at the source
        if (!key && source.nullable() && !target.nullable()) {
            return compared("NOT NULL", "not");
        }
        if (key && !TextFit.tellsApart(source.type().collation(), type.collation(), mariaDb)) {
            return compared(
                            "a key in collation " + type.collation(),
                            "in " + source.type().collation())
                    + ", which may tell more values apart ("
                    + TextFit.exact(source.type().collation(), mariaDb)
                    + " does)";
        }
        return null;
    }

    private static String compared(String target, String source) {
        return target + " at the target, " + source + " at the source";
    }

    private static String shown(ColumnType type, boolean withCharset) {
        return type + (withCharset ? " character set " + type.charset() : "");
    }

    /** Fails with all that was found. */
    Future<Void> outcome() {
        if (differences.isEmpty()) {
            return Future.succeededFuture();
        }
        return Future.failedFuture(new PipelineException(
                Kind.FATAL,
                String.join("; ", differences)
                        + ": change the target's columns so that they hold every value of the source, or set parameter"
                        + " 'schema_check=off' in TRIBUTARY_SINK"));
    }
}
