package dev.tributary.dynamodb;

/**
 * How items travel from one DynamoDB to another: a row has the attributes of the key, and the whole item as a typed document. These
 * are the types of its columns, in words that are none of MySQL's.
 */
public final class WholeItem {
    /** The column that has the document. */
    public static final String COLUMN = "_item";
    /** Its type. */
    public static final String TYPE = "item";

    private static final String KEY = "attribute_";

    private WholeItem() {}

    /** The type of a key attribute's column. */
    public static String keyType(String attributeType) {
        return KEY + attributeType.toLowerCase(java.util.Locale.ROOT);
    }

    /** Whether a column's type is that of a key attribute: the service's own word for it in upper case; empty if not. */
    public static String attributeType(String columnType) {
        return columnType.startsWith(KEY) ? columnType.substring(KEY.length()).toUpperCase(java.util.Locale.ROOT) : "";
    }
}
