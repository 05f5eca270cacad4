package dev.tributary.sink.mysql;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Row;
import dev.tributary.sink.mysql.Statement.Purpose;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows that have a key: what the changes of a batch come to, deletes first. Where that is not the source's key, a
 * row of the source takes no more away than what it has written itself: in the order of a source that does not enforce this
 * key, another row may have taken it over before it is given up, and is not to go with it.
 */
final class KeyedRows implements RowWriter {
    private final Shape shape;
    private final KeyReader keys;
    private final KeyReader owners;
    private final RowSizes sizes;
    private final RowDeletes deletes;
    private final RowDeletes ownDeletes;
    private final RowChunks inserts;
    /** By number of rows, of which {@link RowChunks} knows a few. */
    private final Map<Integer, String> insertSql = new HashMap<>();

    KeyedRows(Shape shape, RowSizes sizes) {
        this.shape = shape;
        this.sizes = sizes;
        this.keys = new KeyReader(shape.table(), shape.key());
        this.owners = new KeyReader(shape.table(), shape.owner());
        this.deletes = new RowDeletes(shape, shape.key(), sizes);
        this.ownDeletes = new RowDeletes(
                shape,
                Stream.concat(shape.key().stream(), shape.owner().stream()).toList(),
                sizes);
        this.inserts = new RowChunks(shape.written().size(), sizes.statement());
    }

    @Override
    public void write(List<ChangeRecord> records, List<Statement> statements) {
        Fold fold = Fold.of(records, keys, owners);
        List<Row> there = fold.there();
        (shape.owner().isEmpty() ? deletes : ownDeletes).write(fold.gone(), statements);
        if (shape.replaces()) {
            deletes.write(there, statements);
        }
        insert(there, statements);
    }

    private void insert(List<Row> rows, List<Statement> statements) {
        IntFunction<String> sql = shape.replaces() ? shape::insert : shape::upsert;
        for (int from = 0; from < rows.size(); ) {
            int count = inserts.next(rows, from);
            @Nullable Object[] values = shape.values(rows, from, count);
            sizes.check(shape.table(), values, rows.get(from));
            statements.add(new Statement(
                    shape.table(), insertSql.computeIfAbsent(count, sql::apply), Tuple.wrap(values), Purpose.ROWS));
            from += count;
        }
    }
}
