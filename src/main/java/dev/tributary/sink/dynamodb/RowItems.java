package dev.tributary.sink.dynamodb;

import dev.tributary.dynamodb.ItemDocument;
import dev.tributary.dynamodb.WholeItem;
import dev.tributary.record.Column;
import dev.tributary.record.Gaps;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Row;
import dev.tributary.record.TableSchema;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** Makes items of one shape's rows: an attribute for each value that is not NULL. Immutable. */
final class RowItems {
    private final String table;
    private final TargetKey key;
    private final TableSchema schema;
    private final int[] keyIndexes;
    private final ColumnValue[] values;
    /** Where the document is of rows that are items of another DynamoDB; -1 of others. */
    private final int document;
    /** Columns of texts and bytes that are not NULL where nothing is told of them: an INSERT has given them the empty one. */
    private final Set<String> notNull;

    /**
     * @param table the target's full name
     * @param notNull names of the columns that take no NULL, as far as they are known
     */
    RowItems(String table, TargetKey key, TableSchema schema, boolean jsonMaps, Set<String> notNull) {
        this.table = table;
        this.key = key;
        this.schema = schema;
        this.keyIndexes = key.indexes(table, schema);
        this.notNull = notNull;
        this.values = schema.columns().stream()
                .map(column -> ColumnValue.of(column, jsonMaps))
                .toArray(ColumnValue[]::new);
        int found = -1;
        for (int i = 0; i < schema.columns().size(); i++) {
            found = schema.columns().get(i).type().equals(WholeItem.TYPE) ? i : found;
        }
        this.document = found;
        verifyKey();
        if (key.isComposite() && schema.indexOf(TargetKey.COMPOSITE) >= 0) {
            throw new PipelineException(
                    Kind.FATAL,
                    "table " + table + " has got a column " + TargetKey.COMPOSITE
                            + ", where its key of more than two columns is; rename it at the source, and start a new"
                            + " pipeline (TRIBUTARY_PIPELINE) into an empty target");
        }
    }

    /** A value of another type is another key, or none. */
    private void verifyKey() {
        for (int index : keyIndexes) {
            Column column = schema.columns().get(index);
            if (!KeyCharsets.areExact(column.encoding())) {
                throw new PipelineException(
                        Kind.FATAL,
                        "table " + table + ": key column " + column.name() + " of its rows, from " + schema.table()
                                + ", is in charset " + column.encoding()
                                + ", of which different texts are one in Unicode, so that two rows would be one item:"
                                + " leave the table out (TRIBUTARY_SOURCE, parameter 'exclude')");
            }
        }
        for (int i = 0; i < key.attributes().size(); i++) {
            TargetKey.Attribute attribute = key.attributes().get(i);
            Column column = schema.columns().get(keyIndexes[i]);
            boolean composed = key.isComposite() && i > 0;
            if (!composed
                    && TargetKey.type(new TargetKey.KeyColumn(column.name(), column.type(), column.isBinary()))
                            != attribute.type()) {
                throw new PipelineException(
                        Kind.FATAL,
                        "table " + table + ": key column " + column.name() + " of its rows, from "
                                + schema.table() + ", is " + column.type()
                                + ", and its items have the key " + key
                                + ": start a new pipeline (TRIBUTARY_PIPELINE) into empty tables (a prefix in"
                                + " TRIBUTARY_SINK), or send these rows to another table");
            }
        }
    }

    ItemKey key(Row row) {
        Map<String, AttributeValue> attributes = new LinkedHashMap<>();
        List<TargetKey.Attribute> wanted = key.attributes();
        for (int i = 0; i < wanted.size(); i++) {
            TargetKey.Attribute attribute = wanted.get(i);
            AttributeValue value = key.isComposite() && i == 1
                    ? AttributeValue.fromS(rest(row))
                    : keyValue(attribute.type(), row, keyIndexes[i]);
            attributes.put(attribute.name(), value);
        }
        ItemKey made = new ItemKey(table, attributes);
        key.verify(table, made);
        return made;
    }

    private AttributeValue keyValue(ScalarAttributeType type, Row row, int index) {
        Column column = schema.columns().get(index);
        if (row.isNull(index)) {
            throw new PipelineException(
                    Kind.FATAL, "table " + table + ": key column " + column.name() + " is NULL in a row");
        }
        return switch (type) {
            case N ->
                ColumnValue.number(
                        column.type(),
                        new String(row.bytes(), row.start(index), row.length(index), StandardCharsets.UTF_8));
            case B -> AttributeValue.fromB(SdkBytes.fromByteArrayUnsafe(Objects.requireNonNull(row.value(index))));
            default -> AttributeValue.fromS(text(row, index));
        };
    }

    private String text(Row row, int index) {
        Column column = schema.columns().get(index);
        if (values[index] == ColumnValue.NUMBER) {
            return ColumnValue.keyNumber(row, index);
        }
        // a key's text of another DynamoDB comes as bytes
        return column.isBinary()
                ? ColumnValue.decoded(table, column, StandardCharsets.UTF_8, row, index)
                : ColumnValue.text(table, column, row, index);
    }

    private String rest(Row row) {
        JsonArray rest = new JsonArray();
        for (int i = 1; i < keyIndexes.length; i++) {
            int index = keyIndexes[i];
            rest.add(
                    schema.columns().get(index).isBinary()
                            ? Base64.getEncoder().encodeToString(Objects.requireNonNull(row.value(index)))
                            : text(row, index));
        }
        return rest.encode();
    }

    /** A row that is told whole, or made: what is not told of it has its default. */
    ItemWrite.Put put(ItemKey of, Row row) {
        if (document >= 0) {
            String json = new String(Objects.requireNonNull(row.value(document)), StandardCharsets.UTF_8);
            return new ItemWrite.Put(of, ItemDocument.item(new JsonObject(json)));
        }
        Map<String, AttributeValue> item = new LinkedHashMap<>(of.values());
        Gaps gaps = row.gaps();
        for (int i = 0; i < values.length; i++) {
            AttributeValue value = gaps != null && gaps.absent().get(i) ? defaulted(i) : value(row, i);
            if (value != null) {
                item.putIfAbsent(schema.columns().get(i).name(), value);
            }
        }
        return new ItemWrite.Put(of, item);
    }

    private @Nullable AttributeValue defaulted(int index) {
        Column column = schema.columns().get(index);
        if (!notNull.contains(column.name())) {
            return null;
        }
        if (ColumnValue.base(column.type()).equals("json")) {
            // what MySQL reads there
            return values[index] == ColumnValue.DOCUMENT ? AttributeValue.fromNul(true) : AttributeValue.fromS("null");
        }
        return column.isBinary() ? AttributeValue.fromB(SdkBytes.fromByteArray(new byte[0])) : AttributeValue.fromS("");
    }

    private @Nullable AttributeValue value(Row row, int index) {
        Column column = schema.columns().get(index);
        return row.isNull(index) ? null : values[index].of(table, column, row, index);
    }

    /** What is told of a row that was there. */
    ItemWrite.Update update(ItemKey of, Row row, Gaps gaps) {
        if (!gaps.expressions().isEmpty()) {
            throw new PipelineException(
                    Kind.FATAL,
                    "table " + table + ": the source's binlog holds differences of JSON documents, which DynamoDB can't"
                            + " make: set binlog_row_value_options='' at the source, and start a new pipeline"
                            + " (TRIBUTARY_PIPELINE) into an empty target");
        }
        Map<String, AttributeValue> told = new LinkedHashMap<>();
        Set<String> removed = new TreeSet<>();
        for (int i = 0; i < values.length; i++) {
            String name = schema.columns().get(i).name();
            if (gaps.absent().get(i) || of.values().containsKey(name)) {
                continue;
            }
            AttributeValue value = value(row, i);
            if (value == null) {
                removed.add(name);
            } else {
                told.put(name, value);
            }
        }
        return new ItemWrite.Update(of, told, removed);
    }

    /** A key was changed of a row that is not told whole: what is left out is at the old key alone. */
    PipelineException moved(ItemKey to) {
        return new PipelineException(
                Kind.FATAL,
                "table " + table + ", key " + to
                        + ": the key of a row was changed, and the source's binlog does not hold all"
                        + " of its values: set binlog_row_image=FULL at the source, and start a new pipeline"
                        + " (TRIBUTARY_PIPELINE) into an empty target");
    }
}
