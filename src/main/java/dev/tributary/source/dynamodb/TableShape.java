package dev.tributary.source.dynamodb;

import dev.tributary.dynamodb.WholeItem;
import dev.tributary.record.Column;
import dev.tributary.record.ColumnDefinition;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableSchema;
import dev.tributary.source.dynamodb.TableFacts.KeyAttribute;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * The columns of a table's items: those of the key, the one for what has no column of its own, and one for each attribute that was
 * seen, of the type that was seen first. Immutable; grows into another with an item that has more.
 */
final class TableShape {
    /** What has no column of its own: NULLs, values of another type than their column's, names that no column can have. */
    static final String REST = "_other";
    /** The whole item. */
    static final String ITEM = WholeItem.COLUMN;

    /** What becomes of an item. */
    enum Form {
        /** A column for each attribute. */
        COLUMNS,
        /** One document beside its key. */
        DOCUMENT,
        /** The same, for another DynamoDB: with the types of the key's attributes. */
        ITEM
    }

    private static final int LONGEST_NAME = 64;
    /** So many texts and a key of the longest fit a page of InnoDB's. */
    private static final int MOST_COLUMNS = 120;

    private final TableFacts table;
    private final Form form;
    private final boolean grows;
    /** Of the attributes, those of the key first. */
    private final Map<String, AttributeColumn> columns;
    /** Their names as the target compares them. */
    private final Map<String, String> folded;

    /** Those that rows have values in. */
    private final List<AttributeColumn> carried;

    private final TableSchema schema;

    private TableShape(TableFacts table, Form form, boolean grows, Map<String, AttributeColumn> columns) {
        this.table = table;
        this.form = form;
        this.grows = grows;
        this.columns = columns;
        this.folded = columns.keySet().stream()
                .collect(Collectors.toMap(TableShape::fold, name -> name, (one, other) -> one));
        this.carried = columns.values().stream()
                .filter(column -> column.kind() != AttributeColumn.Kind.FOREIGN)
                .toList();
        List<Column> all = new ArrayList<>();
        carried.forEach(column -> all.add(column.column()));
        all.add(
                table.key().size(),
                form == Form.ITEM
                        ? new Column(WholeItem.COLUMN, WholeItem.TYPE, StandardCharsets.UTF_8)
                        : AttributeColumn.of(last(), AttributeColumn.Kind.DOCUMENT)
                                .column());
        this.schema = new TableSchema(
                table.id(), all, IntStream.range(0, table.key().size()).boxed().toList(), true);
    }

    static TableShape of(TableFacts table, Form form) {
        Map<String, AttributeColumn> key = new LinkedHashMap<>();
        boolean whole = form != Form.COLUMNS;
        for (KeyAttribute attribute : table.key()) {
            if (form == Form.ITEM) {
                // as it is: nothing but the item's document is written
                String type = WholeItem.keyType(attribute.type().toString());
                key.put(attribute.name(), AttributeColumn.bytes(attribute.name(), type));
                continue;
            }
            AttributeColumn column = attribute.type() == ScalarAttributeType.N
                    ? AttributeColumn.of(attribute.name(), AttributeColumn.Kind.INTEGER)
                    : AttributeColumn.bytes(attribute.name(), "varbinary(" + attribute.bytes() + ")");
            if (!isName(attribute.name())
                    || fold(attribute.name()).equals(whole ? ITEM : REST)
                    || key.keySet().stream().anyMatch(other -> fold(other).equals(fold(attribute.name())))) {
                throw new PipelineException(
                        Kind.FATAL,
                        "table " + table.id().name() + ": its key attribute '" + attribute.name()
                                + "' can't be a column of MySQL's: that is no longer than " + LONGEST_NAME
                                + " characters, differs from others by more than case and accents, and is not '"
                                + (whole ? ITEM : REST) + "'");
            }
            key.put(attribute.name(), column);
        }
        return new TableShape(table, form, true, key);
    }

    private String last() {
        return isWhole() ? ITEM : REST;
    }

    private static boolean isName(String name) {
        return !name.isEmpty()
                && name.length() <= LONGEST_NAME
                && !Character.isWhitespace(name.charAt(name.length() - 1))
                && name.chars().noneMatch(c -> c == 0 || Character.isSurrogate((char) c));
    }

    /** MySQL takes names of columns for the same that differ in case or accents only. */
    private static String fold(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFKD)
                .replaceAll("\\p{M}", "")
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT);
    }

    /** The table as the target is to create it. */
    SourceTable sourceTable() {
        TableShape bare = of(table, form);
        StringBuilder sql = new StringBuilder("CREATE TABLE ")
                .append(quoted(table.id().name()))
                .append(" (");
        for (AttributeColumn column : bare.columns.values()) {
            sql.append(quoted(column.name()))
                    .append(' ')
                    .append(column.column().type())
                    .append(" NOT NULL, ");
        }
        sql.append(quoted(last()))
                .append(form == Form.ITEM ? " " + WholeItem.TYPE : " json")
                .append(" DEFAULT NULL, PRIMARY KEY (");
        sql.append(table.keyNames().stream().map(TableShape::quoted).collect(Collectors.joining(", ")));
        sql.append(")) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin");
        return new SourceTable(table.id(), table.keyNames(), sql.toString());
    }

    private static String quoted(String name) {
        return '`' + name.replace("`", "``") + '`';
    }

    /**
     * The same table with the columns that the target has. Those that it does not have yet stay, if it gets them.
     *
     * @param more whether the target gets columns that it lacks
     */
    TableShape with(List<ColumnDefinition> there, boolean more) {
        Map<String, AttributeColumn> met = new LinkedHashMap<>();
        columns.values().stream().limit(table.key().size()).forEach(column -> met.put(column.name(), column));
        for (ColumnDefinition definition : there) {
            AttributeColumn column = AttributeColumn.there(definition);
            boolean key = met.containsKey(definition.name());
            if (!definition.name().equalsIgnoreCase(last()) && (key ? isWiderKey(met, column) : !isWhole())) {
                met.put(definition.name(), column);
            }
        }
        if (more) {
            columns.forEach((name, column) -> {
                if (met.keySet().stream().noneMatch(other -> fold(other).equals(fold(name)))) {
                    met.put(name, column);
                }
            });
        }
        return met.equals(columns) && more == grows ? this : new TableShape(table, form, more, met);
    }

    private static boolean isWiderKey(Map<String, AttributeColumn> known, AttributeColumn there) {
        AttributeColumn column = known.get(there.name());
        return column != null
                && column.kind() != AttributeColumn.Kind.BYTES
                && there.kind() == AttributeColumn.Kind.DECIMAL;
    }

    TableSchema schema() {
        return schema;
    }

    TableFacts table() {
        return table;
    }

    /** Whether items are documents. */
    boolean isWhole() {
        return form != Form.COLUMNS;
    }

    /** Whether nothing is needed of an item that was but its key. */
    boolean takesKeyBefore() {
        return form == Form.ITEM;
    }

    /** The columns of attributes, those of the key first. */
    List<AttributeColumn> columns() {
        return carried;
    }

    /** The shape that an item's values all have their place in. */
    TableShape fitting(Map<String, AttributeValue> item) {
        TableShape shape = this;
        for (Map.Entry<String, AttributeValue> entry : item.entrySet()) {
            AttributeColumn column = shape.columnFor(entry.getKey(), entry.getValue());
            if (column != null && !column.equals(shape.columns.get(entry.getKey()))) {
                Map<String, AttributeColumn> more = new LinkedHashMap<>(shape.columns);
                more.put(entry.getKey(), column);
                shape = new TableShape(table, form, grows, more);
            }
        }
        return shape;
    }

    /** The column that an attribute is to have from now on; null if this value gets none. */
    private @Nullable AttributeColumn columnFor(String name, AttributeValue value) {
        AttributeColumn known = columns.get(name);
        if (known == null) {
            boolean room = grows && !isWhole() && columns.size() < MOST_COLUMNS;
            boolean free = isName(name)
                    && !folded.containsKey(fold(name))
                    && !fold(name).equals(REST);
            return room && free ? AttributeColumn.first(name, value) : null;
        }
        boolean number = value.type() == AttributeValue.Type.N && known.takes(value);
        if (!number) {
            return null;
        }
        AttributeColumn wider = known.widened(value.n());
        boolean key = table.keyNames().contains(name);
        if (key && (wider == null || !grows && !wider.equals(known))) {
            throw new PipelineException(
                    Kind.FATAL,
                    "table " + table.id().name() + ": a number of its key attribute '" + name
                            + "' fits no column that the target's may be made: it is "
                            + known.column().type() + (grows ? "" : " and TRIBUTARY_SCHEMA=none keeps it"));
        }
        return grows ? wider : null;
    }

    /** Whether a number is in its column as it is. */
    boolean holds(AttributeColumn column, AttributeValue value) {
        return value.type() != AttributeValue.Type.N || column.equals(column.widened(value.n()));
    }
}
