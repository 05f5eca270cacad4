package dev.tributary.source.vitess;

import static dev.tributary.source.vitess.Told.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.record.Column;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Row;
import dev.tributary.record.TableId;
import dev.tributary.record.TableSchema;
import dev.tributary.servers.VEvents;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CopiedPartsTest {
    private static final TableSchema ORDERS = schema("orders");
    private static final TableSchema LOG = schema("log");

    private static TableSchema schema(String table) {
        return new TableSchema(
                new TableId("commerce", table),
                List.of(new Column("ID", "bigint", StandardCharsets.UTF_8)),
                List.of(0));
    }

    private static PartCheckpoint whole(String table, long end) {
        return new PartCheckpoint(new PartId(table, 0), "", at(end), true);
    }

    /** A part of {@code orders}; null for no bound. */
    private static PartCheckpoint range(int index, @Nullable Long from, @Nullable Long to, long end) {
        KeyRange range = new KeyRange(
                "id", from == null ? null : BigInteger.valueOf(from), to == null ? null : BigInteger.valueOf(to));
        return new PartCheckpoint(new PartId("orders", index), range.encode(), at(end), true);
    }

    private static GtidSet set(long transactions) {
        return GtidSet.parse(VEvents.gtid(transactions));
    }

    private static Row row(String id) {
        return Row.of(id.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aTransactionUpToAPartsEndIsPartOfItsCopyAndTheNextIsNot() {
        CopiedParts parts = new CopiedParts(List.of(whole("log", 3), whole("orders", 5)));

        parts.moveTo(set(3));
        assertThat(parts.holds(LOG, row("1")))
                .as("transaction 4, log ended at 3")
                .isFalse();
        assertThat(parts.holds(ORDERS, row("1")))
                .as("transaction 4, orders ended at 5")
                .isTrue();
        parts.moveTo(set(4));
        assertThat(parts.holds(ORDERS, row("1"))).as("transaction 5").isTrue();
        assertThat(parts.isPast()).isFalse();
        parts.moveTo(set(5));
        assertThat(parts.isPast()).isTrue();
        assertThat(parts.holds(ORDERS, row("1"))).as("transaction 6").isFalse();
    }

    @Test
    void anImageBelongsToThePartOfItsKey() {
        CopiedParts parts = new CopiedParts(List.of(range(0, null, 100L, 3), range(1, 100L, null, 5)));

        parts.moveTo(set(3));

        assertThat(parts.holds(ORDERS, row("99"))).isFalse();
        assertThat(parts.holds(ORDERS, row("100"))).isTrue();
        assertThat(parts.holds(ORDERS, row("-7"))).isFalse();
    }

    @Test
    void aTableWithoutPartsIsNeverHeld() {
        CopiedParts parts = new CopiedParts(List.of(whole("orders", 5)));

        assertThat(parts.holds(LOG, row("1"))).isFalse();
    }

    @Test
    void jumpingOverAnEndWithinWhichChangesWereLeftOutIsAFailure() {
        CopiedParts parts = new CopiedParts(List.of(whole("log", 3), whole("orders", 5)));
        parts.moveTo(set(3));
        assertThat(parts.holds(ORDERS, row("1"))).isTrue();

        assertThatThrownBy(() -> parts.moveTo(set(6)))
                .asInstanceOf(InstanceOfAssertFactories.type(PipelineException.class))
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(Kind.FATAL))
                .satisfies(failure -> assertThat(failure).hasMessageContaining("orders"));
    }

    @Test
    void jumpingOverAnEndWithNothingLeftOutIsNone() {
        CopiedParts parts = new CopiedParts(List.of(whole("log", 3), whole("orders", 5)));
        parts.moveTo(set(3));

        parts.moveTo(set(6));

        assertThat(parts.isPast()).isTrue();
    }

    @Test
    void whatWasLeftOutBeforeIsNoReasonAgainstAJump() {
        CopiedParts parts = new CopiedParts(List.of(whole("log", 3), whole("orders", 5)));
        parts.moveTo(set(3));
        assertThat(parts.holds(ORDERS, row("1"))).isTrue();
        parts.moveTo(set(4));

        parts.moveTo(set(6));

        assertThat(parts.isPast()).isTrue();
    }

    @Test
    void anEndOnAnotherHistoryIsAFailure() {
        PartCheckpoint elsewhere = new PartCheckpoint(
                new PartId("orders", 0),
                "",
                VitessPosition.at("MySQL56/ffffffff-0000-11ee-8000-00155d000002:1-5")
                        .toPosition(),
                true);
        CopiedParts parts = new CopiedParts(List.of(elsewhere));

        assertThatThrownBy(() -> parts.moveTo(set(1))).hasMessageContaining("histories differ");
    }

    @Test
    void theChangeStreamBeginsWhereTheFirstPartEnded() {
        assertThat(CopiedParts.first(List.of(whole("b", 7), whole("log", 3), whole("orders", 5))))
                .isEqualTo(at(3));
    }

    @Test
    void aKeyThatIsNoIntegerAnyMoreIsSaidWithoutItsValue() {
        CopiedParts parts = new CopiedParts(List.of(range(0, null, 100L, 3)));

        assertThatThrownBy(() -> parts.holds(ORDERS, row("secret")))
                .isInstanceOf(PipelineException.class)
                .hasMessageContaining("commerce.orders")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aKeyColumnThatIsGoneIsAFailureOfItsTable() {
        CopiedParts parts = new CopiedParts(List.of(range(0, null, 100L, 3)));
        TableSchema other = new TableSchema(
                ORDERS.table(), List.of(new Column("uuid", "char(36)", StandardCharsets.UTF_8)), List.of(0));

        assertThatThrownBy(() -> parts.holds(other, row("1")))
                .isInstanceOf(PipelineException.class)
                .hasMessageContaining("commerce.orders");
    }
}
