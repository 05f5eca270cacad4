package dev.tributary.source.vitess;

import binlogdata.Binlogdata.FieldEvent;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Row;
import dev.tributary.record.SourceTable;
import io.vitess.proto.Query.Field;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a copy sends in another way than the changes, made the same: FLOATs, and the members of an ENUM or SET. */
final class CopiedValues {
    /** By column; null where both are the same. */
    private final @Nullable UnaryOperator<byte[]>[] translations;

    private final boolean same;

    private CopiedValues(@Nullable UnaryOperator<byte[]>[] translations, boolean same) {
        this.translations = translations;
        this.same = same;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    static CopiedValues of(SourceTable table, FieldEvent event) {
        @Nullable UnaryOperator<byte[]>[] translations = new UnaryOperator[event.getFieldsCount()];
        boolean same = true;
        for (int i = 0; i < translations.length; i++) {
            translations[i] = translation(table, event.getFields(i));
            same &= translations[i] == null;
        }
        return new CopiedValues(translations, same);
    }

    private static @Nullable UnaryOperator<byte[]> translation(SourceTable table, Field field) {
        return switch (Collations.baseType(field.getColumnType())) {
            case "float" -> value -> ExactFloats.number(table.id(), value);
            case "enum", "set" -> {
                Charset charset = Collations.charset(field, table.createStatement());
                if (charset == null) {
                    throw new PipelineException(
                            Kind.FATAL,
                            "table " + table.id() + ": column " + field.getName()
                                    + ": the members of an ENUM or SET can't be"
                                    + " read in its charset; leave the table out (exclude="
                                    + table.id().name() + ")");
                }
                // in the column's charset here, and in that of the schema there
                yield charset.equals(StandardCharsets.UTF_8)
                        ? null
                        : value -> new String(value, charset).getBytes(StandardCharsets.UTF_8);
            }
            default -> null;
        };
    }

    Row read(Row row) {
        if (same) {
            return row;
        }
        byte[] @Nullable [] values = new byte[row.size()] @Nullable [];
        for (int i = 0; i < values.length; i++) {
            byte[] value = row.value(i);
            UnaryOperator<byte[]> translation = translations[i];
            values[i] = value == null || translation == null ? value : translation.apply(value);
        }
        return Row.of(values);
    }
}
