package dev.tributary.source.vitess;

import static dev.tributary.servers.VEvents.KEYSPACE;
import static dev.tributary.servers.VEvents.begin;
import static dev.tributary.servers.VEvents.commit;
import static dev.tributary.servers.VEvents.ddl;
import static dev.tributary.servers.VEvents.delete;
import static dev.tributary.servers.VEvents.field;
import static dev.tributary.servers.VEvents.gtid;
import static dev.tributary.servers.VEvents.heartbeat;
import static dev.tributary.servers.VEvents.idAndName;
import static dev.tributary.servers.VEvents.insert;
import static dev.tributary.servers.VEvents.journal;
import static dev.tributary.servers.VEvents.other;
import static dev.tributary.servers.VEvents.row;
import static dev.tributary.servers.VEvents.rows;
import static dev.tributary.servers.VEvents.update;
import static dev.tributary.servers.VEvents.vgtid;
import static dev.tributary.source.vitess.Told.at;
import static dev.tributary.source.vitess.Told.fields;
import static dev.tributary.source.vitess.Told.message;
import static org.assertj.core.api.Assertions.assertThat;

import binlogdata.Binlogdata.Journal;
import binlogdata.Binlogdata.MigrationType;
import binlogdata.Binlogdata.ShardGtid;
import binlogdata.Binlogdata.VEvent;
import binlogdata.Binlogdata.VEventType;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.servers.VEvents;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChangesReaderTest {
    private static final String ON = "-80";

    private final Told told = new Told();

    private ChangesReader reader(long from) {
        return Told.changes(told, at(from), "");
    }

    @Test
    void tellsTransactionsAndThePlaceBehindEach() {
        ChangesReader reader = reader(3);
        reader.onMessage(message(fields()));

        reader.onMessage(message(
                begin(),
                rows("orders", insert(1, "a"), update(row(1, "a"), row(1, "b"))),
                rows("log", insert(7, "x")),
                rows("orders", delete(1, "b")),
                vgtid(ON, gtid(4)),
                commit(),
                begin(),
                vgtid(ON, gtid(5)),
                commit()));

        assertThat(told.lines)
                .containsExactly(
                        "create orders 1,a",
                        "update orders 1,a -> 1,b",
                        "create log 7,x",
                        "delete orders 1,b",
                        "at 4",
                        "at 5");
        assertThat(told.messages).isEqualTo(2);
    }

    @Test
    void currentIsNoPlaceToComeBackTo() {
        ChangesReader reader = reader(3);

        reader.onMessage(message(vgtid(ON, "current"), other(), begin(), vgtid(ON, "current"), commit()));
        reader.onMessage(message(begin(), vgtid(ON, gtid(4)), commit()));

        assertThat(told.lines).containsExactly("at 3", "at 3", "at 4");
    }

    @Test
    void aSchemaChangeAndWhatIsNothingElseArePlaces() {
        ChangesReader reader = reader(3);

        reader.onMessage(
                message(vgtid(ON, gtid(4)), ddl("alter table strange add x int"), vgtid(ON, gtid(5)), other()));

        assertThat(told.lines).containsExactly("at 4", "at 5");
    }

    @Test
    void endsInFrontOfASchemaChangeOfItsTables() {
        ChangesReader reader = reader(3);
        reader.onMessage(message(begin()));
        reader.onMessage(message(fields()));

        reader.onMessage(message(
                rows("orders", insert(1, "a")),
                vgtid(ON, gtid(4)),
                commit(),
                vgtid(ON, gtid(5)),
                ddl("truncate orders"),
                begin(),
                field("orders", List.of(idAndName().getFirst())),
                rows("orders", insert(2)),
                vgtid(ON, gtid(6)),
                commit()));
        reader.onMessage(message(vgtid(ON, gtid(7)), ddl("truncate log")));

        assertThat(told.lines)
                .containsExactly("create orders 1,a", "at 4", "schema change 4 to 5 [Truncated[table=orders]]");
    }

    @Test
    void endsWhereATableIsMadeThatIsSelected() {
        ChangesReader reader = Told.changes(told, at(3), "?exclude=secret");

        reader.onMessage(message(
                vgtid(ON, gtid(4)),
                ddl("create table secret (id int)"),
                vgtid(ON, gtid(5)),
                ddl("create table _vt_vrp_6ace8bcef73211ea87e9f875a4d24e90_20200915120410_ like orders"),
                vgtid(ON, gtid(6)),
                ddl("rename table other to late")));

        assertThat(told.lines).containsExactly("at 4", "at 5", "schema change 5 to 6 []");
    }

    @Test
    void whatWasCopiedLaterIsNotTruncatedAgain() {
        PartCheckpoint copied = new PartCheckpoint(new PartId("orders", 0), "", at(6), true);
        ChangesReader reader = Told.changes(told, at(3), "", copied);

        reader.onMessage(message(vgtid(ON, gtid(4)), ddl("truncate orders"), vgtid(ON, gtid(5)), other()));
        reader.onMessage(message(begin(), vgtid(ON, gtid(6)), commit(), vgtid(ON, gtid(7)), ddl("truncate orders")));

        assertThat(told.lines)
                .containsExactly(
                        "at 4 among parts",
                        "at 5 among parts",
                        "at 6",
                        "schema change 6 to 7 [Truncated[table=orders]]");
    }

    /** Else its rows would be those of a table that is not known. */
    @Test
    void whatWasCopiedLaterMayHaveHadAnotherName() {
        PartCheckpoint copied = new PartCheckpoint(new PartId("orders", 0), "", at(6), true);
        ChangesReader reader = Told.changes(told, at(3), "", copied);

        reader.onMessage(message(vgtid(ON, gtid(4)), ddl("rename table old to orders"), vgtid(ON, gtid(5)), other()));

        assertThat(told.lines).containsExactly("at 4 among parts", "at 5 among parts");
    }

    @Test
    void hearsHeartbeats() {
        reader(3).onMessage(message(heartbeat()));

        assertThat(told.lines).containsExactly("heartbeat");
        assertThat(told.messages).isEqualTo(1);
    }

    @Test
    void aReshardIsTheEndAndNoPlaceAtItIsOffered() {
        ChangesReader reader = reader(3);
        ShardGtid child = ShardGtid.newBuilder()
                .setKeyspace(KEYSPACE)
                .setShard("-40")
                .setGtid(gtid(1))
                .build();

        reader.onMessage(message(
                begin(),
                vgtid(ON, gtid(4)),
                commit(),
                begin(),
                journal(ON, child),
                vgtid(ON, gtid(5)),
                commit(),
                begin(),
                vgtid(ON, gtid(6)),
                commit()));
        reader.onMessage(message(begin(), vgtid(ON, gtid(7)), commit()));

        assertThat(told.lines).containsExactly("at 4", "reshard 7 of [-80] to -40 at 1");
    }

    /** As one does that sends no journals. */
    @Test
    void aServerThatGoesOnWithOtherShardsByItselfIsNotFollowed() {
        ChangesReader reader = reader(3);

        reader.onMessage(message(begin(), vgtid("-40", gtid(4)), commit()));

        assertThat(told.lines).containsExactly("failure FATAL");
        assertThat(told.failureMessage()).contains("commerce/-80").contains("other shards");
    }

    /** What was copied later than that has what others have written since. */
    @Test
    void atAReshardTablesAreNamedThatWereCopiedBehindIt() {
        PartCheckpoint later = new PartCheckpoint(new PartId("orders", 0), "", Told.at(9), true);
        ShardGtid child = ShardGtid.newBuilder()
                .setKeyspace(KEYSPACE)
                .setShard("-40")
                .setGtid(gtid(1))
                .build();

        Told.changes(told, Told.at(3), "", later).onMessage(message(begin(), journal(ON, child)));

        assertThat(told.lines).containsExactly("reshard 7 of [-80] to -40 at 1 without [orders]");
    }

    @Test
    void tablesThatMoveToAnotherKeyspaceAreNoReshard() {
        Journal moved = Journal.newBuilder()
                .setMigrationType(MigrationType.TABLES)
                .addTables("orders")
                .build();

        reader(3).onMessage(message(begin(), journal(moved), vgtid(ON, gtid(4)), commit()));

        assertThat(told.lines).containsExactly("at 4");
    }

    @ParameterizedTest
    @EnumSource(
            value = VEventType.class,
            names = {"INSERT", "REPLACE", "UPDATE", "DELETE", "SET"})
    void aStatementInsteadOfRowsIsAFailure(VEventType type) {
        reader(3).onMessage(message(begin(), VEvents.ofType(type), vgtid(ON, gtid(4)), commit()));

        assertThat(told.lines).containsExactly("failure FATAL");
        assertThat(told.failureMessage()).contains("binlog_format");
    }

    @Test
    void rowsBeforeTheirFieldsAreTransient() {
        reader(3).onMessage(message(begin(), rows("orders", insert(1, "a"))));

        assertThat(told.lines).containsExactly("failure TRANSIENT");
    }

    /** Their arrays serve again, while batches wait for the target. */
    @Test
    void whatIsToldOutlivesItsMessage() {
        ChangesReader reader = reader(3);
        reader.onMessage(message(fields()));
        String large = "long ".repeat(1_000);
        reader.onMessage(message(
                begin(),
                rows("orders", insert(1, "a"), update(row(1, "a"), row(1, large)), delete(7, "g")),
                rows("log", insert(2, null)),
                vgtid(ON, gtid(4)),
                commit()));

        Told.overwrite();

        assertThat(told.records.stream().map(Told::line))
                .containsExactly(
                        "create orders 1,a",
                        "update orders 1,a -> 1," + large,
                        "delete orders 7,g",
                        "create log 2,NULL");
        assertThat(told.positions).containsExactly(Told.at(4));
    }

    @Test
    void whatCannotBeReadIsAFailureThatShowsNoValues() {
        ChangesReader reader = reader(3);
        reader.onMessage(message(fields()));

        reader.onMessage(
                message(begin(), VEvent.newBuilder().setType(VEventType.VGTID).build(), commit()));

        assertThat(told.lines).containsExactly("failure TRANSIENT");
        assertThat(told.failureMessage()).contains("commerce/-80", "what can't be read");
    }
}
