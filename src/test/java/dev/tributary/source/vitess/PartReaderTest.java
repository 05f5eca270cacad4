package dev.tributary.source.vitess;

import static dev.tributary.servers.VEvents.begin;
import static dev.tributary.servers.VEvents.commit;
import static dev.tributary.servers.VEvents.copied;
import static dev.tributary.servers.VEvents.copyCompleted;
import static dev.tributary.servers.VEvents.ddl;
import static dev.tributary.servers.VEvents.delete;
import static dev.tributary.servers.VEvents.field;
import static dev.tributary.servers.VEvents.gtid;
import static dev.tributary.servers.VEvents.idAndName;
import static dev.tributary.servers.VEvents.insert;
import static dev.tributary.servers.VEvents.journal;
import static dev.tributary.servers.VEvents.lastpk;
import static dev.tributary.servers.VEvents.row;
import static dev.tributary.servers.VEvents.rows;
import static dev.tributary.servers.VEvents.update;
import static dev.tributary.servers.VEvents.vgtid;
import static dev.tributary.source.vitess.Told.SHARD;
import static dev.tributary.source.vitess.Told.message;
import static dev.tributary.source.vitess.Told.place;
import static org.assertj.core.api.Assertions.assertThat;

import binlogdata.Binlogdata.Journal;
import binlogdata.Binlogdata.MigrationType;
import binlogdata.Binlogdata.RowChange;
import binlogdata.Binlogdata.ShardGtid;
import binlogdata.Binlogdata.VEvent;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.SourceTable;
import dev.tributary.record.StreamId;
import io.grpc.Status;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartReaderTest {
    private Uni<Void> writable = Uni.createFrom().voidItem();

    private static final String ON = "-80";
    private static final SourceTable ORDERS = Told.table("orders", "id");
    private static final SourceTable KEYLESS = Told.table("orders");

    private final Told told = new Told();

    private PartReader reader(SourceTable table, PartCheckpoint part, @Nullable GtidSet until) {
        return new PartReader(
                new StreamId(SHARD, part.id()),
                part,
                table,
                !table.key().isEmpty(),
                until,
                () -> writable,
                Runnable::run,
                told);
    }

    private PartReader reader(SourceTable table) {
        return reader(table, new PartCheckpoint(new PartId("orders", 0), "", null, false), null);
    }

    private PartReader reader() {
        return reader(ORDERS);
    }

    /** Their arrays serve again, while batches wait for the target. */
    @Test
    void whatIsToldOutlivesItsMessage() {
        PartReader reader = reader();
        reader.onMessage(message(beginning()));
        reader.onMessage(message(
                copied("orders", insert(1, "a"), insert(2, null)), vgtid(ON, gtid(5), "orders", lastpk(2)), commit()));

        Told.overwrite();

        assertThat(told.records.stream().map(Told::line))
                .containsExactly("snapshot orders 1,a", "snapshot orders 2,NULL");
        assertThat(place(told.positions.getLast())).isEqualTo("5 after 2");
        assertThat(place(Objects.requireNonNull(reader.midway()))).isEqualTo("5 after 2");
    }

    /** Of a part that was copied at one place, and is to go on to another. */
    private PartReader catchUp(SourceTable table, long from, long until) {
        PartCheckpoint part = new PartCheckpoint(new PartId("orders", 0), "", Told.at(from), true, true);
        assertThat(PartReader.start(ShardGtid.newBuilder(), part))
                .isEqualTo(ShardGtid.newBuilder().setGtid(gtid(from)).build());
        return reader(table, part, GtidSet.parse(gtid(until)));
    }

    private static VEvent[] beginning() {
        return new VEvent[] {begin(), field("orders", idAndName())};
    }

    @Test
    void readsACopyToItsEnd() {
        PartReader reader = reader();

        reader.onMessage(message(beginning()));
        reader.onMessage(message(vgtid(ON, gtid(5))));
        reader.onMessage(message(
                copied("orders", insert(1, "a")),
                copied("orders", insert(2, "b")),
                vgtid(ON, gtid(5), "orders", lastpk(2)),
                commit()));
        reader.onMessage(
                message(begin(), copied("orders", insert(3, "c")), vgtid(ON, gtid(5), "orders", lastpk(3)), commit()));
        reader.onMessage(message(begin(), vgtid(ON, gtid(6)), commit()));
        reader.onMessage(message(copyCompleted(ON)));
        reader.onMessage(message(copyCompleted()));

        assertThat(told.lines)
                .containsExactly(
                        "snapshot orders 1,a",
                        "snapshot orders 2,b",
                        "at 5 after 2 among parts",
                        "snapshot orders 3,c",
                        "at 5 after 3 among parts",
                        "copied at 6");
    }

    @Test
    void anEmptyTableIsCopiedToo() {
        PartReader reader = reader();

        reader.onMessage(message(beginning()));
        reader.onMessage(message(vgtid(ON, gtid(5)), copyCompleted(ON)));

        assertThat(told.lines).containsExactly("copied at 5");
    }

    @Test
    void aPlaceThatDoesNotSayHowFarTheCopyHasComeIsNeverOffered() {
        PartReader reader = reader();

        reader.onMessage(message(beginning()));
        reader.onMessage(message(vgtid(ON, gtid(5)), commit()));
        assertThat(reader.midway()).isNull();
        reader.onMessage(message(begin(), copied("orders", insert(1, "a"))));
        assertThat(reader.midway()).as("no key was heard yet").isNull();
        reader.onMessage(message(vgtid(ON, gtid(5), "items", lastpk(9)), commit()));
        assertThat(reader.midway()).as("the key of another table").isNull();
        reader.onMessage(message(begin(), vgtid(ON, gtid(6)), commit()));

        assertThat(told.positions).isEmpty();
    }

    @Test
    void aPlaceInsideATransactionIsTheOneBeforeIt() {
        PartReader reader = reader();
        reader.onMessage(message(beginning()));
        reader.onMessage(message(
                vgtid(ON, gtid(5)),
                copied("orders", insert(1, "a")),
                vgtid(ON, gtid(5), "orders", lastpk(1)),
                commit()));

        reader.onMessage(message(begin(), copied("orders", insert(2, "b"))));

        assertThat(place(Objects.requireNonNull(reader.midway()))).isEqualTo("5 after 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "truncate table orders",
                "drop table items, orders",
                "rename table orders to gone",
                "rename table items to orders"
            })
    void aTableThatLosesItsRowsByAStatementWhileItIsCopiedIsNotCopiedOn(String sql) {
        PartReader inOneLife = reader();
        inOneLife.onMessage(message(beginning()));
        inOneLife.onMessage(message(vgtid(ON, gtid(5)), copied("orders", insert(1, "a"))));
        inOneLife.onMessage(message(vgtid(ON, gtid(5), "orders", lastpk(1)), commit()));
        inOneLife.onMessage(message(vgtid(ON, gtid(6), "orders", lastpk(1)), ddl(sql)));
        PartReader inTheNext =
                reader(ORDERS, new PartCheckpoint(new PartId("orders", 0), "", told.positions.getLast(), false), null);
        inTheNext.onMessage(message(vgtid(ON, gtid(6), "orders", lastpk(1)), ddl(sql)));
        PartReader keyless = reader(KEYLESS);
        keyless.onMessage(message(beginning()));
        keyless.onMessage(message(copied("orders", insert(1, "a")), vgtid(ON, gtid(6)), ddl(sql)));

        assertThat(told.lines)
                .containsExactly(
                        "snapshot orders 1,a",
                        "at 5 after 1 among parts",
                        "failure FATAL",
                        "failure FATAL",
                        "snapshot orders 1,a",
                        "failure TRANSIENT");
        assertThat(told.failure).hasMessageContaining("copied again");
    }

    @Test
    void aStatementBeforeTheFirstRowOrOfAnotherTableDoesNotStopACopy() {
        PartReader reader = reader();
        reader.onMessage(message(beginning()));
        reader.onMessage(message(vgtid(ON, gtid(5)), ddl("truncate table orders"), copied("orders", insert(1, "a"))));
        reader.onMessage(message(vgtid(ON, gtid(6), "orders", lastpk(1)), ddl("truncate table items")));
        reader.onMessage(message(vgtid(ON, gtid(7), "orders", lastpk(1)), ddl("alter table orders add index (name)")));

        assertThat(told.lines)
                .containsExactly("snapshot orders 1,a", "at 6 after 1 among parts", "at 7 after 1 among parts");
    }

    @Test
    void aCopyThatEndsWithoutAPlaceIsTransient() {
        PartReader reader = reader();

        reader.onMessage(message(vgtid(ON, "current"), copyCompleted(ON)));

        assertThat(told.lines).containsExactly("failure TRANSIENT");
    }

    @Test
    void aCopiedPartFollowsItsTableUpToWhereTheChangeStreamIs() {
        PartReader reader = catchUp(ORDERS, 5, 7);
        reader.onMessage(message(
                begin(), field("orders", idAndName()), rows("orders", delete(1, "a")), vgtid(ON, gtid(6)), commit()));
        assertThat(reader.midway()).as("a transaction of it is not cut").isNull();

        reader.onMessage(message(begin(), vgtid(ON, gtid(7)), commit()));
        reader.onMessage(message(begin(), rows("orders", insert(2, "b")), vgtid(ON, gtid(8)), commit()));

        assertThat(told.lines).containsExactly("delete orders 1,a", "at 6 among parts", "copied at 7");
    }

    @Test
    void aCopiedPartWithoutAKeyDoesSoToo() {
        PartReader reader = catchUp(KEYLESS, 5, 7);

        reader.onMessage(message(
                begin(), field("orders", idAndName()), rows("orders", insert(1, "a")), vgtid(ON, gtid(6)), commit()));
        reader.onMessage(message(begin(), rows("orders", insert(1, "a")), vgtid(ON, gtid(9)), commit()));

        assertThat(told.lines)
                .containsExactly("create orders 1,a", "at 6 among parts", "create orders 1,a", "copied at 9");
    }

    @Test
    void aTransactionThatACopiedPartIsToldTwiceIsTransient() {
        PartReader reader = catchUp(KEYLESS, 5, 9);
        reader.onMessage(message(begin(), field("orders", idAndName()), rows("orders", insert(1, "a"))));

        reader.onMessage(message(begin(), rows("orders", insert(1, "a")), vgtid(ON, gtid(6)), commit()));

        assertThat(told.lines).containsExactly("create orders 1,a", "failure TRANSIENT");
    }

    @Test
    void aCopiedRangeTakesNoImageOfAnother() {
        PartCheckpoint part = new PartCheckpoint(
                new PartId("orders", 1), "{\"column\":\"id\",\"from\":\"10\",\"to\":\"20\"}", Told.at(5), true, true);
        PartReader reader = reader(ORDERS, part, GtidSet.parse(gtid(6)));

        reader.onMessage(message(
                begin(),
                field("orders", idAndName()),
                rows(
                        "orders",
                        update(row(12, "a"), row(30, "a")),
                        update(row(5, "b"), row(15, "b")),
                        insert(30, "c"),
                        delete(11, "d")),
                vgtid(ON, gtid(6)),
                commit()));

        assertThat(told.lines)
                .containsExactly("delete orders 12,a", "create orders 15,b", "delete orders 11,d", "copied at 6");
    }

    @Test
    void imagesOfAnotherRangeTakeNoRoomBesideThoseThatAreKept() {
        PartCheckpoint part = new PartCheckpoint(
                new PartId("orders", 1), "{\"column\":\"id\",\"from\":\"10\",\"to\":\"20\"}", Told.at(5), true, true);
        PartReader reader = reader(ORDERS, part, GtidSet.parse(gtid(7)));
        RowChange[] others = IntStream.range(0, 5_000)
                .mapToObj(i -> update(row(30, "old"), row(30, "new")))
                .toArray(RowChange[]::new);

        reader.onMessage(message(
                begin(),
                field("orders", idAndName()),
                rows("orders", insert(12, "a")),
                rows("orders", others),
                rows("orders", insert(15, "b")),
                vgtid(ON, gtid(6)),
                commit()));

        assertThat(told.lines).containsExactly("create orders 12,a", "create orders 15,b", "at 6 among parts");
        assertThat(told.arrays()).isEqualTo(1);
    }

    @Test
    void aHistoryThatIsNotTheChangeStreamsIsAnError() {
        PartReader reader = catchUp(ORDERS, 5, 7);
        String other = gtid(6) + ",00000000-0000-0000-0000-00000000000b:1";

        reader.onMessage(message(begin(), vgtid(ON, other), commit()));

        assertThat(told.lines).containsExactly("failure FATAL");
        assertThat(told.failureMessage()).contains("commerce/-80 orders", "histories differ");
    }

    /** It is told in front of the place behind it, which must not be saved. */
    @Test
    void aReshardEndsACopyForGood() {
        PartReader reader = reader();
        ShardGtid child = ShardGtid.newBuilder()
                .setKeyspace("commerce")
                .setShard("-40")
                .setGtid(gtid(1))
                .build();

        reader.onMessage(message(begin(), journal(ON, child), vgtid(ON, gtid(5), "orders", lastpk(1)), commit()));

        assertThat(told.lines).containsExactly("reshard 7 of [-80] to -40 at 1");
    }

    @Test
    void aReshardInTheCopyOfATableWithoutAKeyHasItBeginAgain() {
        PartReader reader = reader(KEYLESS);

        reader.onMessage(message(begin(), journal(ON)));

        assertThat(told.lines).containsExactly("failure TRANSIENT");
    }

    /** It may have been resharded before the copy began, and has what others have written since. */
    @Test
    void aCopyOfAShardThatTakesNoWritesEndsBeforeItsFirstRow() {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        writable = Uni.createFrom().completionStage(answer).replaceWithVoid();
        PartReader reader = reader();
        reader.onMessage(message(beginning()));
        int asked = told.messages;

        reader.onMessage(message(vgtid(ON, gtid(5)), commit()));

        assertThat(told.messages).as("rows are not asked for").isEqualTo(asked);
        answer.completeExceptionally(new PipelineException(Kind.TRANSIENT, "no primary"));
        assertThat(told.lines).containsExactly("failure TRANSIENT");
    }

    @Test
    void aCopyOfAShardThatTakesWritesGoesOnAndMayHaveEndedMeanwhile() {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        writable = Uni.createFrom().completionStage(answer).replaceWithVoid();
        PartReader reader = reader();
        reader.onMessage(message(beginning()));
        reader.onMessage(message(vgtid(ON, gtid(5)), commit(), copyCompleted(ON)));
        assertThat(told.lines).isEmpty();

        answer.complete(true);

        assertThat(told.lines).containsExactly("copied at 5");
    }

    @Test
    void rowsAreAskedForOnceTheShardIsKnownToTakeWrites() {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        writable = Uni.createFrom().completionStage(answer).replaceWithVoid();
        PartReader reader = reader();
        reader.onMessage(message(beginning()));
        int asked = told.messages;
        reader.onMessage(message(vgtid(ON, gtid(5)), commit()));

        answer.complete(true);

        assertThat(told.messages).isEqualTo(asked + 1);
    }

    @Test
    void whatIsHeardOfTheShardOnceACopyIsCancelledIsNoMatter() {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        writable = Uni.createFrom().completionStage(answer).replaceWithVoid();
        PartReader reader = reader();
        reader.onMessage(message(beginning()));
        reader.onMessage(message(vgtid(ON, gtid(5)), commit()));
        reader.cancel();

        answer.complete(true);

        assertThat(told.lines).isEmpty();
    }

    @Test
    void tablesThatMoveElsewhereDoNotConcernACopy() {
        Journal moved = Journal.newBuilder()
                .setMigrationType(MigrationType.TABLES)
                .addTables("items")
                .build();

        reader().onMessage(message(begin(), journal(moved), commit()));

        assertThat(told.failure).isNull();
    }

    @Test
    void rowsBeforeTheirFieldsAreTransient() {
        reader().onMessage(message(begin(), copied("orders", insert(1, "a"))));

        assertThat(Objects.requireNonNull(told.failure).kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void nothingIsToldBehindTheEnd() {
        PartReader reader = reader();
        reader.onMessage(message(vgtid(ON, gtid(5)), copyCompleted(ON)));
        reader.onMessage(message(begin(), commit()));
        reader.onMessage(message(vgtid(ON, gtid(6)), copyCompleted(ON)));
        reader.onEnd(Status.UNAVAILABLE, status -> {
            throw new AssertionError(status);
        });

        assertThat(told.lines).isEqualTo(List.of("copied at 5"));
        assertThat(told.messages).isZero();
    }

    @Test
    void changesThatAReplacedTabletSendsBehindACopyThatNeverEndedAreTransient() {
        PartReader reader = reader();
        reader.onMessage(message(beginning()));
        reader.onMessage(message(
                vgtid(ON, gtid(5)),
                copied("orders", insert(1, "a")),
                vgtid(ON, gtid(5), "orders", lastpk(1)),
                commit()));
        reader.onMessage(message(begin(), vgtid(ON, gtid(5)), commit()));
        assertThat(told.failure).as("the end of the copy").isNull();

        reader.onMessage(message(begin(), field("orders", idAndName()), rows("orders", insert(2, "b"))));

        assertThat(told.lines).containsExactly("snapshot orders 1,a", "at 5 after 1 among parts", "failure TRANSIENT");
    }

    @Test
    void transactionsOfOtherTablesBehindACopyThatNeverEndedAreTransientToo() {
        PartReader reader = reader();
        reader.onMessage(message(beginning()));
        reader.onMessage(message(
                vgtid(ON, gtid(5)),
                copied("orders", insert(1, "a")),
                vgtid(ON, gtid(5), "orders", lastpk(1)),
                commit()));
        reader.onMessage(message(begin(), vgtid(ON, gtid(5)), commit()));

        reader.onMessage(message(begin(), vgtid(ON, gtid(6)), commit()));

        assertThat(told.lines).last().isEqualTo("failure TRANSIENT");
    }

    @Test
    void aCopyThatIsTakenUpBehindItsBeginningIsTransient() {
        PartReader reader = reader();
        reader.onMessage(message(beginning()));
        reader.onMessage(message(vgtid(ON, gtid(5))));

        reader.onMessage(message(begin(), field("orders", idAndName()), rows("orders", insert(2, "b"))));

        assertThat(told.lines).containsExactly("failure TRANSIENT");
    }

    @Test
    void changesThatACopyCatchesUpWithAreNoEndOfIt() {
        PartReader reader = reader();
        reader.onMessage(message(beginning()));
        reader.onMessage(message(
                vgtid(ON, gtid(5)),
                copied("orders", insert(1, "a")),
                vgtid(ON, gtid(5), "orders", lastpk(1)),
                commit()));

        reader.onMessage(message(
                begin(),
                field("orders", idAndName()),
                rows("orders", delete(1, "a")),
                vgtid(ON, gtid(6), "orders", lastpk(1)),
                commit(),
                begin(),
                vgtid(ON, gtid(7), "orders", lastpk(1)),
                commit()));
        reader.onMessage(
                message(begin(), copied("orders", insert(2, "b")), vgtid(ON, gtid(7), "orders", lastpk(2)), commit()));
        reader.onMessage(message(begin(), vgtid(ON, gtid(7)), commit(), copyCompleted(ON)));

        assertThat(told.lines)
                .containsExactly(
                        "snapshot orders 1,a",
                        "at 5 after 1 among parts",
                        "delete orders 1,a",
                        "at 6 after 1 among parts",
                        "at 7 after 1 among parts",
                        "snapshot orders 2,b",
                        "at 7 after 2 among parts",
                        "copied at 7");
    }
}
