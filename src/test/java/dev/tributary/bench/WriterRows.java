package dev.tributary.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The rows that writers write, in sections: some to get warm on, new ones, and then as many of which every other one has
 * the key of a new one.
 */
enum WriterRows {
    WARM,
    FRESH,
    MIXED;

    private static final int MOST_WARM = 100_000;
    /** Owners from here on have rows of this section alone. */
    private static final long OWN = 100_000;

    int count(int rows) {
        return this == WARM ? Math.min(rows, MOST_WARM / BenchTable.ALL.size()) : rows;
    }

    /** Whether the n-th row changes one that is there. */
    boolean isUpdate(int n) {
        return this == MIXED && n % 2 == 0;
    }

    /** The n-th row of a table. */
    List<@Nullable String> row(BenchTable table, int n) {
        return isUpdate(n) ? table.row(FRESH.id(n / 2), 1) : table.row(id(n), 0);
    }

    /** A changed row as it was. */
    List<@Nullable String> before(BenchTable table, int n) {
        return table.row(FRESH.id(n / 2), 0);
    }

    private long id(int n) {
        return BenchTable.id(OWN * ordinal() + n / BenchTable.ROWS_OF_OWNER, n % BenchTable.ROWS_OF_OWNER);
    }

    /** Writes all sections into a directory, as LOAD DATA reads them. */
    static void write(Path directory, int rows) throws IOException {
        for (WriterRows section : values()) {
            for (BenchTable table : BenchTable.ALL) {
                Path file = directory.resolve(section.name().toLowerCase(java.util.Locale.ROOT) + "." + table.name());
                try (BufferedWriter writer = Files.newBufferedWriter(file)) {
                    for (int n = 0; n < section.count(rows); n++) {
                        writer.write(section.row(table, n).stream()
                                .map(value -> value == null ? "\\N" : value)
                                .collect(Collectors.joining("\t", "", "\n")));
                    }
                }
            }
        }
    }

    /** The digest of a target that has all of them. */
    static Map<String, String> digest(int rows) {
        Map<String, String> digests = new TreeMap<>();
        for (BenchTable table : BenchTable.ALL) {
            Digest digest = new Digest();
            IntStream.range(0, WARM.count(rows)).forEach(n -> digest.accept(WARM.row(table, n)));
            IntStream.range(0, rows).forEach(n -> digest.accept(MIXED.row(table, n)));
            // the new ones that were not changed
            IntStream.range((rows + 1) / 2, rows).forEach(n -> digest.accept(FRESH.row(table, n)));
            digests.put(table.name(), digest.count + " rows, sum " + digest.sum);
        }
        return digests;
    }

    /** What {@link BenchTable#digestSql} computes. */
    private static final class Digest implements Consumer<List<@Nullable String>> {
        private long count;
        private long sum;

        @Override
        public void accept(List<@Nullable String> row) {
            CRC32 crc = new CRC32();
            crc.update(row.stream()
                    .map(value -> value == null ? "NULL" : value)
                    .collect(Collectors.joining("|"))
                    .getBytes(StandardCharsets.UTF_8));
            count++;
            sum += crc.getValue();
        }
    }
}
