package dev.tributary.sink.dynamodb;

import dev.tributary.checkpoint.Lease;
import dev.tributary.checkpoint.Members;
import dev.tributary.checkpoint.ProcessName;
import dev.tributary.checkpoint.Replica;
import dev.tributary.checkpoint.WaitingShards;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.ShardId;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** The leases of a pipeline's processes, an entry each, whose counter its owner raises. Safe for any thread. */
final class LeaseEntries {
    /** What has not been renewed for as many times its lease is forgotten. */
    private static final int FORGOTTEN = 1000;
    /** The part of a lease that is for what was sent before its process ended. */
    private static final int SENT = 4;
    /** The part of a lease that an answer is waited for: with the pause behind it less than the half that is written within. */
    private static final double PATIENCE = 3 / 16.0;

    private static final String WAITING = "waiting";

    private final Entries entries;
    private final String pipeline;
    private final LeaseWatch watch;
    private final ProcessName here = new ProcessName();
    private volatile CompletableFuture<?> renewing = CompletableFuture.completedFuture(null);

    LeaseEntries(Entries entries, String pipeline, LeaseWatch watch) {
        this.entries = entries;
        this.pipeline = pipeline;
        this.watch = watch;
    }

    LeaseWatch watch() {
        return watch;
    }

    private String own() {
        return watch.lease().owner();
    }

    /** Not called while another is under way. One that gets no answer in time fails; the next may have better luck. */
    Uni<Members> renew(WaitingShards waiting, boolean stopping) {
        return Uni.createFrom()
                .completionStage(() -> {
                    CompletableFuture<Members> asked =
                            renewal(waiting, stopping).subscribeAsCompletionStage();
                    renewing = asked;
                    // whoever has no patience any more does not cancel it
                    return asked.copy();
                })
                .ifNoItem()
                .after(patience())
                .failWith(() -> new PipelineException(
                        Kind.TRANSIENT,
                        "the lease of " + own() + ": DynamoDB has not told the other processes' within "
                                + patience().toMillis() + " ms"));
    }

    private Duration patience() {
        return Duration.ofMillis((long) (watch.lease().duration().toMillis() * PATIENCE));
    }

    private Uni<Members> renewal(WaitingShards waiting, boolean stopping) {
        Lease lease = watch.lease();
        LeaseWatch.Moment asked = watch.now();
        EntryChange change = new EntryChange(EntryId.process(pipeline, own()))
                .raise("counter")
                .set("owner", own())
                .set("selection", (stopping ? lease.stopping() : lease).selection())
                .set("duration", lease.duration().toMillis())
                // for operators alone: clocks of machines differ
                .set("renewed_at", System.currentTimeMillis());
        String told = waiting.text();
        return entries.changeWithin(patience(), told == null ? change.remove(WAITING) : change.set(WAITING, told))
                .invoke(renewed -> watch.renewed(asked))
                .flatMap(renewed -> {
                    LeaseWatch.Moment looked = watch.now();
                    return all().flatMap(found -> {
                        List<Replica> replicas = found.stream()
                                .map(entry -> observed(entry, looked))
                                .toList();
                        watch.keepOnly(replicas.stream()
                                .map(replica -> replica.lease().owner())
                                .collect(Collectors.toSet()));
                        return forget(replicas).replaceWith(new Members(lease, replicas));
                    });
                });
    }

    private Uni<List<Entry>> all() {
        return entries.query(EntryId.group(pipeline), EntryId.PROCESS);
    }

    private static Lease lease(Entry entry) {
        return new Lease(entry.text("owner"), entry.text("selection"), Duration.ofMillis(entry.number("duration")));
    }

    private static WaitingShards waiting(Entry entry) {
        return WaitingShards.parse(entry.text(WAITING));
    }

    /** By this process's own clock, since it saw the counter that is there. */
    private Replica observed(Entry entry, LeaseWatch.Moment asked) {
        Lease lease = lease(entry);
        long counter = entry.number("counter");
        Duration age = watch.age(lease.owner(), counter, asked);
        boolean over = isOver(lease);
        // what a process has sent is carried out a moment after it is gone
        boolean live = over
                ? watch.endedFor(lease.owner(), counter, asked)
                                .compareTo(lease.duration().dividedBy(SENT))
                        < 0
                : age.compareTo(lease.duration()) < 0;
        return new Replica(lease, age, over, live, waiting(entry));
    }

    private boolean isOver(Lease lease) {
        return !lease.owner().equals(own()) && here.isOver(lease.owner());
    }

    private Uni<Void> forget(List<Replica> replicas) {
        return Entries.forEach(
                replicas.stream()
                        .filter(replica -> replica.age()
                                        .compareTo(replica.lease().duration().multipliedBy(FORGOTTEN))
                                > 0)
                        .toList(),
                replica ->
                        entries.delete(EntryId.process(pipeline, replica.lease().owner())));
    }

    /** For who has not watched them: by what they said of the time themselves. Decides nothing. */
    Uni<List<Replica>> told() {
        return all().map(found -> found.stream()
                .map(entry -> {
                    Lease lease = lease(entry);
                    Duration age = Duration.ofMillis(System.currentTimeMillis() - entry.number("renewed_at"));
                    boolean over = isOver(lease);
                    return new Replica(lease, age, over, !over && age.compareTo(lease.duration()) < 0, waiting(entry));
                })
                .toList());
    }

    /** Fails as {@code FENCED} if another process has a shard and may still have a lease. */
    Uni<Void> mayTake(ShardId shard, String owner) {
        if (owner.isEmpty() || owner.equals(own())) {
            return Uni.createFrom().voidItem();
        }
        LeaseWatch.Moment asked = watch.now();
        return entries.get(EntryId.process(pipeline, owner))
                .invoke(entry -> {
                    if (entry.isThere() && observed(entry, asked).live()) {
                        throw new PipelineException(
                                Kind.FENCED, "shard " + shard + ": another process has claimed the shard: " + owner);
                    }
                })
                .replaceWithVoid();
    }

    /** Ends this process's lease; it writes nothing any more. */
    Uni<Void> end() {
        return Uni.createFrom().deferred(() -> {
            watch.ended();
            CompletableFuture<?> last = renewing;
            // which would put it there once more
            return Uni.createFrom()
                    .completionStage(() -> last.handle((renewed, failure) -> true))
                    .invoke(watch::ended)
                    .chain(() -> entries.delete(EntryId.process(pipeline, own())));
        });
    }
}
