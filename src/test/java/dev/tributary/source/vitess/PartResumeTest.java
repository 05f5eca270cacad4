package dev.tributary.source.vitess;

import static dev.tributary.servers.VEvents.begin;
import static dev.tributary.servers.VEvents.commit;
import static dev.tributary.servers.VEvents.copied;
import static dev.tributary.servers.VEvents.copyCompleted;
import static dev.tributary.servers.VEvents.delete;
import static dev.tributary.servers.VEvents.field;
import static dev.tributary.servers.VEvents.gtid;
import static dev.tributary.servers.VEvents.idAndName;
import static dev.tributary.servers.VEvents.insert;
import static dev.tributary.servers.VEvents.lastpk;
import static dev.tributary.servers.VEvents.row;
import static dev.tributary.servers.VEvents.rows;
import static dev.tributary.servers.VEvents.update;
import static dev.tributary.servers.VEvents.vgtid;
import static dev.tributary.source.vitess.Told.SHARD;
import static dev.tributary.source.vitess.Told.message;
import static dev.tributary.source.vitess.Told.place;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import binlogdata.Binlogdata.ShardGtid;
import binlogdata.Binlogdata.VEvent;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.Position;
import dev.tributary.record.SourceTable;
import dev.tributary.record.StreamId;
import io.smallrye.mutiny.Uni;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartResumeTest {
    private Uni<Void> writable = Uni.createFrom().voidItem();

    private static final String ON = "-80";
    private static final SourceTable ORDERS = Told.table("orders", "id");
    private static final SourceTable KEYLESS = Told.table("orders");

    private final Told told = new Told();

    private static PartCheckpoint part(@Nullable Position position) {
        return new PartCheckpoint(new PartId("orders", 0), "", position, false);
    }

    private PartReader reader(SourceTable table, @Nullable Position from) {
        return reader(table, from, "");
    }

    private PartReader reader(SourceTable table, @Nullable Position from, String range) {
        PartCheckpoint part = new PartCheckpoint(new PartId("orders", 0), range, from, false);
        return new PartReader(
                new StreamId(SHARD, part.id()),
                part,
                table,
                !table.key().isEmpty(),
                null,
                () -> writable,
                Runnable::run,
                told);
    }

    private static VEvent[] beginning() {
        return new VEvent[] {begin(), field("orders", idAndName())};
    }

    @Test
    void aResumedCopyAsksForTheRestByKeyWithItsFields() {
        Position saved = new VitessPosition(gtid(5), lastpk(2), Map.of()).toPosition();

        ShardGtid start = PartReader.start(ShardGtid.newBuilder(), part(saved));

        assertThat(start.getGtid()).isEqualTo(gtid(5));
        assertThat(start.getTablePKsList()).hasSize(1);
        assertThat(start.getTablePKs(0).getTableName()).isEqualTo("orders");
        assertThat(start.getTablePKs(0).getLastpk()).isEqualTo(lastpk(2));
        assertThat(start.getTablePKs(0).getLastpk().getFieldsList())
                .singleElement()
                .satisfies(key -> assertThat(key.getName()).isEqualTo("id"));
    }

    @Test
    void aNewCopyAsksForEverything() {
        ShardGtid start = PartReader.start(ShardGtid.newBuilder(), part(null));

        assertThat(start.getGtid()).isEmpty();
        assertThat(start.getTablePKsList()).isEmpty();
    }

    @Test
    void aCopyIsNotResumedFromAPlaceThatMeansItsEnd() {
        PartCheckpoint wrong = part(VitessPosition.at(gtid(5)).toPosition());

        assertThatThrownBy(() -> PartReader.start(ShardGtid.newBuilder(), wrong))
                .hasMessageContaining("orders");
    }

    @Test
    void aResumedCopyCanBeTakenUpAgainFromItsOldPlaceUntilItHearsANewOne() {
        Position saved = new VitessPosition(gtid(5), lastpk(2), Map.of()).toPosition();
        PartReader reader = reader(ORDERS, saved);

        reader.onMessage(message(begin(), field("orders", idAndName()), rows("orders", insert(1, "x"))));

        assertThat(place(Objects.requireNonNull(reader.midway()))).isEqualTo("5 after 2");
    }

    @Test
    void changesThatACopyCatchesUpWithAreNoSnapshot() {
        Position saved = new VitessPosition(gtid(5), lastpk(2), Map.of()).toPosition();
        PartReader reader = reader(ORDERS, saved);

        reader.onMessage(message(
                begin(),
                field("orders", idAndName()),
                rows("orders", update(row(1, "a"), row(1, "b")), delete(2, "b"), insert(9, "z")),
                vgtid(ON, gtid(6), "orders", lastpk(2)),
                commit()));
        reader.onMessage(message(
                begin(),
                field("orders", idAndName()),
                copied("orders", insert(3, "c")),
                vgtid(ON, gtid(7), "orders", lastpk(3)),
                commit()));

        assertThat(told.lines)
                .containsExactly(
                        "update orders 1,a -> 1,b",
                        "delete orders 2,b",
                        "create orders 9,z",
                        "at 6 after 2 among parts",
                        "snapshot orders 3,c",
                        "at 7 after 3 among parts");
    }

    /** Vitess sends both images if one is in the range; the other one's part may be further than this. */
    @Test
    void anImageThatIsNotOfThePartsRangeIsLeftToThePartThatItIsOf() {
        Position saved = new VitessPosition(gtid(5), lastpk(2), Map.of()).toPosition();
        PartReader reader = reader(ORDERS, saved, "{\"column\":\"id\",\"from\":\"10\",\"to\":\"20\"}");

        reader.onMessage(message(
                begin(),
                field("orders", idAndName()),
                rows(
                        "orders",
                        update(row(12, "a"), row(30, "a")),
                        update(row(5, "b"), row(15, "b")),
                        update(row(13, "c"), row(14, "c")),
                        update(row(30, "d"), row(31, "d")))));

        assertThat(told.lines)
                .containsExactly("delete orders 12,a", "create orders 15,b", "update orders 13,c -> 14,c");
    }

    @Test
    void aCopyWithoutAKeyThatVtgateResumesByItselfIsTransient() {
        PartReader reader = reader(KEYLESS, null);
        reader.onMessage(message(beginning()));
        reader.onMessage(message(copied("orders", insert(1, "a")), vgtid(ON, gtid(5), "orders", lastpk(1)), commit()));

        reader.onMessage(message(begin(), field("orders", idAndName()), copied("orders", insert(1, "a"))));

        assertThat(told.lines)
                .endsWith("failure TRANSIENT")
                .filteredOn("snapshot orders 1,a"::equals)
                .hasSize(1);
        assertThat(told.failureMessage()).contains("commerce/-80 orders");
    }

    @Test
    void aCopyWithoutAKeyThatCatchesUpIsTransient() {
        PartReader reader = reader(KEYLESS, null);
        reader.onMessage(message(beginning()));

        reader.onMessage(message(begin(), rows("orders", insert(1, "a")), vgtid(ON, gtid(6)), commit()));

        assertThat(told.lines).containsExactly("failure TRANSIENT");
    }

    @Test
    void aResumedCopyThatEndsWithoutAPlaceIsTransient() {
        Position saved = new VitessPosition(gtid(5), lastpk(2), Map.of()).toPosition();
        PartReader reader = reader(ORDERS, saved);

        reader.onMessage(message(copyCompleted(ON)));

        assertThat(told.lines).containsExactly("failure TRANSIENT");
    }
}
