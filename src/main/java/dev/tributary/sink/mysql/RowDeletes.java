package dev.tributary.sink.mysql;

import dev.tributary.record.Row;
import dev.tributary.sink.mysql.Statement.Purpose;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Deletes rows of one table by the values of some columns. */
final class RowDeletes {
    private final Shape shape;
    private final List<Binding> by;
    private final boolean byPrefix;
    private final RowChunks chunks;
    /** By number of rows, of which {@link RowChunks} knows a few. */
    private final Map<Integer, String> sqlByCount = new HashMap<>();

    RowDeletes(Shape shape, List<Binding> by, RowSizes sizes) {
        this.shape = shape;
        this.by = by;
        this.byPrefix = shape.byPrefix();
        this.chunks = new RowChunks(by.size(), sizes.statement());
    }

    void write(List<Row> rows, List<Statement> statements) {
        for (int from = 0; from < rows.size(); ) {
            int count = byPrefix ? 1 : chunks.next(rows, from);
            List<@Nullable Object> values = new ArrayList<>(count * by.size());
            for (Row row : rows.subList(from, from + count)) {
                by.forEach(column -> values.add(column.comparable(row)));
            }
            String sql = sqlByCount.computeIfAbsent(count, rowCount -> shape.delete(by, rowCount));
            if (byPrefix) {
                sql += addBytes(rows.get(from), values);
            }
            statements.add(new Statement(shape.table(), sql, Tuple.wrap(values), Purpose.ROWS));
            from += count;
        }
    }

    private String addBytes(Row row, List<@Nullable Object> values) {
        StringBuilder terms = new StringBuilder();
        for (Binding column : by) {
            if (column.match() == Match.TEXT) {
                terms.append(" AND ").append(column.sameBytes());
                values.add(column.bytes(row));
            }
        }
        return terms.toString();
    }
}
