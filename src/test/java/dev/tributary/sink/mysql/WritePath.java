package dev.tributary.sink.mysql;

import dev.tributary.config.Settings.SchemaPolicy;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Column;
import dev.tributary.record.Operation;
import dev.tributary.record.Row;
import dev.tributary.record.TableSchema;
import dev.tributary.route.TargetTable;
import dev.tributary.sink.mysql.TargetLayout.UniqueIndex;
import dev.tributary.workload.TenColumns;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The way of rows of {@link TenColumns} from records to the values that the client writes into its packets. */
final class WritePath {
    static final int ROWS = 1_000;

    private static final long PACKET = 64 << 20;

    final List<ChangeRecord> copied;
    /** Each row twice. */
    final List<ChangeRecord> updated;

    private final Shape shape;
    private final KeyedRows writer;

    WritePath() {
        TableSchema schema = TenColumns.schema();
        List<Row> rows = TenColumns.rows(ROWS);
        copied = rows.stream()
                .map(row -> new ChangeRecord(schema, Operation.SNAPSHOT, null, row))
                .toList();
        updated = IntStream.range(0, ROWS)
                .mapToObj(i -> rows.get(i % (ROWS / 2)))
                .map(row -> new ChangeRecord(schema, Operation.UPDATE, row, row))
                .toList();
        TargetLayout layout = new TargetLayout(
                TenColumns.TABLE.name(),
                false,
                "InnoDB",
                false,
                schema.columns().stream().map(WritePath::column).toList(),
                List.of(new UniqueIndex("PRIMARY", List.of(TenColumns.KEY), List.of(0))));
        TargetTable target = new TargetTable(TenColumns.TABLE.name(), List.of(TenColumns.KEY));
        shape = Shape.of(target, schema, layout, SchemaRules.of(SchemaPolicy.CREATE));
        writer = new KeyedRows(shape, new RowSizes(PACKET), false);
    }

    private static TargetColumn column(Column column) {
        String charset = column.encoding().isEmpty() ? null : column.encoding();
        boolean key = column.name().equals(TenColumns.KEY);
        return new TargetColumn(
                column.name(),
                column.type().replaceAll("\\(.*", ""),
                column.type(),
                charset,
                charset == null ? null : charset + "_bin",
                Texts.BYTES,
                !key,
                !key,
                false,
                false,
                null,
                key);
    }

    /** The rows that are left of the updates. */
    int fold() {
        KeyReader keys = new KeyReader(shape.table(), shape.key());
        return Fold.of(updated, keys, new KeyReader(shape.table(), shape.owner()))
                .there()
                .size();
    }

    /** Makes the statements, and gives the bytes that the values are, each asked for twice. */
    long write(List<ChangeRecord> records) {
        List<Statement> statements = new ArrayList<>();
        writer.write(records, statements);
        long bytes = 0;
        for (Statement statement : statements) {
            for (int pass = 0; pass < 2; pass++) {
                for (int i = 0; i < statement.values().size(); i++) {
                    bytes += pass * size(statement.values().getValue(i));
                }
            }
        }
        return bytes;
    }

    private static int size(@Nullable Object value) {
        return value instanceof Buffer buffer ? buffer.getByteBuf().readableBytes() : value == null ? 0 : Long.BYTES;
    }
}
