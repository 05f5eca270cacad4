package dev.tributary.source.vitess;

import static dev.tributary.servers.VEvents.begin;
import static dev.tributary.servers.VEvents.commit;
import static dev.tributary.servers.VEvents.ddl;
import static dev.tributary.servers.VEvents.field;
import static dev.tributary.servers.VEvents.gtid;
import static dev.tributary.servers.VEvents.idAndName;
import static dev.tributary.servers.VEvents.insert;
import static dev.tributary.servers.VEvents.row;
import static dev.tributary.servers.VEvents.rows;
import static dev.tributary.servers.VEvents.update;
import static dev.tributary.servers.VEvents.vgtid;
import static dev.tributary.source.vitess.Told.at;
import static dev.tributary.source.vitess.Told.fields;
import static dev.tributary.source.vitess.Told.message;
import static org.assertj.core.api.Assertions.assertThat;

import binlogdata.Binlogdata.RowChange;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.servers.VEvents;
import java.math.BigInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChangesOfTablesTest {
    private static final String ON = "-80";

    private final Told told = new Told();

    private ChangesReader reader(long from) {
        return Told.changes(told, at(from), "");
    }

    @Test
    void leavesOutWhatTheCopiedPartsHold() {
        PartCheckpoint orders = new PartCheckpoint(new PartId("orders", 0), "", at(4), true);
        PartCheckpoint log = new PartCheckpoint(new PartId("log", 0), "", at(3), true);
        ChangesReader reader = Told.changes(told, at(3), "", orders, log);
        reader.onMessage(message(fields()));

        for (long transaction = 4; transaction <= 5; transaction++) {
            reader.onMessage(message(
                    begin(),
                    rows("orders", insert(transaction, "a")),
                    rows("log", insert(transaction, "x")),
                    vgtid(ON, gtid(transaction)),
                    commit()));
        }

        assertThat(told.lines).containsExactly("create log 4,x", "at 4", "create orders 5,a", "create log 5,x", "at 5");
    }

    @Test
    void goesOnWithoutATableThatIsLate() {
        PartCheckpoint log = new PartCheckpoint(new PartId("log", 0), "", null, false, true);
        ChangesReader reader = Told.changes(told, at(3), "", log);
        reader.onMessage(message(fields()));

        reader.onMessage(message(
                begin(), rows("log", insert(1, "x")), rows("orders", insert(2, "a")), vgtid(ON, gtid(4)), commit()));

        assertThat(told.lines).containsExactly("create orders 2,a", "at 4");
    }

    /** Its parts are to be at the place in front of it when they join, or behind it. */
    @Test
    void stopsInFrontOfASchemaChangeOfALateTable() {
        PartCheckpoint log = new PartCheckpoint(new PartId("log", 0), "", at(3), true, true);
        ChangesReader reader = Told.changes(told, at(3), "", log);

        reader.onMessage(message(begin(), vgtid(ON, gtid(4)), commit()));
        reader.onMessage(message(vgtid(ON, gtid(5)), ddl("alter table log add column more int")));

        assertThat(told.lines).hasSize(2).first().isEqualTo("at 4");
        assertThat(told.lines.getLast()).startsWith("schema change 4 to 5 [Altered[table=log,");
    }

    @Test
    void aPlaceAmongThePartsSaysSo() {
        PartCheckpoint orders = new PartCheckpoint(new PartId("orders", 0), "", at(5), true);
        ChangesReader reader = Told.changes(told, at(3), "", orders);

        reader.onMessage(message(begin(), vgtid(ON, gtid(4)), commit(), begin(), vgtid(ON, gtid(5)), commit()));

        assertThat(told.lines).containsExactly("at 4 among parts", "at 5");
    }

    @Test
    void aKeyThatMovesBetweenRangesIsToldByHalves() {
        PartCheckpoint low = new PartCheckpoint(
                new PartId("orders", 0), new KeyRange("id", null, BigInteger.valueOf(100)).encode(), at(3), true);
        PartCheckpoint high = new PartCheckpoint(
                new PartId("orders", 1), new KeyRange("id", BigInteger.valueOf(100), null).encode(), at(5), true);
        ChangesReader reader = Told.changes(told, at(3), "", low, high);
        reader.onMessage(message(fields()));

        reader.onMessage(message(
                begin(), rows("orders", update(row(1, "a"), row(101, "a"))), vgtid(ON, gtid(4)), commit()));
        reader.onMessage(message(
                begin(), rows("orders", update(row(101, "a"), row(2, "a"))), vgtid(ON, gtid(5)), commit()));
        reader.onMessage(message(
                begin(), rows("orders", update(row(2, "a"), row(102, "a"))), vgtid(ON, gtid(6)), commit()));

        assertThat(told.lines)
                .containsExactly(
                        "delete orders 1,a",
                        "at 4 among parts",
                        "create orders 2,a",
                        "at 5",
                        "update orders 2,a -> 102,a",
                        "at 6");
    }

    @Test
    void imagesThatACopiedPartHoldsTakeNoRoomBesideThoseThatItDoesNot() {
        PartCheckpoint low = new PartCheckpoint(
                new PartId("orders", 0), new KeyRange("id", null, BigInteger.valueOf(100)).encode(), at(3), true);
        PartCheckpoint high = new PartCheckpoint(
                new PartId("orders", 1), new KeyRange("id", BigInteger.valueOf(100), null).encode(), at(5), true);
        ChangesReader reader = Told.changes(told, at(3), "", low, high);
        reader.onMessage(message(fields()));
        RowChange[] held = IntStream.range(0, 5_000)
                .mapToObj(i -> update(row(101, "old"), row(101, "new")))
                .toArray(RowChange[]::new);

        reader.onMessage(message(
                begin(),
                rows("orders", insert(1, "a")),
                rows("orders", held),
                rows("orders", insert(2, "b")),
                vgtid(ON, gtid(4)),
                commit()));

        assertThat(told.lines).containsExactly("create orders 1,a", "create orders 2,b", "at 4 among parts");
        assertThat(told.arrays()).isEqualTo(1);
    }

    @Test
    void rowsOfATableThatWasGoneWhenTheTablesWereLookedUpAreLeftOut() {
        ChangesReader reader = reader(1);

        reader.onMessage(message(begin(), rows("dropped", insert(1, "a")), vgtid(ON, gtid(2)), commit()));

        assertThat(told.lines).containsExactly("at 2");
    }

    @Test
    void rowsOfATableThatCameLaterStartTheStreamAgain() {
        ChangesReader reader = reader(2);

        reader.onMessage(message(begin(), vgtid(ON, gtid(3)), commit()));
        reader.onMessage(message(begin(), rows("fresh", insert(1, "a")), vgtid(ON, gtid(4)), commit()));

        assertThat(told.lines).containsExactly("at 3", "failure TRANSIENT");
        assertThat(told.failureMessage()).contains("fresh");
    }

    @Test
    void tablesThatAreNotWantedMayComeAndGo() {
        ChangesReader reader = Told.changes(told, at(3), "?exclude=audit");

        reader.onMessage(message(
                begin(),
                rows("audit", insert(1, "a")),
                rows("_vt_hld_6ace8bcef73211ea87e9f875a4d24e90_20200915120410_", insert(1, "a")),
                vgtid(ON, gtid(4)),
                commit()));

        assertThat(told.lines).containsExactly("at 4");
    }

    @Test
    void namesThatAnOlderVtgateQualifiesAreTheSameTables() {
        ChangesReader reader = Told.changes(told, at(1), "");

        reader.onMessage(message(
                begin(),
                field(VEvents.KEYSPACE + ".orders", idAndName()),
                rows(VEvents.KEYSPACE + ".orders", insert(1, "a")),
                rows(VEvents.KEYSPACE + ".dropped", insert(1, "a")),
                vgtid(ON, gtid(2)),
                commit()));

        assertThat(told.lines).containsExactly("create orders 1,a", "at 2");
    }
}
