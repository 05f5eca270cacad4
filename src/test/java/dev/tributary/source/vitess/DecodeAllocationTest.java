package dev.tributary.source.vitess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.workload.Allocated;
import org.junit.jupiter.api.Test;

/** What it costs the heap to read a row from the wire. A fifth more fails: then it is to be said why it must be. */
class DecodeAllocationTest {
    /** Of two images and a record; the values and where they are lie in arrays that many share. */
    private static final long BYTES_OF_UPDATE = 480;
    /** Of the position behind it, and what it is told of the table. */
    private static final long BYTES_OF_TRANSACTION = 250;

    @Test
    void aChangeCostsItsImagesAndNothingElse() {
        DecodePath path = new DecodePath(DecodePath.ROWS);
        long once = path.read();
        assertThat(path.read()).isEqualTo(2 * once);

        assertThat(Allocated.each(DecodePath.ROWS, path::read))
                .isBetween(once / DecodePath.ROWS, BYTES_OF_UPDATE * 12 / 10);
    }

    @Test
    void aTransactionCostsThePlaceBehindIt() {
        DecodePath path = new DecodePath(1);
        long once = path.read();

        assertThat(Allocated.each(DecodePath.ROWS, path::read))
                .isBetween(once / DecodePath.ROWS, (BYTES_OF_UPDATE + BYTES_OF_TRANSACTION) * 12 / 10);
    }
}
