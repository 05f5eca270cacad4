package dev.tributary.source.vitess;

import static dev.tributary.servers.VEvents.begin;
import static dev.tributary.servers.VEvents.commit;
import static dev.tributary.servers.VEvents.delete;
import static dev.tributary.servers.VEvents.gtid;
import static dev.tributary.servers.VEvents.insert;
import static dev.tributary.servers.VEvents.other;
import static dev.tributary.servers.VEvents.row;
import static dev.tributary.servers.VEvents.rows;
import static dev.tributary.servers.VEvents.update;
import static dev.tributary.servers.VEvents.vgtid;
import static dev.tributary.source.vitess.Told.at;
import static dev.tributary.source.vitess.Told.fields;
import static dev.tributary.source.vitess.Told.message;
import static dev.tributary.source.vitess.Told.place;
import static org.assertj.core.api.Assertions.assertThat;

import binlogdata.Binlogdata.VEvent;
import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Position;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LargeTransactionTest {
    private static final String ON = "-80";

    private final Told told = new Told();

    private ChangesReader reader(long from) {
        return Told.changes(told, at(from), "");
    }

    /** A transaction of two tables, interleaved, in several messages; and one that follows. */
    private static final List<VEvent[]> LARGE = List.of(
            fields(),
            new VEvent[] {begin(), rows("orders", insert(1, "a"), insert(2, "b"))},
            new VEvent[] {rows("log", insert(1, "x"))},
            new VEvent[] {rows("orders", update(row(1, "a"), row(1, "c"))), rows("log", insert(1, "x"))},
            new VEvent[] {rows("orders", delete(2, "b")), vgtid(ON, gtid(4)), commit()},
            new VEvent[] {begin(), rows("log", insert(1, "x")), vgtid(ON, gtid(5)), commit()});

    private static final int LARGE_ROWS = 6;

    /** What is told of it from a place on. */
    private static List<String> read(Position from) {
        Told all = new Told();
        ChangesReader reader = Told.changes(all, from, "");
        LARGE.forEach(events -> reader.onMessage(message(events)));
        return all.lines;
    }

    /** Where a stream from {@code from} stands once it has told so many more rows. */
    private static Position placeAfter(Position from, int rows) {
        AtomicReference<ChangesReader> reader = new AtomicReference<>();
        AtomicReference<Position> place = new AtomicReference<>(from);
        Told cut = new Told() {
            @Override
            public void onRecord(ChangeRecord record, int bytes) {
                super.onRecord(record, bytes);
                if (lines.size() == rows) {
                    place.set(reader.get().midway());
                    reader.get().cancel();
                }
            }
        };
        reader.set(Told.changes(cut, from, ""));
        LARGE.forEach(events -> reader.get().onMessage(message(events)));
        return place.get();
    }

    @Test
    void aResumeInATransactionLeavesOutExactlyTheRowsThatAreDurable() {
        List<String> expected = read(at(3));

        for (int cut = 1; cut <= LARGE_ROWS; cut++) {
            assertThat(read(placeAfter(at(3), cut)))
                    .as("cut after %d rows", cut)
                    .isEqualTo(expected.subList(cut, expected.size()));
        }
    }

    @Test
    void aResumeMayBeCutAgainInTheSameTransaction() {
        List<String> expected = read(at(3));

        Position place = at(3);
        for (int cut = 1; cut <= LARGE_ROWS; cut++) {
            place = placeAfter(place, 1);
            assertThat(read(place)).as("cut %d times", cut).isEqualTo(expected.subList(cut, expected.size()));
        }
    }

    @Test
    void aPlaceInATransactionSaysHowManyRowsOfEachTableWereTold() {
        ChangesReader reader = reader(3);
        reader.onMessage(message(fields()));
        assertThat(place(reader.midway())).isEqualTo("3");

        reader.onMessage(message(begin(), rows("orders", insert(1, "a"), insert(2, "b")), rows("log", insert(1, "x"))));
        assertThat(place(reader.midway())).isEqualTo("3 + {log=1, orders=2}");
        reader.onMessage(message(rows("orders", insert(3, "c"))));
        assertThat(place(reader.midway())).isEqualTo("3 + {log=1, orders=3}");
        reader.onMessage(message(vgtid(ON, gtid(4))));
        assertThat(place(reader.midway())).as("the transaction is not over").isEqualTo("3 + {log=1, orders=3}");
        reader.onMessage(message(commit(), begin()));
        assertThat(place(reader.midway())).isEqualTo("4");
    }

    @Test
    void noPlaceIsOfferedBeforeTheDurableRowsHaveBeenMet() {
        ChangesReader reader =
                Told.changes(told, new VitessPosition(gtid(3), null, Map.of("orders", 1L)).toPosition(), "");

        reader.onMessage(message(vgtid(ON, gtid(3)), other()));
        reader.onMessage(message(fields()));
        reader.onMessage(
                message(begin(), rows("orders", insert(1, "a"), insert(2, "b")), vgtid(ON, gtid(4)), commit()));

        assertThat(told.lines).containsExactly("create orders 2,b", "at 4");
    }

    @Test
    void aTransactionWithFewerRowsThanAreDurableIsAnotherHistory() {
        ChangesReader reader =
                Told.changes(told, new VitessPosition(gtid(3), null, Map.of("orders", 2L)).toPosition(), "");
        reader.onMessage(message(fields()));

        reader.onMessage(message(begin(), rows("orders", insert(1, "a")), vgtid(ON, gtid(4)), commit()));

        assertThat(told.lines).containsExactly("failure FATAL");
    }

    @Test
    void anotherTransactionInItsPlaceIsAnotherHistoryToo() {
        ChangesReader reader =
                Told.changes(told, new VitessPosition(gtid(3), null, Map.of("orders", 2L)).toPosition(), "");
        reader.onMessage(message(fields()));

        reader.onMessage(message(begin(), vgtid(ON, gtid(4)), commit()));
        reader.onMessage(
                message(begin(), rows("orders", insert(1, "a"), insert(2, "b")), vgtid(ON, gtid(5)), commit()));

        assertThat(told.lines).containsExactly("failure FATAL");
    }

    @Test
    void durableRowsOfATableThatIsGoneAreForgotten() {
        ChangesReader reader = Told.changes(
                told, new VitessPosition(gtid(3), null, Map.of("gone", 2L)).toPosition(), "?tables=orders");
        reader.onMessage(message(fields()));

        reader.onMessage(message(begin(), rows("gone", insert(1, "a")), vgtid(ON, gtid(4)), commit()));
        reader.onMessage(message(begin(), rows("orders", insert(1, "a")), vgtid(ON, gtid(5)), commit()));

        assertThat(told.lines).containsExactly("at 4", "create orders 1,a", "at 5");
    }

    @Test
    void aTransactionThatBeginsAgainInTheMiddleIsTransient() {
        ChangesReader reader = reader(3);
        reader.onMessage(message(fields()));
        reader.onMessage(message(begin(), rows("orders", insert(1, "a"))));

        reader.onMessage(
                message(begin(), rows("orders", insert(1, "a"), insert(2, "b")), vgtid(ON, gtid(4)), commit()));

        assertThat(told.lines).containsExactly("create orders 1,a", "failure TRANSIENT");
    }

    @Test
    void aTransactionThatBeginsAgainBeforeItsFirstRowIsToldOnce() {
        ChangesReader reader = reader(3);
        reader.onMessage(message(begin()));

        reader.onMessage(message(fields()));
        reader.onMessage(message(begin(), rows("orders", insert(1, "a")), vgtid(ON, gtid(4)), commit()));

        assertThat(told.lines).containsExactly("create orders 1,a", "at 4");
    }
}
