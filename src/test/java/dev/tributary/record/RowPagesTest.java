package dev.tributary.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows that share arrays keep what is theirs. */
class RowPagesTest {
    private final RowPages pages = new RowPages();
    private final Random random = new Random(11);

    @Test
    void everyRowHasItsValuesHoweverManyCameBehindIt() {
        List<byte[] @Nullable []> told = new ArrayList<>();
        List<Row> kept = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            byte[] @Nullable [] values = values();
            told.add(values);
            kept.add(keep(values));
        }
        for (int i = 0; i < kept.size(); i++) {
            Row row = kept.get(i);
            assertThat(row.size()).isEqualTo(told.get(i).length);
            int length = 0;
            for (int column = 0; column < row.size(); column++) {
                assertThat(row.value(column)).isEqualTo(told.get(i)[column]);
                length += row.length(column);
            }
            assertThat(row.length()).isEqualTo(length);
        }
    }

    @Test
    void smallRowsShareAnArrayAndALargeOneHasItsOwn() {
        byte[] small = new byte[20];
        byte[] large = new byte[5_000];

        assertThat(keep(small).bytes()).isSameAs(keep(small).bytes());
        assertThat(keep(large).bytes()).hasSize(large.length);
    }

    @Test
    void aRowThatIsDroppedLeavesItsRoomToTheNext() {
        Row kept = keep("kept".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < 10_000; i++) {
            pages.mark();
            keep(new byte[20]);
            keep(new byte[30], null);
            pages.drop();
        }
        Row next = keep("next".getBytes(StandardCharsets.UTF_8), new byte[0]);

        assertThat(next.bytes()).isSameAs(kept.bytes());
        assertThat(next.start(0)).isEqualTo(4);
        assertThat(next.value(0)).isEqualTo("next".getBytes(StandardCharsets.UTF_8));
        assertThat(kept.value(0)).isEqualTo("kept".getBytes(StandardCharsets.UTF_8));
        assertThat(kept.size()).isEqualTo(1);
    }

    /** What came before the mark stays, whichever page it is in. */
    @Test
    void whatWasKeptBeforeStaysWhenAPageEndsBehindTheMark() {
        List<byte[] @Nullable []> told = new ArrayList<>();
        List<Row> kept = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            pages.mark();
            byte[] @Nullable [] values = values();
            Row row = keep(values);
            if (random.nextInt(3) == 0) {
                told.add(values);
                kept.add(row);
            } else {
                keep(values());
                pages.drop();
            }
        }
        for (int i = 0; i < kept.size(); i++) {
            for (int column = 0; column < kept.get(i).size(); column++) {
                assertThat(kept.get(i).value(column)).isEqualTo(told.get(i)[column]);
            }
        }
    }

    @Test
    void aColumnThatARowHasNotIsNotAnothers() {
        Row row = keep(new byte[1]);
        keep(new byte[1]);

        assertThatThrownBy(() -> row.isNull(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> row.start(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private byte[] @Nullable [] values() {
        byte[] @Nullable [] values = new byte[random.nextInt(20) == 0 ? 400 : random.nextInt(12)] @Nullable [];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(4) == 0 ? null : new byte[random.nextInt(random.nextInt(50) == 0 ? 3_000 : 9)];
            byte[] value = values[i];
            if (value != null) {
                random.nextBytes(value);
            }
        }
        return values;
    }

    private Row keep(byte[] @Nullable ... values) {
        Row row = Row.of(values);
        int[] offsets = pages.offsets(values.length + 1);
        for (int i = 0; i <= values.length; i++) {
            offsets[pages.first() + i] = i < values.length && row.isNull(i) ? ~row.start(i) : row.start(i);
        }
        byte[] from = new byte[row.length() + 7];
        System.arraycopy(row.bytes(), 0, from, 7, row.length());
        return pages.row(from, 7, row.length(), values.length);
    }
}
