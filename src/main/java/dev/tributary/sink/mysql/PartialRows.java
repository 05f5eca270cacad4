package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.Identifiers.quoted;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Gaps;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Row;
import dev.tributary.sink.mysql.Statement.Purpose;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes images that lack values, each by itself and in the source's order: an {@code UPDATE} of what the image holds, for what it
 * lacks is at the target alone. Whole images between them go the way of whole ones.
 */
final class PartialRows implements RowWriter {
    /** What a statement begins with that no other row needs: it is not worth keeping it prepared. */
    static final String ONCE = "/* once */ ";

    private final Shape shape;
    private final RowSizes sizes;
    private final RowWriter whole;
    private final Lenience lenience;
    private final Purpose purpose;
    private final boolean exact;

    /**
     * @param copied whether a copy catches up with changes, some of which are of rows that it has not come to
     * @param exact whether a batch is written once, whatever happens
     */
    PartialRows(Shape shape, RowSizes sizes, RowWriter whole, boolean copied, boolean exact) {
        this.purpose = copied && !shape.appends() ? Purpose.ANY_ROW : Purpose.ONE_ROW;
        this.exact = exact;
        this.shape = shape;
        this.sizes = sizes;
        this.whole = whole;
        this.lenience = new Lenience(shape);
    }

    @Override
    public void write(List<ChangeRecord> records, List<Statement> statements) {
        int written = 0;
        for (int i = 0; i < records.size(); i++) {
            ChangeRecord record = records.get(i);
            Row after = record.after();
            Gaps gaps = after == null ? null : after.gaps();
            if (after != null && gaps != null) {
                writeWhole(records.subList(written, i), statements);
                writePartial(record.before(), after, gaps, statements);
                written = i + 1;
            }
        }
        writeWhole(written == 0 ? records : records.subList(written, records.size()), statements);
    }

    private void writeWhole(List<ChangeRecord> records, List<Statement> statements) {
        if (!records.isEmpty()) {
            whole.write(records, statements);
        }
    }

    private void writePartial(@Nullable Row before, Row after, Gaps gaps, List<Statement> statements) {
        if (!shape.owner().isEmpty()) {
            throw refused("its key is not the source's (TRIBUTARY_KEY_COLUMNS)");
        }
        if (!exact) {
            throw refused("the target is sharded, and may be written to twice");
        }
        if (before == null && !shape.appends()) {
            // what it lacks has its default, and not what another row has left
            RowCondition condition = RowCondition.key(shape, after);
            String sql = "DELETE FROM " + quoted(shape.table()) + " WHERE " + condition.sql();
            statements.add(new Statement(shape.table(), sql, Tuple.wrap(condition.values()), Purpose.ROWS));
        }
        Assignment assignment = new Assignment(after, gaps, before == null);
        boolean lenient = lenience.needs(after);
        if (lenient) {
            statements.add(lenience.begin());
        }
        statements.add(before == null ? assignment.insert() : assignment.update(before));
        if (lenient) {
            statements.add(lenience.end());
        }
    }

    private PipelineException refused(String why) {
        return new PipelineException(
                Kind.FATAL,
                "table " + shape.table() + ": the source's binlog holds parts of a row only, and the table can't take"
                        + " them: " + why + "; set binlog_row_image=FULL and binlog_row_value_options='' at the source,"
                        + " and start a new pipeline (TRIBUTARY_PIPELINE) into an empty target");
    }

    /** What an image holds, as columns of the target and what they are set to. */
    private final class Assignment {
        private final Row after;
        private final List<String> names = new ArrayList<>();
        private final List<String> terms = new ArrayList<>();
        private final List<@Nullable Object> values = new ArrayList<>();

        /** @param fresh whether the row is new: the source has logged defaults that say something, and the rest is none */
        Assignment(Row after, Gaps gaps, boolean fresh) {
            this.after = after;
            for (Binding column : shape.written()) {
                int index = column.index();
                if (gaps.absent().get(index) && !fresh) {
                    continue;
                }
                names.add(quoted(column.name()));
                if (gaps.absent().get(index)) {
                    terms.add(column.into().nullable() ? "NULL" : "''");
                } else if (gaps.expressions().get(index)) {
                    terms.add(expression(column));
                } else {
                    terms.add(column.parameter());
                    values.add(column.value(after));
                }
            }
        }

        private String expression(Binding column) {
            if (shape.isMariaDb() || column.match() != Match.JSON) {
                throw refused("column " + column.name() + " is no JSON column of MySQL's");
            }
            String sql = new String(Objects.requireNonNull(after.value(column.index())), StandardCharsets.UTF_8);
            int old = sql.indexOf(Gaps.OLD);
            return old < 0
                    ? sql
                    : sql.substring(0, old) + quoted(column.name()) + sql.substring(old + Gaps.OLD.length());
        }

        Statement insert() {
            String sql = ONCE + "INSERT INTO " + quoted(shape.table()) + " (" + String.join(", ", names) + ") VALUES ("
                    + String.join(", ", terms) + ")";
            return statement(sql, Purpose.ROWS);
        }

        Statement update(Row before) {
            RowCondition condition =
                    shape.appends() ? RowCondition.equal(shape, before) : RowCondition.key(shape, before);
            List<String> assigned = new ArrayList<>(names.size());
            for (int i = 0; i < names.size(); i++) {
                assigned.add(names.get(i) + " = " + terms.get(i));
            }
            values.addAll(condition.values());
            String sql = ONCE + "UPDATE " + quoted(shape.table()) + " SET " + String.join(", ", assigned) + " WHERE "
                    + condition.sql() + (shape.appends() ? shape.one() : "");
            return statement(sql, purpose);
        }

        private Statement statement(String sql, Purpose purpose) {
            Tuple all = Tuple.wrap(values);
            sizes.check(shape.table(), sql, all, after);
            return new Statement(shape.table(), sql, all, purpose);
        }
    }
}
