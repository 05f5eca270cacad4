package dev.tributary.workload;

import dev.tributary.record.Column;
import dev.tributary.record.Row;
import dev.tributary.record.TableId;
import dev.tributary.record.TableSchema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/** A table of ten columns of mixed types, for what measures the stream path without servers. */
public final class TenColumns {
    public static final TableId TABLE = new TableId("commerce", "orders");

    /** The primary key. */
    public static final String KEY = "id";

    /** The columns and their types, the key first. */
    public static final List<String> DECLARED = List.of(
            "id bigint",
            "owner bigint",
            "quantity int",
            "price decimal(12,2)",
            "status varchar(20)",
            "title varchar(100)",
            "ordered_at datetime",
            "due date",
            "weight double",
            "note varchar(255)");

    private TenColumns() {}

    public static TableSchema schema() {
        return new TableSchema(TABLE, DECLARED.stream().map(TenColumns::column).toList(), List.of(0));
    }

    private static Column column(String declared) {
        String type = declared.substring(declared.indexOf(' ') + 1);
        return new Column(
                declared.substring(0, declared.indexOf(' ')),
                type,
                StandardCharsets.UTF_8,
                type.startsWith("varchar") ? "utf8mb4" : "");
    }

    /** The values of a row as MySQL writes them. */
    public static List<String> values(long id) {
        return List.of(
                Long.toString(id),
                Long.toString(id / 1000),
                Long.toString(id % 1000),
                id % 100_000 + ".25",
                "returned",
                "a title of some words, of order " + id,
                "2026-03-11 12:34:56",
                "2026-04-01",
                id % 1000 + ".5",
                "what a customer wants to be known " + id * 7);
    }

    public static Row row(long id) {
        return Row.of(values(id).stream()
                .map(value -> value.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new));
    }

    /** Rows that follow each other. */
    public static List<Row> rows(int count) {
        return IntStream.range(0, count).mapToObj(TenColumns::row).toList();
    }
}
