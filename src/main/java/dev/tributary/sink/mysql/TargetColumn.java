package dev.tributary.sink.mysql;

import org.jspecify.annotations.Nullable;

/**
 * A column of a target table.
 *
 * @param dataType the type's name alone, such as {@code decimal}
 * @param columnType the type as declared, such as {@code decimal(10,2) unsigned}
 * @param charset of text; null of anything else
 * @param collation the same
 * @param texts how it takes text
 * @param nullable whether it takes NULL
 * @param optional whether a row can be inserted without a value for it
 * @param generated whether its values can't be written
 * @param counter whether the server makes values for it by AUTO_INCREMENT
 * @param unset what a row has that was inserted without a value for it, in SQL; null if that can't be told
 * @param leads whether some index begins with it
 */
record TargetColumn(
        String name,
        String dataType,
        String columnType,
        @Nullable String charset,
        @Nullable String collation,
        Texts texts,
        boolean nullable,
        boolean optional,
        boolean generated,
        boolean counter,
        @Nullable String unset,
        boolean leads) {
    ColumnType type() {
        return ColumnType.of(columnType, charset, collation);
    }

    /** MySQL's name of its charset, of which servers have two for one; empty if it has none. */
    String encoding() {
        return charset == null ? "" : charset.equals("utf8mb3") ? "utf8" : charset;
    }

    boolean isUnsigned() {
        return columnType.contains("unsigned");
    }
}
