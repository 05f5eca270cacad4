package dev.tributary.sink.mysql;

/**
 * A column of a target table.
 *
 * @param dataType the type's name alone, such as {@code decimal}
 * @param columnType the type as declared, such as {@code decimal(10,2) unsigned}
 * @param encoding MySQL's name of its charset; empty if it has none
 * @param collation how its texts are compared; empty if it has no charset
 * @param takesBytes whether it takes text as bytes of its charset, and not in that of the session only
 * @param nullable whether it takes NULL
 * @param optional whether a row can be inserted without a value for it
 * @param generated whether its values can't be written
 * @param counter whether the server makes values for it by AUTO_INCREMENT
 * @param leads whether some index begins with it
 */
record TargetColumn(
        String name,
        String dataType,
        String columnType,
        String encoding,
        String collation,
        boolean takesBytes,
        boolean nullable,
        boolean optional,
        boolean generated,
        boolean counter,
        boolean leads) {
    boolean isUnsigned() {
        return columnType.contains("unsigned");
    }
}
