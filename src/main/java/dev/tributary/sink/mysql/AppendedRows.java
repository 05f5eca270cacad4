package dev.tributary.sink.mysql;

import static dev.tributary.sink.mysql.Identifiers.quoted;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Row;
import dev.tributary.sink.mysql.Statement.Purpose;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes rows that nothing tells apart: new ones are appended, an update or delete takes away one row that equals the old
 * image in every column. In source order, and nothing is folded: how many equal rows there are is part of the data.
 */
final class AppendedRows implements RowWriter {
    private final Shape shape;
    private final RowInserts inserts;

    AppendedRows(Shape shape, RowSizes sizes) {
        this.shape = shape;
        this.inserts = new RowInserts(shape, sizes, shape::insert);
    }

    @Override
    public void write(List<ChangeRecord> records, List<Statement> statements) {
        List<Row> fresh = new ArrayList<>();
        for (ChangeRecord record : records) {
            if (record.before() != null) {
                inserts.write(fresh, statements);
                fresh.clear();
                statements.add(removal(record.before()));
            }
            if (record.after() != null) {
                fresh.add(record.after());
            }
        }
        inserts.write(fresh, statements);
    }

    private Statement removal(Row row) {
        RowCondition equal = RowCondition.equal(shape, row);
        return new Statement(
                shape.table(),
                "DELETE FROM " + quoted(shape.table()) + " WHERE " + equal.sql() + shape.one(),
                Tuple.wrap(equal.values()),
                Purpose.ONE_ROW);
    }
}
