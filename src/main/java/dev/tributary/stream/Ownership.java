package dev.tributary.stream;

import dev.tributary.checkpoint.Members;
import dev.tributary.checkpoint.ShardOwner;
import dev.tributary.checkpoint.WaitingShards;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.ShardId;
import dev.tributary.source.SourceShards;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * This process's part in the pipeline: renews its lease, sees which other processes and which shards there are, and has its owner
 * take and give shards. Used on the supervisor's context.
 */
final class Ownership {
    private static final Logger LOG = Logger.getLogger(Ownership.class);
    private static final long LONGEST_TICK_MILLIS = 1000;
    private static final int TICKS_PER_LEASE = 4;
    /** Who has not renewed its lease for as many may be gone. */
    private static final int TICKS_UNTIL_LATE = 3;
    /** Others may have opened shards. */
    private static final Duration LONGEST_BLINDNESS = Duration.ofSeconds(5);

    /** Has the shards. */
    interface Owner {
        /** Those whose streams run, the ones first that may best be given away. */
        List<ShardId> mine();

        /** Those that are about to be given back. */
        Set<ShardId> leaving();

        /** Those whose streams stand still, and why. */
        WaitingShards waiting();

        /** Shards are to be taken or given; or only the source's shards and owners are as they are now. */
        void decided(SourceShards shards, Shares shares, List<ShardOwner> owners);

        /** They can't be looked up, and won't be. */
        void failed(Throwable failure);
    }

    private final OwnContext own;
    private final Plumbing plumbing;
    private final Owner owner;
    private final Duration lease;
    private final LongSupplier nanos;
    private final Duration tick;
    /** What is free is not left for so long to who is not heard of. */
    private final Duration late;

    private volatile @Nullable Members members;
    /** Those of them that shards are shared with. */
    private Set<String> peers = Set.of();
    /** As they were looked up at the start; null once they are looked up anew. */
    private @Nullable SourceShards known;

    private long knownAt;

    private boolean looking;
    /** There may be something to do. */
    private boolean wanted = true;

    private long lookedAt;
    private volatile long renewedAt;
    /** Until then others that were not heard of may have been cut off as this one was. */
    private long lenientUntil;
    /** Until then others that are late may only be late as this one was. */
    private long patientUntil;

    private String said = "";
    private boolean standing;
    /** That it stands is to be told at once. */
    private boolean hurry;

    private long timer = -1;
    private boolean ended;

    /** @param nanos a monotonic clock of this process, in nanoseconds; nothing of it is told to others */
    Ownership(OwnContext own, Plumbing plumbing, Duration lease, Owner owner, LongSupplier nanos) {
        this.own = own;
        this.plumbing = plumbing;
        this.lease = lease;
        this.owner = owner;
        this.nanos = nanos;
        this.renewedAt = nanos.getAsLong();
        this.lenientUntil = renewedAt;
        this.patientUntil = renewedAt;
        this.tick = Duration.ofMillis(Math.min(LONGEST_TICK_MILLIS, lease.toMillis() / TICKS_PER_LEASE));
        this.late = tick.multipliedBy(TICKS_UNTIL_LATE);
    }

    /**
     * @param shards as they were looked up at the start
     * @param at when that was begun, by this process's clock
     */
    void begin(SourceShards shards, long at) {
        known = shards;
        knownAt = at;
        renew();
    }

    /** Shards are to be looked up at once. */
    void wake() {
        wanted = true;
        look();
    }

    /** Shards are to be looked up soon; not at once, for two that took from each other would do nothing else. */
    void want() {
        wanted = true;
    }

    /** The lease is renewed until the end, but nothing is taken or given any more; others hear that, and keep nothing free for it. */
    void stand() {
        if (standing || ended) {
            return;
        }
        standing = true;
        hurry = true;
        if (own.context().owner().cancelTimer(timer)) {
            renew();
        } // else it is being renewed, and will be once more
    }

    /** The lease's name, empty before there is one; for any thread. */
    String process() {
        Members now = members;
        return now == null ? "" : now.self().owner();
    }

    /** Since the lease was renewed; for any thread. */
    Duration age() {
        return Duration.ofNanos(nanos.getAsLong() - renewedAt);
    }

    void end() {
        ended = true;
    }

    private void renew() {
        hurry = false;
        plumbing.checkpoints()
                .renew(owner.waiting(), standing)
                .subscribe()
                .with(
                        found -> own.hop(() -> renewed(found)),
                        failure -> own.hop(() -> {
                            judge(failure);
                            pause();
                        }));
    }

    private void renewed(Members found) {
        if (ended) {
            return;
        }
        long now = nanos.getAsLong();
        if (now - renewedAt > lease.toNanos()) {
            LOG.warnf(
                    "the lease was not renewed for %d ms: others may have taken shards", (now - renewedAt) / 1_000_000);
            lenientUntil = now + lease.toNanos();
            wanted = true;
        }
        if (now - renewedAt > late.toNanos()) {
            patientUntil = now + late.toNanos();
        }
        renewedAt = now;
        Members before = members;
        members = before != null && now < lenientUntil ? found.leniently(before) : found;
        wanted |= before == null
                || !members.live().equals(before.live())
                || members.isOneStopping()
                || now - lookedAt > Math.min(LONGEST_BLINDNESS.toNanos(), lease.toNanos());
        share(now < patientUntil ? members.peers() : members.peers(late));
        look();
        pause();
    }

    private void share(Set<String> with) {
        if (!with.equals(peers)) {
            peers = with;
            wanted = true;
            LOG.infof(
                    "processes that share the shards: %s",
                    peers.stream().sorted().toList());
        }
    }

    private void pause() {
        timer = own.context()
                .owner()
                .setTimer(
                        hurry ? 1 : tick.toMillis(),
                        id -> own.hop(() -> {
                            if (!ended) {
                                renew();
                            }
                        }));
    }

    private void look() {
        if (!wanted || looking || standing || ended || members == null) {
            return;
        }
        looking = true;
        wanted = false;
        lookedAt = nanos.getAsLong();
        // the lease may come late: what was open long ago may be closed and forgotten
        SourceShards first = lookedAt - knownAt > lease.toNanos() ? null : known;
        known = null;
        Uni<SourceShards> shards = first != null ? Uni.createFrom().item(first) : plumbing.lookAndForget();
        shards.flatMap(now -> plumbing.checkpoints().owners().invoke(owners -> own.hop(() -> looked(now, owners))))
                .subscribe()
                .with(done -> {}, failure -> own.hop(() -> failed(failure)));
    }

    private void looked(SourceShards shards, List<ShardOwner> owners) {
        looking = false;
        Members now = members;
        if (standing || ended || now == null) {
            return;
        }
        Set<String> live = now.live();
        Map<ShardId, String> had = new HashMap<>();
        for (ShardOwner shard : owners) {
            if (live.contains(shard.owner()) && !shard.over()) {
                had.put(shard.shard(), shard.owner());
            }
        }
        Shares shares = Shares.of(now.self().owner(), peers, shards.running(), had, owner.mine(), owner.leaving());
        said = "";
        // until all have their shares it is looked with every renewal
        wanted |= !shares.even();
        owner.decided(shards, shares, owners);
    }

    private void failed(Throwable failure) {
        looking = false;
        wanted = true;
        judge(failure);
    }

    private void judge(Throwable failure) {
        if (ended) {
            return;
        }
        if (standing || failure instanceof PipelineException known && known.kind() == Kind.TRANSIENT) {
            say(failure);
        } else {
            owner.failed(failure);
        }
    }

    /** Once, however often it fails for the same reason. */
    private void say(Throwable failure) {
        String what = String.valueOf(failure.getMessage());
        if (!ended && !what.equals(said)) {
            said = what;
            LOG.warnf("shards and processes can't be looked up: %s", what);
        }
    }
}
