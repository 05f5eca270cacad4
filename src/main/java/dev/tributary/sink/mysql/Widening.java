package dev.tributary.sink.mysql;

import dev.tributary.record.ColumnDefinition;
import org.jspecify.annotations.Nullable;

/**
 * What makes a column of the target take the source's new values.
 *
 * @param refusal words of a message that says why not
 * @param mariaDb whether the target is one
 */
record Widening(SchemaRefusal refusal, boolean mariaDb) {
    /**
     * The definition that the column is to get; null where none is needed.
     *
     * @throws dev.tributary.record.PipelineException if the target might make other values of those that are there
     */
    @Nullable
    String of(ColumnDefinition old, ColumnDefinition column, TargetColumn there) {
        AlteredType was = AlteredType.of(old.type());
        AlteredType is = AlteredType.of(column.type());
        AlteredType has = was.isDocument() && isDocument(column, there) ? is : AlteredType.of(there.columnType());
        if (mariaDb && was.isDocument() != is.isDocument()) {
            throw refusal.because("column " + column.name() + " becomes " + column.type()
                    + ", and MariaDB keeps other texts of documents than the source; " + SchemaRefusal.BY_HAND);
        }
        if (has.equals(is) && old.charset().equals(column.charset())) {
            boolean takesNull = column.isNullable() && !there.nullable();
            return takesNull ? defined(column.definition(), there) : null;
        }
        if (has.equals(is) && !was.equals(is)) {
            return null;
        }
        if (!was.widensTo(is) || !old.charset().equals(column.charset())) {
            throw refusal.because("column " + column.name() + " becomes " + column.type()
                    + ", and that the target would make the same values of it is not certain; "
                    + SchemaRefusal.BY_HAND);
        }
        if (is.widensTo(has)) {
            return null;
        }
        if (!has.widensTo(is)) {
            throw refusal.because("column " + column.name() + " is " + there.columnType()
                    + " at the target and does not widen to " + column.type() + "; " + SchemaRefusal.BY_HAND);
        }
        return defined(there.nullable() ? column.nullable() : column.definition(), there);
    }

    /** MariaDB calls a JSON column LONGTEXT. */
    private boolean isDocument(ColumnDefinition column, TargetColumn there) {
        return mariaDb && column.type().equals("json") && there.columnType().equals("longtext");
    }

    /** Whether the target's type can be made the source's, and is not as wide yet. */
    static boolean isNarrower(TargetColumn there, ColumnDefinition column) {
        AlteredType is = AlteredType.of(column.type());
        AlteredType has = AlteredType.of(there.columnType());
        return has.widensTo(is) && !is.widensTo(has) && !has.equals(is);
    }

    /** MariaDB has another collation where it does not know the source's, and a key must not come to compare by another. */
    String defined(String definition, TargetColumn there) {
        return mariaDb
                        && there.collation() != null
                        && !AlteredType.of(definition).isDocument()
                ? new ColumnDefinition(there.name(), definition)
                        .withCharset(there.charset() + " COLLATE " + there.collation())
                : definition;
    }
}
