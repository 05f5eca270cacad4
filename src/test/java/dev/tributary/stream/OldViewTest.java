package dev.tributary.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.checkpoint.ShardOwner;
import dev.tributary.checkpoint.WaitingShards;
import dev.tributary.record.KnownShards;
import dev.tributary.record.ShardId;
import dev.tributary.servers.Await;
import dev.tributary.source.SourceShards;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What was looked up at the start is gone by if the first lease comes soon, and not if it comes late. */
class OldViewTest extends StreamFixture implements Ownership.Owner {
    private static final ShardId FORGOTTEN = new ShardId("commerce", "forgotten since");
    private static final Duration LEASE = Duration.ofSeconds(10);

    private final List<List<ShardId>> taken = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final OwnContext own = new OwnContext(vertx.getOrCreateContext(), failures::add);

    @Override
    public List<ShardId> mine() {
        return List.of();
    }

    @Override
    public Set<ShardId> leaving() {
        return Set.of();
    }

    @Override
    public WaitingShards waiting() {
        return WaitingShards.NONE;
    }

    @Override
    public void decided(SourceShards shards, Shares shares, List<ShardOwner> owners) {
        taken.add(List.copyOf(shares.take()));
    }

    @Override
    public void failed(Throwable failure) {
        failures.add(failure);
    }

    @AfterEach
    void nothingHasFailed() {
        assertThat(failures).isEmpty();
    }

    /** The shards that are taken first, of a view that is so old once there is a lease. */
    private List<ShardId> first(Duration age) {
        Plumbing plumbing = new Plumbing(
                source,
                Set::of,
                target,
                target.carried(),
                tables -> Uni.createFrom().voidItem(),
                step -> Uni.createFrom().item(true),
                target::abandon,
                table -> Uni.createFrom().item(0L),
                target::accept,
                budget,
                new CopyTurns(1),
                new RangedTables(settings()),
                false);
        Ownership ownership = new Ownership(own, plumbing, LEASE, this, () -> 1);
        SourceShards then = new SourceShards(KnownShards.NONE, List.of(FORGOTTEN), List.of(), List.of(), Set.of());
        own.hop(() -> ownership.begin(then, 1 - age.toNanos()));
        Await.until("shards are taken", LIMIT, () -> !taken.isEmpty(), failures::toString);
        own.hop(ownership::end);
        return taken.getFirst();
    }

    @Test
    void itIsUsedWithinALease() {
        assertThat(first(LEASE)).containsExactly(FORGOTTEN);
    }

    @Test
    void itIsLookedUpAnewAfterALease() {
        assertThat(first(LEASE.plusNanos(1))).containsExactly(SHARD);
    }
}
