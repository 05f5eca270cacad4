package dev.tributary.sink.mysql;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Row;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Tells the rows of one shape apart by their key. */
final class KeyReader implements Fold.Keys {
    private final String table;
    private final int[] columns;
    private final Match[] matches;
    private final boolean canonical;
    private final int[] canonicalColumns;

    KeyReader(String table, List<Binding> key) {
        this.table = table;
        this.columns = key.stream().mapToInt(Binding::index).toArray();
        this.matches = key.stream().map(Binding::match).toArray(Match[]::new);
        this.canonicalColumns = new int[columns.length];
        // numbers may come with leading zeros
        boolean several = key.stream().anyMatch(column -> column.from().type().contains("zerofill"));
        for (int i = 0; i < columns.length; i++) {
            canonicalColumns[i] = i;
            several |= matches[i] == Match.DECIMAL || matches[i] == Match.FLOAT || matches[i] == Match.DOUBLE;
        }
        this.canonical = several;
    }

    /** Whether no column of the key is NULL. */
    boolean has(Row row) {
        for (int column : columns) {
            if (row.isNull(column)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public RowKey of(Row row) {
        if (!has(row)) {
            throw new PipelineException(Kind.FATAL, "table " + table + ": a row has NULL in a key column");
        }
        return canonical ? canonical(row) : new RowKey(row, columns);
    }

    @Override
    public boolean same(Row one, Row other) {
        if (canonical) {
            return of(one).equals(of(other));
        }
        for (int column : columns) {
            if (!one.isSame(column, other, column)) {
                return false;
            }
        }
        return true;
    }

    /** For types of which a source writes one value in several ways, such as {@code 0.1000} and {@code .1000}. */
    private RowKey canonical(Row row) {
        byte[][] values = new byte[columns.length][];
        for (int i = 0; i < columns.length; i++) {
            values[i] = text(row, i).getBytes(StandardCharsets.ISO_8859_1);
        }
        return new RowKey(Row.of(values), canonicalColumns);
    }

    private String text(Row row, int key) {
        String text = Match.ascii(row, columns[key]);
        return switch (matches[key]) {
            case SIGNED, UNSIGNED, DECIMAL -> {
                BigDecimal number = new BigDecimal(text);
                yield number.signum() == 0 ? "0" : number.stripTrailingZeros().toString();
            }
            // adding zero makes one of -0.0 and 0.0
            case FLOAT -> Float.toString(Float.parseFloat(text) + 0f);
            case DOUBLE -> Double.toString(Double.parseDouble(text) + 0d);
            default -> text;
        };
    }
}
