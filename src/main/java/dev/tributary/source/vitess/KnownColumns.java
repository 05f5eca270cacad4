package dev.tributary.source.vitess;

import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.SourceTable;
import io.vitess.proto.Query.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gives fields the names of the columns that their rows were written with. The binlog has no names: a vttablet takes those of
 * the table as it is now (unless it runs with {@code --track-schema-versions}), so that rows from before a schema change that
 * is told later bear wrong names, or {@code @1} where the numbers of columns differ. Which columns a table has at the stream's
 * place is known here.
 */
final class KnownColumns {
    /** Types whose values a vttablet reads right without the column's definition. */
    private static final Pattern READ_WITHOUT_DEFINITION = Pattern.compile(
            "(tinyint|smallint|mediumint|int|bigint|decimal|float|double|date|datetime|timestamp|time|year|char|varchar"
                    + "|(tiny|medium|long)?text|json)\\b(?!.*(unsigned|zerofill)).*");

    private static final Pattern TYPE =
            Pattern.compile("(?<name>\\w+)(?:\\((?<size>[0-9, ]+)\\))?(?<unsigned> unsigned)?.*", Pattern.DOTALL);

    private KnownColumns() {}

    /**
     * @param table with its columns at the stream's place
     * @throws PipelineException if rows of these fields can't be those of the columns
     */
    static List<Field> name(SourceTable table, List<Field> fields) {
        List<ColumnDefinition> known = table.columns();
        if (isUnknown(table) || fields.size() >= known.size() && agree(known, fields)) {
            return fields;
        }
        if (fields.size() != known.size()) {
            throw unlike(table, fields.size() + " columns came where " + known.size() + " are known");
        }
        List<Field> named = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            named.add(withCharset(table, known.get(i), name(table, known.get(i), fields.get(i))));
        }
        return named;
    }

    /** Whether the fields of rows that are copied are not the columns that the target was made ready for. */
    static boolean isAltered(SourceTable table, List<Field> fields) {
        List<ColumnDefinition> known = table.columns();
        if (!isUnknown(table) && (fields.size() > known.size() || !agree(known, fields))) {
            return true;
        }
        return fields.stream()
                .anyMatch(field -> known.stream()
                        .anyMatch(column -> column.name().equalsIgnoreCase(field.getName())
                                && !sameType(column.type(), field.getColumnType())));
    }

    /** As far as both say it in the same words: members of an ENUM they may quote in another way, an INT's width is for show. */
    private static boolean sameType(String one, String other) {
        Matcher left = TYPE.matcher(one.toLowerCase(Locale.ROOT));
        Matcher right = TYPE.matcher(other.toLowerCase(Locale.ROOT));
        if (!left.matches() || !right.matches() || !left.group("name").equals(right.group("name"))) {
            return !left.matches() || !right.matches() || left.group("name").startsWith("geom");
        }
        boolean sized =
                !left.group("name").endsWith("int") && !left.group("name").equals("year");
        return (left.group("unsigned") == null) == (right.group("unsigned") == null)
                && (!sized || Objects.equals(left.group("size"), right.group("size")));
    }

    /** Whether nothing can be said of the order of the rows' values. */
    static boolean isUnknown(SourceTable table) {
        return table.columns().isEmpty()
                || table.columns().stream().anyMatch(column -> column.isGenerated() || column.says("invisible"));
    }

    /** Whether the names are the same, as far as both go: what is missing at the end was added last. */
    static boolean agree(List<ColumnDefinition> known, List<Field> fields) {
        for (int i = 0; i < Math.min(known.size(), fields.size()); i++) {
            if (!known.get(i).name().equalsIgnoreCase(fields.get(i).getName())) {
                return false;
            }
        }
        return true;
    }

    private static Field name(SourceTable table, ColumnDefinition column, Field field) {
        if (column.name().equalsIgnoreCase(field.getName())) {
            return field;
        }
        boolean nameless = field.getName().startsWith("@");
        boolean readable = nameless
                ? READ_WITHOUT_DEFINITION.matcher(column.type()).matches()
                : column.type().equalsIgnoreCase(field.getColumnType())
                        || readsAlike(column.type(), field.getColumnType());
        if (!readable) {
            throw unlike(table, "column " + column.name() + " came as " + field.getName());
        }
        return field.toBuilder()
                .setName(column.name())
                .setColumnType(column.type())
                .build();
    }

    /** What the tablet says of text is said of another column, or of none. */
    private static Field withCharset(SourceTable table, ColumnDefinition column, Field field) {
        if (!Collations.isText(column.type())) {
            return field;
        }
        int collation = Collations.collation(column, table.createStatement());
        if (collation == 0) {
            throw unlike(table, "the charset of column " + column.name() + " is not known");
        }
        return field.toBuilder().setCharset(collation).build();
    }

    private static boolean readsAlike(String one, String other) {
        return READ_WITHOUT_DEFINITION.matcher(one).matches()
                && READ_WITHOUT_DEFINITION.matcher(other).matches();
    }

    private static PipelineException unlike(SourceTable table, String what) {
        return new PipelineException(
                Kind.FATAL,
                "table " + table.id()
                        + ": its rows are from before a schema change, and the tablet no longer knows their"
                        + " columns (" + what + "); run the vttablets with --track-schema-versions, and carry the table"
                        + " in a new pipeline (TRIBUTARY_PIPELINE) into an empty target");
    }
}
