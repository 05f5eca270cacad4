package dev.tributary.source.dynamodb;

import dev.tributary.dynamodb.ItemDocument;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.Operation;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Row;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Makes rows of one table's items. All of its streams share it, on their own threads. */
final class ItemRows {
    private final AtomicReference<TableShape> shape;
    private final boolean plain;

    /** @param plain whether documents are plain JSON */
    ItemRows(TableShape shape, boolean plain) {
        this.shape = new AtomicReference<>(shape);
        this.plain = plain;
    }

    TableFacts table() {
        return shape.get().table();
    }

    /** What the target has. */
    void meet(List<ColumnDefinition> columns, boolean grows) {
        shape.updateAndGet(known -> known.with(columns, grows));
    }

    ChangeRecord record(
            Operation operation,
            @Nullable Map<String, AttributeValue> before,
            @Nullable Map<String, AttributeValue> after) {
        // one shape for both
        TableShape fitting = after == null ? shape.get() : fitting(after);
        if (before != null) {
            fitting = before.size() <= table().key().size() ? fitting : fitting(before);
        }
        return new ChangeRecord(
                fitting.schema(),
                operation,
                before == null ? null : row(fitting, before, fitting.takesKeyBefore()),
                after == null ? null : row(fitting, after, false));
    }

    private TableShape fitting(Map<String, AttributeValue> item) {
        TableShape known = shape.get();
        TableShape fitting = known.fitting(item);
        while (fitting != known && !shape.compareAndSet(known, fitting)) {
            known = shape.get();
            fitting = known.fitting(item);
        }
        return fitting;
    }

    private Row row(TableShape fitting, Map<String, AttributeValue> item, boolean keyAlone) {
        int keys = table().key().size();
        byte[][] values = new byte[fitting.schema().columns().size()][];
        Map<String, AttributeValue> rest = new LinkedHashMap<>(item);
        int index = 0;
        for (AttributeColumn column : fitting.columns()) {
            AttributeValue value = item.get(column.name());
            boolean key = index < keys;
            if (key && value == null) {
                throw new PipelineException(
                        Kind.FATAL,
                        "table " + table().id().name() + ": an item comes without its key attribute " + column.name());
            }
            if (value != null && (key || column.takes(value) && fitting.holds(column, value))) {
                values[key ? index : index + 1] = value(value);
                rest.remove(column.name());
            }
            index++;
        }
        if (fitting.isWhole() && !keyAlone) {
            values[keys] = ItemDocument.of(item, plain).getBytes(StandardCharsets.UTF_8);
        } else if (!fitting.isWhole() && !rest.isEmpty()) {
            values[keys] = ItemDocument.of(rest, false).getBytes(StandardCharsets.UTF_8);
        }
        return Row.of(values);
    }

    private byte[] value(AttributeValue value) {
        return switch (value.type()) {
            case S -> value.s().getBytes(StandardCharsets.UTF_8);
            case N -> ExactNumber.text(value.n()).getBytes(StandardCharsets.UTF_8);
            case B -> value.b().asByteArrayUnsafe();
            case BOOL -> new byte[] {(byte) (Boolean.TRUE.equals(value.bool()) ? '1' : '0')};
            default -> ItemDocument.of(value, plain).getBytes(StandardCharsets.UTF_8);
        };
    }

    /** The size of a record's images. */
    static int bytes(ChangeRecord record) {
        return size(record.before()) + size(record.after());
    }

    private static int size(@Nullable Row row) {
        return row == null ? 0 : row.length();
    }
}
