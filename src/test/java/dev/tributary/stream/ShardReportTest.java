package dev.tributary.stream;

import static dev.tributary.stream.FakeSource.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.ChangeBatch;
import dev.tributary.record.ChangeBatch.Mark;
import dev.tributary.record.PartId;
import dev.tributary.record.ShardId;
import dev.tributary.record.StreamId;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShardReportTest {
    private static final ShardId SHARD = new ShardId("commerce", "-80");
    private static final StreamId LOG = new StreamId(SHARD, new PartId("log", 0));
    private static final StreamId ORDERS = new StreamId(SHARD, new PartId("orders", 0));

    private final ShardReport report = new ShardReport(SHARD, new FakeSource());

    private static ChangeBatch batch(StreamId stream, Mark mark) {
        return new ChangeBatch(stream, 7, List.of(FakeSource.create("orders", 1)), mark, 10, 0);
    }

    @Test
    void rowsOfAnOpenTransactionAreDurableWithTheMarkThatEndsIt() {
        report.durable(batch(LOG, new Mark.Open()));
        report.durable(batch(LOG, new Mark.Open()));
        assertThat(report.status().rowsDurable()).isZero();
        report.durable(batch(ORDERS, new Mark.Boundary(at(5))));
        assertThat(report.status().rowsDurable()).as("another stream's").isEqualTo(1);

        report.durable(batch(LOG, new Mark.Copied(at(6))));

        assertThat(report.status().rowsDurable()).isEqualTo(4);
        assertThat(report.status().bytesDurable()).isEqualTo(40);
    }

    @Test
    void rowsOfAnOpenTransactionThatIsGivenUpNeverAre() {
        report.durable(batch(LOG, new Mark.Open()));
        report.lost();
        report.durable(batch(LOG, new Mark.Copied(at(6))));

        assertThat(report.status().rowsDurable()).isEqualTo(1);
    }

    @Test
    void whatAStreamShowsOfItselfIsWhatIsCommitted() {
        StreamProgress progress = new StreamProgress(LOG);
        progress.durable(batch(LOG, new Mark.Open()));
        assertThat(progress.rowsDurable()).isZero();

        progress.durable(batch(LOG, new Mark.Copied(at(6))));

        assertThat(progress.rowsDurable()).isEqualTo(2);
        assertThat(progress.bytesDurable()).isEqualTo(20);
    }
}
