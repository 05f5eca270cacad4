package dev.tributary.sink.mysql;

import dev.tributary.record.Row;
import dev.tributary.sink.mysql.Statement.Purpose;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Deletes rows of one table by the values of some columns. */
final class RowDeletes {
    private final Shape shape;
    private final int[] columns;
    private final List<TargetColumn> into;
    private final Match[] matches;
    private final RowChunks chunks;
    /** By number of rows, of which {@link RowChunks} knows a few. */
    private final Map<Integer, String> sqlByCount = new HashMap<>();

    /**
     * @param columns indexes of the columns
     * @param into what each of them is at the target
     */
    RowDeletes(Shape shape, int[] columns, List<TargetColumn> into, RowSizes sizes) {
        this.shape = shape;
        this.columns = columns;
        this.into = into;
        this.matches = into.stream().map(Match::of).toArray(Match[]::new);
        this.chunks = new RowChunks(columns.length, sizes.statement());
    }

    void write(List<Row> rows, List<Statement> statements) {
        for (int from = 0; from < rows.size(); ) {
            int count = chunks.next(rows, from);
            @Nullable Object[] values = new @Nullable Object[count * columns.length];
            for (int row = from, at = 0; row < from + count; row++) {
                for (int i = 0; i < columns.length; i++) {
                    values[at++] =
                            matches[i].parameter(shape.schema().columns().get(columns[i]), rows.get(row), columns[i]);
                }
            }
            String sql = sqlByCount.computeIfAbsent(count, rowCount -> shape.delete(into, rowCount));
            statements.add(new Statement(shape.table(), sql, Tuple.wrap(values), Purpose.ROWS));
            from += count;
        }
    }
}
