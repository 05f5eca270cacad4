package dev.tributary.diff;

import static dev.tributary.diff.ValueSql.quoted;

import dev.tributary.diff.TableInfo.Column;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The statements on one side's table. Digests are made on the server, of all columns; where rows are summed, the digest is
 * in a derived table that is not merged, as it would be computed for each half again.
 */
final class TableSql {
    /** Numbers of buckets that rows are spread over, where ranges of the key can't be read. */
    static final int BUCKETS = 4096;

    private static final String DIGEST_SUMS =
            "CAST(COALESCE(SUM(CAST(CONV(LEFT(h, 16), 16, 10) AS UNSIGNED)), 0) AS CHAR),"
                    + " CAST(COALESCE(SUM(CAST(CONV(RIGHT(h, 16), 16, 10) AS UNSIGNED)), 0) AS CHAR)";
    private static final String LIMITED = "SELECT /*+ MAX_EXECUTION_TIME(" + Server.QUERY_MILLIS + ") */ ";
    private static final String NOT_MERGED = " LIMIT 1000000000000";

    private final String table;
    private final List<KeyColumn> key;
    private final List<String> keyNames = new ArrayList<>();
    private final List<String> keyTexts = new ArrayList<>();
    /** By which the columns that differ are found. */
    private final List<String> shownValues = new ArrayList<>();

    private final List<String> shown;
    private final String from;
    private final List<String> documents = new ArrayList<>();
    private final String digest;
    /** Of all but the documents, which have no common text. */
    private final String comparable;

    private final String bucket;

    /**
     * @param columns those that both sides have, as this side has them
     * @param others the same columns, as the other side has them
     * @param index that has the key's order; null if there is none on both sides
     * @param keyColumns of {@code columns}, the key's; none for a table without
     */
    TableSql(
            String table,
            List<Column> columns,
            List<Column> others,
            @Nullable String index,
            List<KeyColumn> key,
            List<Integer> keyColumns,
            boolean shortFloats) {
        this.key = key;
        this.table = quoted(table);
        this.from = " FROM " + quoted(table) + (index == null ? "" : " FORCE INDEX (" + quoted(index) + ")");
        this.shown = columns.stream().map(ValueSql::shown).toList();
        List<String> values = new ArrayList<>();
        List<String> plain = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            String value = ValueSql.value(column, others.get(i), shortFloats);
            if (ValueSql.isDocument(column, others.get(i))) {
                String document = "CONVERT(" + quoted(column.name()) + " USING utf8mb4)";
                documents.add(document);
                shownValues.add(document);
            } else {
                plain.add(value);
                shownValues.add("CAST(" + value + " AS CHAR)");
            }
            values.add(value);
        }
        for (int i : keyColumns) {
            keyNames.add(quoted(columns.get(i).name()));
            keyTexts.add(KeyColumn.text(columns.get(i), others.get(i)));
        }
        this.digest = digest(values);
        this.comparable = digest(plain);
        this.bucket = key.isEmpty()
                ? "MOD(CONV(RIGHT(" + comparable + ", 6), 16, 10), " + BUCKETS + ")"
                : "MOD(CRC32(CONCAT_WS(',', " + String.join(", ", keyTexts) + ")), " + BUCKETS + ")";
    }

    private static String digest(List<String> values) {
        return values.isEmpty() ? "SHA2('', 224)" : "SHA2(CONCAT(" + String.join(", ',', ", values) + "), 224)";
    }

    String where(KeyRange range) {
        return range.where(keyNames, key);
    }

    /** The key that is at an offset, from 0, among those of a range; no row if there are fewer. */
    String keyAt(KeyRange range, int offset) {
        return LIMITED + String.join(", ", keyTexts) + from + " WHERE " + where(range) + " ORDER BY "
                + String.join(", ", keyNames) + " LIMIT 1 OFFSET " + offset;
    }

    /** Rows, rows with a digest, both sums. */
    String checksum(KeyRange range) {
        return LIMITED + "COUNT(*), COUNT(h), " + DIGEST_SUMS + " FROM (SELECT " + digest + " AS h" + from + " WHERE "
                + where(range) + NOT_MERGED + ") AS digests";
    }

    /** By bucket, whose name must not be that of a column: its number, rows, rows with a digest, one sum: the table may be too large to be put aside. */
    String buckets() {
        return "SELECT CAST(" + bucket + " AS SIGNED), COUNT(*), COUNT(" + digest
                + "), CAST(COALESCE(SUM(CAST(CONV(LEFT(" + digest + ", 16), 16, 10) AS UNSIGNED)), 0) AS CHAR)" + from
                + " GROUP BY 1";
    }

    String inBuckets(Collection<Integer> numbers) {
        return "CAST(" + bucket + " AS SIGNED) IN ("
                + numbers.stream().map(String::valueOf).collect(Collectors.joining(", ")) + ")";
    }

    /** Of every row of a table with a key: the comparable digest, the key's texts, the documents. */
    String rows(String where) {
        return "SELECT " + comparable + ", " + String.join(", ", keyTexts) + withDocuments() + from + " WHERE " + where;
    }

    /** Of a table without a key: comparable digests, how many rows have each, the documents. */
    String countedRows(String where) {
        String of = from + " WHERE " + where;
        return documents.isEmpty()
                ? "SELECT " + comparable + ", COUNT(*)" + of + " GROUP BY 1"
                : "SELECT " + comparable + ", 1" + withDocuments() + of;
    }

    private String withDocuments() {
        return documents.stream().map(document -> ", " + document).collect(Collectors.joining());
    }

    /** Of the rows with these keys: the key's texts, then the texts of all columns, of documents their own. */
    String rowsWith(Collection<RowKey> keys) {
        String where = keys.stream().map(this::isKey).collect(Collectors.joining(" OR "));
        return "SELECT " + String.join(", ", keyTexts) + ", " + String.join(", ", shownValues) + from + " WHERE "
                + where;
    }

    /** Whether there is a row with this key. */
    String has(RowKey row) {
        return "SELECT 1" + from + " WHERE " + isKey(row);
    }

    String delete(RowKey row) {
        return "DELETE FROM " + table + " WHERE " + isKey(row);
    }

    /** The conditions are on the texts themselves where a key's values have no literals. */
    private String isKey(RowKey row) {
        List<String> conditions = new ArrayList<>();
        for (int i = 0; i < key.size(); i++) {
            String text = row.text(i);
            if (text != null && key.get(i).form() != null) {
                conditions.add(keyNames.get(i) + " = " + key.get(i).literal(text));
            } else {
                conditions.add(
                        text == null
                                ? keyNames.get(i) + " IS NULL"
                                : "CAST(" + keyTexts.get(i) + " AS BINARY) = " + bytes(text));
            }
        }
        return "(" + String.join(" AND ", conditions) + ")";
    }

    /** A text that is compared as bytes: sessions may have any collation. */
    private static String bytes(String text) {
        return "X'" + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)) + "'";
    }

    /** Of the rows with these comparable digests: the digest, then the columns for people to read, the documents. */
    String rowsWithDigests(Collection<String> digests) {
        String in = digests.stream().map(TableSql::bytes).collect(Collectors.joining(", "));
        return "SELECT DISTINCT " + comparable + ", " + String.join(", ", shown) + withDocuments() + from
                + " WHERE CAST(" + comparable + " AS BINARY) IN (" + in + ")";
    }
}
