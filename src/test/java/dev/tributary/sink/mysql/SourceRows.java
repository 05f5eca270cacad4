package dev.tributary.sink.mysql;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Column;
import dev.tributary.record.Operation;
import dev.tributary.record.Row;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableId;
import dev.tributary.record.TableSchema;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A source table and changes of its rows, whose values are given as text. */
final class SourceRows {
    final SourceTable table;
    final TableSchema schema;

    /**
     * @param key how many of the first columns are the key
     * @param columns {@code "id bigint"} each
     */
    SourceRows(String name, int key, String createStatement, String... columns) {
        List<Column> described = new ArrayList<>();
        List<Integer> keys = new ArrayList<>();
        List<String> keyNames = new ArrayList<>();
        for (String column : columns) {
            int blank = column.indexOf(' ');
            String type = column.substring(blank + 1);
            boolean binary = type.matches("(tiny|medium|long)?blob|(var)?binary.*|bit.*|geometry|point");
            Charset charset = type.contains("latin1") ? Charset.forName("windows-1252") : StandardCharsets.UTF_8;
            if (described.size() < key) {
                keys.add(described.size());
                keyNames.add(column.substring(0, blank));
            }
            // "varchar(50) cp932" comes in the bytes of that charset
            String encoding = type.matches("(var)?char.* (cp932|armscii8|utf8mb4)") ? type.replaceAll(".* ", "") : "";
            boolean unknown = binary || encoding.equals("armscii8");
            Charset known = encoding.equals("cp932") ? Charset.forName("windows-31j") : charset;
            described.add(new Column(column.substring(0, blank), type, unknown ? null : known, encoding));
        }
        TableId id = new TableId("commerce", name);
        this.table = new SourceTable(id, keyNames, createStatement);
        this.schema = new TableSchema(id, described, keys);
    }

    Row row(@Nullable Object... values) {
        byte[] @Nullable [] bytes = new byte[values.length] @Nullable [];
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            Charset charset = schema.columns().get(i).charset();
            bytes[i] = value == null
                    ? null
                    : value instanceof byte[] raw
                            ? raw
                            : value.toString().getBytes(charset == null ? StandardCharsets.UTF_8 : charset);
        }
        return Row.of(bytes);
    }

    ChangeRecord snapshot(@Nullable Object... values) {
        return new ChangeRecord(schema, Operation.SNAPSHOT, null, row(values));
    }

    ChangeRecord create(@Nullable Object... values) {
        return new ChangeRecord(schema, Operation.CREATE, null, row(values));
    }

    ChangeRecord update(Row before, Row after) {
        return new ChangeRecord(schema, Operation.UPDATE, before, after);
    }

    ChangeRecord delete(@Nullable Object... values) {
        return new ChangeRecord(schema, Operation.DELETE, row(values), null);
    }
}
