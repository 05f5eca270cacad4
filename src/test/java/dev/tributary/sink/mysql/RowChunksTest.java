package dev.tributary.sink.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.Row;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowChunksTest {
    private static List<Integer> chunks(RowChunks chunks, List<Row> rows) {
        List<Integer> counts = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += counts.getLast()) {
            counts.add(chunks.next(rows, from));
        }
        return counts;
    }

    private static List<Row> rows(int count, int bytes) {
        return Collections.nCopies(count, Row.of(new byte[bytes]));
    }

    @Test
    void rowsAreTakenByPowersOfTwo() {
        assertThat(chunks(new RowChunks(10, 1 << 20), rows(201, 1))).containsExactly(64, 64, 64, 8, 1);
        assertThat(chunks(new RowChunks(1, 1 << 20), rows(300, 1))).containsExactly(256, 32, 8, 4);
        assertThat(chunks(new RowChunks(1, 1 << 20), List.of())).isEmpty();
    }

    @Test
    void aWideTableTakesOneRowAtATime() {
        assertThat(chunks(new RowChunks(4096, 1 << 20), rows(3, 1))).containsExactly(1, 1, 1);
    }

    @Test
    void largeRowsMakeSmallStatements() {
        assertThat(chunks(new RowChunks(10, 1000), rows(7, 300))).containsExactly(2, 2, 2, 1);
        assertThat(chunks(new RowChunks(10, 1000), rows(3, 5000))).containsExactly(1, 1, 1);
    }
}
