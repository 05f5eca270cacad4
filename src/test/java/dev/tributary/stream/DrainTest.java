package dev.tributary.stream;

import static dev.tributary.stream.FakeSource.at;
import static dev.tributary.stream.FakeSource.create;
import static dev.tributary.stream.FakeSource.keyless;
import static dev.tributary.stream.FakeSource.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.servers.Await;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stream ends in good order whatever it is at. */
class DrainTest extends StreamFixture {
    @AfterEach
    void holdsNothing() {
        assertThat(budget.used()).isZero();
        assertThat(stream().status().heldBytes()).isZero();
    }

    private void assertEnded() {
        assertThat(stream().status().state()).isInstanceOf(StreamState.Ended.class);
    }

    @Test
    void whileItFollowsWhatIsWholeBecomesDurableFirst() {
        source.tables = List.of(table("orders"));
        startFollowing(5);
        FakeReader changes = source.changes(1);
        changes.transaction(6, 1);
        changes.tell(it -> {
            FakeReader.transaction(it, 7, 2);
            it.onRecord(create("orders", 3), 10);
        });

        Promise<Void> drained = draining();
        awaitState(StreamState.Draining.class);
        target.awaitBatches(2);
        assertThat(changes.cancelled).isTrue();
        assertThat(drained.future().isComplete()).isFalse();
        target.write(0);
        target.write(1);
        await(drained);

        assertEnded();
        assertThat(target.rows).containsExactly("orders 1", "orders 2");
        assertThat(target.changes(SHARD)).isEqualTo(at(7));
        assertThat(target.abandoned).isEmpty();
    }

    @Test
    void whileItCopiesPartsTheirPlacesAreSavedAndNoOtherPartIsBegun() {
        settings.put("tributary.copy.parts", "2");
        source.tables = List.of(table("a"), table("b"), table("c"));
        start();
        FakeReader a = source.part("a", 1);
        FakeReader b = source.part("b", 1);
        a.transaction(11, 1);
        b.copied(12, 2);

        Promise<Void> drained = draining();
        a.awaitCancelled();
        target.write(0);
        target.write(1);
        await(drained);

        assertEnded();
        assertThat(source.opened).hasSize(2);
        assertThat(target.rows).containsExactlyInAnyOrder("orders 1", "b 2");
    }

    @Test
    void aTableWithoutAKeyIsGivenUpAtTheTarget() {
        source.tables = List.of(keyless("log"));
        start();
        FakeReader log = source.part("log", 1);
        log.transaction(11, 1);

        Promise<Void> drained = draining();
        log.awaitCancelled();
        target.write(0);
        await(drained);

        assertEnded();
        assertThat(target.rows).isEmpty();
        assertThat(target.abandoned).containsExactly("commerce/-80 1");
    }

    @Test
    void whileItClaims() {
        target.gate = new CompletableFuture<>();
        start();

        drain();
        target.gate.complete(true);
        drain();

        assertEnded();
        assertThat(source.opened).isEmpty();
    }

    @Test
    void whileItVerifies() {
        source.gate = new CompletableFuture<>();
        start();
        Await.until("a claim", LIMIT, () -> target.claims == 1, () -> "");

        drain();
        source.gate.complete(true);
        drain();

        assertEnded();
        assertThat(source.opened).isEmpty();
    }

    @Test
    void whileItBacksOff() {
        settings.put("tributary.retry.delay", "1H");
        settings.put("tributary.retry.max-delay", "1H");
        target.refusal = new PipelineException(Kind.TRANSIENT, "the target is away");
        start();
        awaitState(StreamState.BackingOff.class);

        drain();

        assertEnded();
        assertThat(target.claims).isEqualTo(1);
    }

    @Test
    void onceItHasFailed() {
        target.refusal = new PipelineException(Kind.FATAL, "no");
        start();
        awaitState(StreamState.Failed.class);

        drain();

        assertThat(stream().status().state()).as("still").isInstanceOf(StreamState.Failed.class);
    }

    @Test
    void onceItHasEnded() {
        settings.put("tributary.until", "copied");
        start();
        awaitState(StreamState.Ended.class);

        drain();

        assertEnded();
    }

    @Test
    void twice() {
        source.tables = List.of(table("orders"));
        startFollowing(5);
        source.changes(1).transaction(6, 1);

        Promise<Void> first = draining();
        Promise<Void> second = draining();
        target.write(0);

        await(first);
        await(second);
        assertEnded();
    }

    @Test
    void whileWhatIsOnItsWayIsRefused() {
        source.tables = List.of(table("orders"));
        startFollowing(5);
        source.changes(1).transaction(6, 1);

        Promise<Void> drained = draining();
        awaitState(StreamState.Draining.class);
        target.refuse(0, Kind.TRANSIENT);
        await(drained);

        assertEnded();
        assertThat(target.claims).isEqualTo(1);
        assertThat(target.abandoned).containsExactly("commerce/-80 1");
    }

    @Test
    void acknowledgementsThatComeBehindItAreNotHeard() {
        source.tables = List.of(table("orders"));
        startFollowing(5);
        FakeReader changes = source.changes(1);
        changes.transaction(6, 1);
        changes.fail(Kind.FATAL);
        awaitState(StreamState.Failed.class);

        target.write(0);
        drain();

        assertThat(stream().status().rowsDurable()).isZero();
        assertThat(events).filteredOn(ShardEvent.Failed.class::isInstance).hasSize(1);
    }
}
