package dev.tributary.sink.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.workload.Allocated;
import org.junit.jupiter.api.Test;

/** What it costs the heap to make statements of rows. A fifth more fails: then it is to be said why it must be. */
class WriteAllocationTest {
    private static final long BYTES_OF_COPIED = 200;
    /** Two images of which one is written. */
    private static final long BYTES_OF_UPDATED = 180;

    private final WritePath path = new WritePath();

    @Test
    void aCopiedRowIsNotCopiedOnceMore() {
        assertThat(path.write(path.copied)).isGreaterThan(100L * WritePath.ROWS);

        assertThat(Allocated.each(WritePath.ROWS, () -> path.write(path.copied)))
                .isBetween(BYTES_OF_COPIED / 4, BYTES_OF_COPIED * 12 / 10);
    }

    @Test
    void anUpdateCostsItsPlaceAmongTheOthers() {
        assertThat(path.fold()).isEqualTo(WritePath.ROWS / 2);

        assertThat(Allocated.each(WritePath.ROWS, () -> path.write(path.updated)))
                .isBetween(BYTES_OF_UPDATED / 4, BYTES_OF_UPDATED * 12 / 10);
    }
}
