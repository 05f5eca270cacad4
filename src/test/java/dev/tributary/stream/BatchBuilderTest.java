package dev.tributary.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.ChangeRecord;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchBuilderTest {
    private static final int OBJECTS = 100;

    private final BatchBuilder builder = new BatchBuilder();

    private ChangeRecord add(long id, int bytes) {
        ChangeRecord record = FakeSource.create("orders", id);
        builder.add(record, bytes, bytes + OBJECTS);
        return record;
    }

    @Test
    void isEmptyAtFirst() {
        assertThat(builder.isEmpty()).isTrue();
        assertThat(builder.takeWhole()).isEmpty();
        assertThat(builder.wholeBytes()).isZero();
        assertThat(builder.openSize()).isZero();
    }

    @Test
    void recordsBehindTheLastBoundaryAreOpen() {
        ChangeRecord first = add(1, 10);
        ChangeRecord second = add(2, 20);
        builder.boundary();
        add(3, 5);

        assertThat(builder.wholeRecords()).isEqualTo(2);
        assertThat(builder.wholeBytes()).isEqualTo(30);
        assertThat(builder.wholeSize()).isEqualTo(30 + 2 * OBJECTS);
        assertThat(builder.openSize()).isEqualTo(5 + OBJECTS);
        assertThat(builder.takeWhole()).containsExactly(first, second);
    }

    @Test
    void whatIsOpenStaysBehindAndBecomesWholeWithTheNextBoundary() {
        add(1, 10);
        builder.boundary();
        ChangeRecord open = add(2, 20);
        builder.takeWhole();

        assertThat(builder.wholeRecords()).isZero();
        assertThat(builder.openSize()).isEqualTo(20 + OBJECTS);
        ChangeRecord next = add(3, 1);
        builder.boundary();

        assertThat(builder.wholeBytes()).isEqualTo(21);
        assertThat(builder.wholeSize()).isEqualTo(21 + 2 * OBJECTS);
        assertThat(builder.takeWhole()).containsExactly(open, next);
        assertThat(builder.isEmpty()).isTrue();
    }

    @Test
    void whatWasTakenIsNotTouchedAnyMore() {
        ChangeRecord first = add(1, 1);
        builder.boundary();
        List<ChangeRecord> taken = builder.takeWhole();
        add(2, 1);
        builder.boundary();

        assertThat(taken).containsExactly(first);
    }
}
