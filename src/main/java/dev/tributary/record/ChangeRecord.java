package dev.tributary.record;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One change of one row.
 *
 * @param schema the shape of both images
 * @param operation what happened
 * @param before the row as it was; null for {@code SNAPSHOT} and {@code CREATE}
 * @param after the row as it is; null for {@code DELETE}
 * @param metadata OpenCDC metadata; {@code table}, or else {@code opencdc.collection}, names the target table and wins over every setting
 */
public record ChangeRecord(
        TableSchema schema,
        Operation operation,
        @Nullable Row before,
        @Nullable Row after,
        Map<String, String> metadata) {
    public ChangeRecord {
        Objects.requireNonNull(schema);
        Objects.requireNonNull(operation);
        boolean wantsBefore = operation == Operation.UPDATE || operation == Operation.DELETE;
        boolean wantsAfter = operation != Operation.DELETE;
        if ((before != null) != wantsBefore || (after != null) != wantsAfter) {
            throw new IllegalArgumentException(schema.table() + ": wrong images for " + operation);
        }
    }

    public ChangeRecord(TableSchema schema, Operation operation, @Nullable Row before, @Nullable Row after) {
        this(schema, operation, before, after, Map.of());
    }
}
