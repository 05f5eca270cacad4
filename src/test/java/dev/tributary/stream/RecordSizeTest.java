package dev.tributary.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Column;
import dev.tributary.record.Operation;
import dev.tributary.record.Row;
import dev.tributary.record.RowPages;
import dev.tributary.record.TableId;
import dev.tributary.record.TableSchema;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is counted for a record is about what the JVM takes for it. */
class RecordSizeTest {
    private static final int RECORDS = 20_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @CsvSource({
        "1, 1, DELETE, false",
        "1, 6, CREATE, false",
        "1, 6, UPDATE, false",
        "10, 1, CREATE, false",
        "10, 3, UPDATE, false",
        "60, 0, UPDATE, false",
        "3, 500, CREATE, false",
        "1, 1, DELETE, true",
        "1, 6, UPDATE, true",
        "10, 1, CREATE, true",
        "10, 10, UPDATE, true",
        "200, 1, CREATE, true",
        "3, 500, CREATE, true"
    })
    void isAboutWhatTheJvmTakes(int columns, int length, Operation operation, boolean inPages) {
        TableSchema schema = new TableSchema(
                new TableId("commerce", "orders"),
                IntStream.range(0, columns)
                        .mapToObj(i -> new Column("c" + i, "text", StandardCharsets.UTF_8))
                        .toList(),
                List.of(0));
        byte[][] values = new byte[columns][length];
        List<ChangeRecord> records = new ArrayList<>();
        Function<byte[][], Row> rows = inPages ? inPages() : RecordSizeTest::row;
        make(schema, operation, values, rows, records); // classes are loaded and code is compiled
        records = new ArrayList<>();

        long before = THREADS.getCurrentThreadAllocatedBytes();
        make(schema, operation, values, rows, records);
        long taken = (THREADS.getCurrentThreadAllocatedBytes() - before) / RECORDS;

        int images = operation == Operation.UPDATE ? 2 : 1;
        long counted = RecordSize.of(records.getFirst(), images * columns * length);
        // growing, the list takes some that it gives back
        assertThat((double) counted).isCloseTo(taken, within(0.15 * taken));
    }

    private static void make(
            TableSchema schema,
            Operation operation,
            byte[][] values,
            Function<byte[][], Row> rows,
            List<ChangeRecord> records) {
        for (int i = 0; i < RECORDS; i++) {
            Row before = operation == Operation.CREATE ? null : rows.apply(values);
            Row after = operation == Operation.DELETE ? null : rows.apply(values);
            records.add(new ChangeRecord(schema, operation, before, after));
        }
    }

    private static Row row(byte[][] values) {
        int length = values[0].length;
        byte[] bytes = new byte[values.length * length];
        int[] offsets = new int[values.length + 1];
        Arrays.setAll(offsets, i -> i * length);
        return new Row(bytes, offsets);
    }

    private static Function<byte[][], Row> inPages() {
        RowPages pages = new RowPages();
        byte[] from = new byte[100_000];
        return values -> {
            int length = values[0].length;
            int[] offsets = pages.offsets(values.length + 1);
            for (int i = 0; i <= values.length; i++) {
                offsets[pages.first() + i] = i * length;
            }
            return pages.row(from, 0, values.length * length, values.length);
        };
    }
}
