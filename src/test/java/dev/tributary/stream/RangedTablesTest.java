package dev.tributary.stream;

import static dev.tributary.stream.FakeSource.at;
import static dev.tributary.stream.FakeSource.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.SourceTable;
import dev.tributary.record.TableId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A table whose rows can take a key of the target's over from each other is copied in one part. */
class RangedTablesTest extends StreamFixture {
    private static final SourceTable LINES =
            new SourceTable(new TableId("commerce", "lines"), List.of("order_id", "line"), "CREATE TABLE lines");

    private boolean ranged(SourceTable table) {
        return new RangedTables(settings()).includes(table);
    }

    @Test
    void aTableWithItsOwnKeyMayBeCut() {
        assertThat(ranged(LINES)).isTrue();
    }

    @Test
    void aKeyThatHoldsTheSourcesOwnTellsItsRowsApartAsWell() {
        settings.put("tributary.key-columns", "lines=tenant, LINE, Order_Id");

        assertThat(ranged(LINES)).isTrue();
    }

    @Test
    void aKeyThatHoldsOnlySomeOfItDoesNot() {
        settings.put("tributary.key-columns", "lines=line,tenant");

        assertThat(ranged(LINES)).isFalse();
        assertThat(ranged(table("orders"))).as("another table").isTrue();
    }

    @Test
    void theSettingNamesTheTargetsTable() {
        settings.put("tributary.table", "renamed");
        settings.put("tributary.key-columns", "renamed=line");

        assertThat(ranged(LINES)).isFalse();
    }

    @Test
    void everyTableIsCutAsItMayBe() {
        source.ranges = 3;
        source.tables = List.of(LINES, table("orders"));
        settings.put("tributary.key-columns", "lines=code");
        start();

        source.part("orders", 1);
        assertThat(target.parts(SHARD))
                .extracting(part -> part.id().toString())
                .containsExactly("lines", "orders", "orders#1", "orders#2");
    }

    @Test
    void aKeyThatIsSetInTheMiddleOfACopyInRangesIsRefused() {
        source.tables = List.of(LINES);
        target.put(
                SHARD,
                null,
                Set.of("lines"),
                new PartCheckpoint(new PartId("lines", 0), "", at(12), true),
                new PartCheckpoint(new PartId("lines", 1), "", at(11), false));
        settings.put("tributary.key-columns", "lines=code");
        start();

        assertThat(awaitState(StreamState.Failed.class).cause())
                .startsWith("TRIBUTARY_KEY_COLUMNS: table 'lines' is being copied in key ranges")
                .contains("order_id, line");
        assertThat(events)
                .singleElement()
                .isInstanceOfSatisfying(
                        ShardEvent.Failed.class,
                        failed -> assertThat(failed.failure())
                                .isInstanceOfSatisfying(
                                        PipelineException.class,
                                        thrown -> assertThat(thrown.kind()).isEqualTo(Kind.SETTING)));
        assertThat(source.opened).isEmpty();
    }
}
