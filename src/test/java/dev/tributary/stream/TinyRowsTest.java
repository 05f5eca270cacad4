package dev.tributary.stream;

import static dev.tributary.stream.FakeSource.at;
import static dev.tributary.stream.FakeSource.create;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.ChangeBatch;
import dev.tributary.record.Position;
import org.junit.jupiter.api.Test;

/** Rows of a few bytes are mostly objects, which the bounds of memory count too. */
class TinyRowsTest extends PumpFixture {
    private static final int MESSAGE = 500;
    /** What a row of one integer takes at the least. */
    private static final long LEAST = 100;

    private static final long CHUNK = 64 << 10;

    private long told;

    private void tell(FakeReader reader) {
        reader.tell(it -> {
            for (int i = 0; i < MESSAGE; i++) {
                it.onRecord(create("orders", ++told), 1);
            }
        });
    }

    @Test
    void aTransactionOfTinyRowsIsSentInChunksOfTheirSizeInMemory() {
        Pumped stream = changes(new BatchLimits(100_000, CHUNK, 0));
        stream.reader.midway = new Position("5+1");
        for (int acked = 0; told < 20_000; acked = ackAll(stream, acked)) {
            tell(stream.reader);
        }
        stream.reader.tell(it -> it.onPosition(at(6), true, 0));

        assertThat(owner.sent)
                .hasSizeGreaterThan(20)
                .allSatisfy(message -> assertThat(message.getPayload().records().size() * LEAST)
                        .isLessThanOrEqualTo(CHUNK + LEAST));
        ackAll(stream, owner.durable.size());
        assertThat(owner.sent.stream()
                        .mapToInt(message -> message.getPayload().records().size())
                        .sum())
                .isEqualTo(told);
        assertThat(budget.used()).isZero();
    }

    private int ackAll(Pumped stream, int acked) {
        int next = acked;
        while (next < owner.sent.size()) {
            stream.ack(next++);
        }
        return next;
    }

    @Test
    void nothingMoreIsReadOnceTinyRowsHaveUsedTheBudgetUp() {
        Pumped stream = changes(new BatchLimits(100_000, 1 << 20, 600_000));
        long max = 1 << 20;
        while (stream.reader.isAsked()) {
            tell(stream.reader);
            stream.reader.midway = new Position("5+1");
        }

        assertThat(told * LEAST).as("on the heap").isLessThan(max + 2 * MESSAGE * 2 * LEAST);
        assertThat(budget.used()).as("a shard alone").isGreaterThanOrEqualTo(max / 2);
        long images = owner.sent.stream()
                .map(message -> message.getPayload())
                .mapToLong(ChangeBatch::bytes)
                .sum();
        assertThat(images).as("image bytes alone").isLessThan(max / 50);
        stream.stop();
        assertThat(budget.used()).isZero();
    }
}
