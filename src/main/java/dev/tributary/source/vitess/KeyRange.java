package dev.tributary.source.vitess;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Row;
import dev.tributary.record.TableSchema;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a table a part copies, by the first column of an integer key.
 *
 * @param column the column's name; empty for the whole table
 * @param from the smallest value, or null for no lower bound
 * @param to the value behind the greatest, or null for no upper bound
 */
record KeyRange(
        String column, @Nullable BigInteger from, @Nullable BigInteger to) {
    static final KeyRange ALL = new KeyRange("", null, null);

    /**
     * Cuts {@code [min, max]} into ranges that together hold every value there is or will be: of equal width, but for what is
     * below zero, which is one. No bound is below zero: the filters of Vitess (24.0.3, planbuilder.go) take no minus sign.
     */
    static List<KeyRange> cut(String column, BigInteger min, BigInteger max, int count) {
        List<BigInteger> bounds = new ArrayList<>();
        if (min.signum() < 0 && max.signum() >= 0) {
            bounds.add(BigInteger.ZERO);
        }
        BigInteger low = min.max(BigInteger.ZERO);
        int cuts = count - bounds.size();
        BigInteger width = max.subtract(low).divide(BigInteger.valueOf(cuts)).max(BigInteger.ONE);
        for (int i = 1; i < cuts && max.signum() >= 0; i++) {
            bounds.add(low.add(width.multiply(BigInteger.valueOf(i))));
        }

        List<KeyRange> ranges = new ArrayList<>();
        BigInteger from = null;
        for (BigInteger to : bounds) {
            ranges.add(new KeyRange(column, from, to));
            from = to;
        }
        ranges.add(new KeyRange(column, from, null));
        return ranges;
    }

    static KeyRange parse(String text) {
        if (text.isEmpty()) {
            return ALL;
        }
        JsonObject json = new JsonObject(text);
        return new KeyRange(json.getString("column"), number(json.getString("from")), number(json.getString("to")));
    }

    private static @Nullable BigInteger number(@Nullable String text) {
        return text == null ? null : new BigInteger(text);
    }

    String encode() {
        if (column.isEmpty()) {
            return "";
        }
        JsonObject json = new JsonObject().put("column", column);
        if (from != null) {
            json.put("from", from.toString());
        }
        if (to != null) {
            json.put("to", to.toString());
        }
        return json.encode();
    }

    boolean isAll() {
        return from == null && to == null;
    }

    /**
     * Whether an image is of a row in this range.
     *
     * @throws PipelineException if the column is no integer any more, or gone
     */
    boolean holds(TableSchema schema, Row image) {
        if (isAll()) {
            return true;
        }
        int index = schema.indexOf(column);
        if (index < 0) {
            throw unusable(schema);
        }
        byte[] key = image.value(index);
        try {
            return key != null && holds(key);
        } catch (NumberFormatException e) {
            throw unusable(schema);
        }
    }

    private PipelineException unusable(TableSchema schema) {
        return new PipelineException(
                Kind.FATAL,
                "table " + schema.table() + ": it was copied in ranges of its integer column " + column
                        + ", which is no more what it was: its schema was changed in the meantime; copy it again");
    }

    /** Whether the range holds a key value as the server writes an integer. */
    boolean holds(byte[] value) {
        BigInteger number = new BigInteger(new String(value, StandardCharsets.US_ASCII).strip());
        return (from == null || number.compareTo(from) >= 0) && (to == null || number.compareTo(to) < 0);
    }

    /** The VStream filter that sends all columns of this range's rows and no others. */
    String filter(String table) {
        return filter(table, "*");
    }

    /** The same with what is selected of a row. */
    String filter(String table, String columns) {
        StringBuilder sql =
                new StringBuilder("select ").append(columns).append(" from ").append(quote(table));
        String keyword = " where ";
        if (from != null) {
            sql.append(keyword).append(quote(column)).append(" >= ").append(from);
            keyword = " and ";
        }
        if (to != null) {
            sql.append(keyword).append(quote(column)).append(" < ").append(to);
        }
        return sql.toString();
    }

    static String quote(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
