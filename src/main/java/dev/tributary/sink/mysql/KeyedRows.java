package dev.tributary.sink.mysql;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Column;
import dev.tributary.record.Row;
import dev.tributary.sink.mysql.Statement.Purpose;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Writes rows that have a key: what the changes of a batch come to, deletes first. */
final class KeyedRows implements RowWriter {
    private final Shape shape;
    private final KeyReader keys;
    private final Match[] keyMatches;
    private final RowSizes sizes;
    private final RowChunks deletes;
    private final RowChunks inserts;
    private final Map<Integer, String> deleteSql = new HashMap<>();
    private final Map<Integer, String> insertSql = new HashMap<>();

    KeyedRows(Shape shape, RowSizes sizes) {
        this.shape = shape;
        this.sizes = sizes;
        this.keyMatches = shape.keyInto().stream().map(Match::of).toArray(Match[]::new);
        boolean padded =
                shape.keyInto().stream().anyMatch(column -> column.columnType().contains("zerofill"));
        this.keys = new KeyReader(shape.table(), shape.key(), keyMatches, padded);
        this.deletes = new RowChunks(keyMatches.length, sizes.statement());
        this.inserts = new RowChunks(shape.written().length, sizes.statement());
    }

    @Override
    public void write(List<ChangeRecord> records, List<Statement> statements) {
        Fold fold = Fold.of(records, keys);
        delete(shape.replaces() ? fold.touched() : fold.gone(), statements);
        insert(fold.there(), statements);
    }

    private void delete(List<Row> rows, List<Statement> statements) {
        for (int from = 0; from < rows.size(); ) {
            int count = deletes.next(rows, from);
            @Nullable Object[] values = new @Nullable Object[count * keyMatches.length];
            for (int row = from, at = 0; row < from + count; row++) {
                for (int key = 0; key < keyMatches.length; key++) {
                    int column = shape.key()[key];
                    values[at++] = keyMatches[key].parameter(column(column), rows.get(row), column);
                }
            }
            statements.add(statement(deleteSql.computeIfAbsent(count, shape::delete), values));
            from += count;
        }
    }

    private void insert(List<Row> rows, List<Statement> statements) {
        IntFunction<String> sql = shape.replaces() ? shape::insert : shape::upsert;
        for (int from = 0; from < rows.size(); ) {
            int count = inserts.next(rows, from);
            @Nullable Object[] values = shape.values(rows, from, count);
            sizes.check(shape.table(), values, rows.get(from));
            statements.add(statement(insertSql.computeIfAbsent(count, sql::apply), values));
            from += count;
        }
    }

    private Column column(int index) {
        return shape.schema().columns().get(index);
    }

    private Statement statement(String sql, @Nullable Object[] values) {
        return new Statement(shape.table(), sql, Tuple.wrap(values), Purpose.ROWS);
    }
}
