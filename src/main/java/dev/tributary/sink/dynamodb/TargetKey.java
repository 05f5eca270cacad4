package dev.tributary.sink.dynamodb;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.dynamodb.ItemNumber;
import dev.tributary.dynamodb.WholeItem;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * What tells a table's items apart: a key of one column is the partition key, one of two is partition and sort key. Of more the first
 * is the partition key, and the sort key is an attribute {@link #COMPOSITE} with the others, as the text of a JSON array of texts:
 * so different keys stay different, whatever is in them.
 *
 * @param columns the source's columns that make it, in order
 * @param attributes one or two
 */
record TargetKey(List<String> columns, List<Attribute> attributes) {
    /** The attribute that has what goes beyond two columns. */
    static final String COMPOSITE = "_key";

    private static final int PARTITION_BYTES = 2048;
    private static final int SORT_BYTES = 1024;
    private static final Pattern DECIMAL = Pattern.compile("(?:decimal|numeric)\\((\\d+).*");
    private static final Set<String> NUMBERS =
            Set.of("tinyint", "smallint", "mediumint", "int", "integer", "bigint", "decimal", "numeric", "year");
    private static final Set<String> TEXTS = Set.of("char", "varchar", "tinytext", "text", "mediumtext", "longtext");
    private static final Set<String> BYTES = Set.of("varbinary", "tinyblob", "blob", "mediumblob", "longblob");
    /** Their texts are not the same everywhere, or are no key at the source either. */
    private static final Set<String> NO_KEYS = Set.of("float", "double", "real", "json", "enum", "set");

    /** An attribute of a key, and its type. */
    record Attribute(String name, ScalarAttributeType type) {
        @Override
        public String toString() {
            return name + " (" + type + ")";
        }
    }

    /** A column by its name, type, and whether it is bytes. */
    record KeyColumn(String name, String type, boolean binary) {}

    TargetKey {
        columns = List.copyOf(columns);
        attributes = List.copyOf(attributes);
    }

    /**
     * @param key the columns that make it, in order
     * @throws PipelineException of kind SETTING if the service has no such key
     */
    static TargetKey of(ConnectionUrl url, String table, List<KeyColumn> key) {
        if (key.isEmpty()) {
            throw url.wrong(
                    "table '" + table + "' has no key, and DynamoDB has no items without: give it a primary key, or"
                            + " leave it out (TRIBUTARY_SOURCE, parameter 'exclude')");
        }
        List<Attribute> attributes = new ArrayList<>();
        for (KeyColumn column : key) {
            if (NO_KEYS.contains(ColumnValue.base(column.type()))) {
                throw url.wrong("table '" + table + "': its key column " + column.name() + " is "
                        + ColumnValue.base(column.type()) + ", of which DynamoDB has no keys: leave the table out"
                        + " (TRIBUTARY_SOURCE, parameter 'exclude')");
            }
            attributes.add(new Attribute(column.name(), type(column)));
        }
        List<String> names = key.stream().map(KeyColumn::name).toList();
        if (key.size() <= 2) {
            return new TargetKey(names, attributes);
        }
        if (names.stream().anyMatch(COMPOSITE::equalsIgnoreCase)) {
            throw takenName(url, table);
        }
        return new TargetKey(names, List.of(attributes.getFirst(), new Attribute(COMPOSITE, ScalarAttributeType.S)));
    }

    static PipelineException takenName(ConnectionUrl url, String table) {
        return url.wrong("table '" + table + "' has a column " + COMPOSITE
                + ", where its key of more than two columns is to be: leave the table out (TRIBUTARY_SOURCE, parameter"
                + " 'exclude')");
    }

    /** What equal values of a column have in common with those of another one, in a key: their text, or their bytes. */
    static String form(String type) {
        String base = DeclaredType.of(type).base();
        if (NUMBERS.contains(base)) {
            int arguments = type.indexOf('(');
            String named = base + (arguments < 0 ? "" : type.substring(arguments));
            return "number " + type(new KeyColumn("", named, false));
        }
        return TEXTS.contains(base) ? "text" : BYTES.contains(base) ? "bytes" : type.toLowerCase(Locale.ROOT);
    }

    static ScalarAttributeType type(KeyColumn column) {
        String declared = WholeItem.attributeType(column.type());
        if (!declared.isEmpty()) {
            return ScalarAttributeType.fromValue(declared);
        }
        if (column.binary()) {
            return ScalarAttributeType.B;
        }
        Matcher decimal = DECIMAL.matcher(column.type().toLowerCase(Locale.ROOT));
        boolean wide = decimal.matches() && Integer.parseInt(decimal.group(1)) > ItemNumber.MOST_DIGITS;
        return NUMBERS.contains(ColumnValue.base(column.type())) && !wide
                ? ScalarAttributeType.N
                : ScalarAttributeType.S;
    }

    static boolean isText(String type) {
        return TEXTS.contains(ColumnValue.base(type));
    }

    boolean isComposite() {
        return columns.size() > 2;
    }

    /** Where its columns are in rows of a shape. */
    int[] indexes(String table, TableSchema schema) {
        int[] indexes = new int[columns.size()];
        for (int i = 0; i < indexes.length; i++) {
            indexes[i] = indexOf(schema, columns.get(i));
            if (indexes[i] < 0) {
                throw new PipelineException(
                        Kind.FATAL,
                        "table " + table + ": its rows have no column " + columns.get(i)
                                + " any more, by which DynamoDB tells its items apart: start a new pipeline"
                                + " (TRIBUTARY_PIPELINE) into an empty target");
            }
        }
        return indexes;
    }

    /** Attributes of another DynamoDB may differ in case alone. */
    private static int indexOf(TableSchema schema, String name) {
        for (int i = 0; i < schema.columns().size(); i++) {
            if (schema.columns().get(i).name().equals(name)) {
                return i;
            }
        }
        return schema.indexOf(name);
    }

    /** Fails as FATAL for a key that the service has no item by. */
    void verify(String table, ItemKey key) {
        for (int i = 0; i < attributes.size(); i++) {
            String name = attributes.get(i).name();
            int most = i == 0 ? PARTITION_BYTES : SORT_BYTES;
            int bytes = key.bytes(name);
            if (bytes == 0 || bytes > most) {
                throw new PipelineException(
                        Kind.FATAL,
                        "table " + table + ", key " + key + ": its " + (i == 0 ? "partition" : "sort") + " key " + name
                                + (bytes == 0
                                        ? " is empty, and DynamoDB has no empty keys"
                                        : " has " + bytes + " bytes, and DynamoDB takes " + most)
                                + "; change the row at the source, or leave the table out (TRIBUTARY_SOURCE, parameter"
                                + " 'exclude')");
            }
        }
    }

    /** As operators see it. */
    @Override
    public String toString() {
        return attributes.stream().map(Attribute::toString).collect(Collectors.joining(", "));
    }

    /** By name, for a look at a table that is there. */
    Map<String, ScalarAttributeType> types() {
        return attributes.stream().collect(Collectors.toMap(Attribute::name, Attribute::type));
    }
}
