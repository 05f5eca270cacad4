package dev.tributary.stream;

import static dev.tributary.stream.FakeSource.at;
import static dev.tributary.stream.FakeSource.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.ShardId;
import dev.tributary.servers.Await;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several processes of one pipeline, of which this is one. */
class OwnershipTest extends SupervisorFixture {
    private static final String OTHER = "other";

    @BeforeEach
    void followTwoShards() {
        settings.put("tributary.lease.duration", "2S");
        target.writesAtOnce = batch -> true;
        source.tables = List.of(table("orders"));
        target.put(LEFT, at(10), Set.of("orders"));
        target.put(RIGHT, at(10), Set.of("orders"));
    }

    private List<ShardId> running() {
        return supervisor().shards().stream()
                .filter(shard -> shard.state() instanceof StreamState.Following)
                .map(ShardStatus::shard)
                .toList();
    }

    private void awaitRunning(ShardId... shards) {
        Await.until(
                "these follow: " + List.of(shards),
                LIMIT,
                () -> running().equals(List.of(shards)),
                () -> supervisor().shards().toString());
    }

    @Test
    void whatAnotherHasIsLeftToItUntilItsLeaseIsOver() {
        target.claimFor(OTHER, RIGHT);
        CompletableFuture<Void> running = run();
        awaitRunning(LEFT);
        assertThat(target.owner(RIGHT)).isEqualTo(OTHER);

        target.others.remove(OTHER);

        awaitRunning(LEFT, RIGHT);
        assertThat(target.owner(RIGHT)).isEqualTo(FakeTarget.SELF);
        assertThat(running).isNotDone();
    }

    @Test
    void oneThatJoinsIsGivenItsShareOnceThatIsDrained() {
        CompletableFuture<Void> running = run();
        awaitRunning(LEFT, RIGHT);
        target.writesAtOnce = batch -> false;
        changes(LEFT).transaction(11, 1);
        changes(RIGHT).transaction(11, 2);
        target.awaitBatches(2);

        target.others.add(OTHER);

        Await.until(
                "one drains",
                LIMIT,
                () -> running().size() == 1,
                () -> supervisor().shards().toString());
        assertThat(List.of(target.owner(LEFT), target.owner(RIGHT)))
                .as("not before its changes are durable")
                .containsOnly(FakeTarget.SELF);
        target.write(0);
        target.write(1);
        Await.until(
                "a shard is free",
                LIMIT,
                () -> target.owner(LEFT).isEmpty() || target.owner(RIGHT).isEmpty(),
                () -> supervisor().shards().toString());
        assertThat(target.changes(LEFT)).isEqualTo(at(11));
        assertThat(target.changes(RIGHT)).isEqualTo(at(11));
        Await.until(
                "it is not shown any more",
                LIMIT,
                () -> supervisor().shards().size() == 1,
                () -> supervisor().shards().toString());
        assertThat(running).isNotDone();
    }

    /** Others need not wait for the slowest of its streams. */
    @Test
    void aStopIsToldAndWhatIsDrainedIsGivenBackWhileAnotherStreamDrains() {
        CompletableFuture<Void> running = run();
        awaitRunning(LEFT, RIGHT);
        target.writesAtOnce = batch -> false;
        changes(RIGHT).transaction(11, 2);
        target.awaitBatches(1);

        supervisor().drain().subscribe().with(done -> {});

        Await.until(
                "it is told, and what is drained is given back",
                LIMIT,
                () -> target.stopping && target.owner(LEFT).isEmpty(),
                () -> supervisor().shards().toString());
        assertThat(target.owner(RIGHT)).isEqualTo(FakeTarget.SELF);
        assertThat(target.resigned).isFalse();
        target.write(0);
        awaitEnd(running);
        assertThat(target.resigned).isTrue();
        assertThat(target.owner(RIGHT)).isEmpty();
    }

    @Test
    void aShardThatAnotherHasClaimedIsLeftAtTheNextWrite() {
        settings.put("tributary.lease.duration", "1H");
        CompletableFuture<Void> running = run();
        awaitRunning(LEFT, RIGHT);

        target.claimFor(OTHER, RIGHT);
        changes(RIGHT).transaction(11, 2);

        awaitRunning(LEFT);
        assertThat(target.rows).isEmpty();
        assertThat(target.owner(RIGHT)).isEqualTo(OTHER);
        changes(LEFT).transaction(11, 1);
        awaitRows("orders 1");
        assertThat(running).isNotDone();
    }

    /** It has nothing to write, and so would never hear of it. */
    @Test
    void aQuietShardThatAnotherHasClaimedIsLeftToo() {
        run();
        awaitRunning(LEFT, RIGHT);

        target.claimFor(OTHER, RIGHT);

        awaitRunning(LEFT);
    }

    @Test
    void aLeaseThatCantBeRenewedIsRenewedLater() {
        run();
        awaitRunning(LEFT, RIGHT);
        target.unreachable = new PipelineException(Kind.TRANSIENT, "target away");
        Await.until("it was tried", LIMIT, () -> target.unreachable == null, () -> "");

        target.others.add(OTHER);

        Await.until(
                "one is given",
                LIMIT,
                () -> supervisor().shards().size() == 1,
                () -> supervisor().shards().toString());
    }

    @Test
    void aStreamThatStandsStillIsToldWithTheLease() {
        settings.put("tributary.retry.delay", "1H");
        settings.put("tributary.retry.max-delay", "1H");
        run();
        awaitRunning(LEFT, RIGHT);
        assertThat(target.waiting().causes()).isEmpty();

        changes(RIGHT).fail(Kind.TRANSIENT);

        Await.until(
                "it is told",
                LIMIT,
                () -> !target.waiting().causes().isEmpty(),
                () -> supervisor().shards().toString());
        assertThat(target.waiting().causes()).containsOnlyKeys(RIGHT.toString());
        assertThat(target.waiting().causes().get(RIGHT.toString())).startsWith("failure 1 in a row: ");
    }

    /** A try may hang as long as a server does: what is told between is no other. */
    @Test
    void whatIsToldStaysUntilItReadsAgain() {
        settings.put("tributary.retry.delay", "1MS");
        run();
        awaitRunning(LEFT, RIGHT);
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        source.gate = answer;

        changes(RIGHT).fail(Kind.TRANSIENT);

        Await.until(
                "it tries again",
                LIMIT,
                () -> supervisor().shards().stream().anyMatch(shard -> shard.state() instanceof StreamState.Claiming),
                () -> supervisor().shards().toString());
        Await.until(
                "it is told",
                LIMIT,
                () -> !target.waiting().causes().isEmpty(),
                () -> supervisor().shards().toString());
        assertThat(target.waiting().causes()).containsOnlyKeys(RIGHT.toString());
        answer.complete(true);
        awaitRunning(LEFT, RIGHT);
        Await.until(
                "it is over",
                LIMIT,
                () -> target.waiting().causes().isEmpty(),
                () -> supervisor().shards().toString());
    }

    @Test
    void theEndGivesEverythingBack() {
        run();
        awaitRunning(LEFT, RIGHT);

        supervisor().drain().await().atMost(LIMIT);

        assertThat(target.resigned).isTrue();
        assertThat(target.owner(LEFT)).isEmpty();
        assertThat(target.owner(RIGHT)).isEmpty();
    }

    /** Of the shard that another process has it is known by its checkpoint. */
    @Test
    void untilCaughtUpWaitsForTheShardsOfOthersToo() {
        settings.put("tributary.until", "caught-up");
        source.current = 12;
        target.claimFor(OTHER, RIGHT);
        CompletableFuture<Void> running = run();
        awaitRunning(LEFT);
        changes(LEFT).transaction(12, 1);
        awaitRows("orders 1");
        assertThat(running).isNotDone();

        target.put(RIGHT, at(12), Set.of("orders"));

        awaitEnd(running);
    }
}
