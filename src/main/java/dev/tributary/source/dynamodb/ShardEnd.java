package dev.tributary.source.dynamodb;

import dev.tributary.dynamodb.DynamoDbFailures;
import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import dev.tributary.source.ChangeListener;
import dev.tributary.source.dynamodb.TableFacts.StreamName;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/** What follows the end of a shard, which may be listed a moment later: the shards that take over, or nothing any more. */
record ShardEnd(TableCatalog catalog, ShardListing listing, StreamName stream) {
    private static final Logger LOG = Logger.getLogger(ShardEnd.class);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /**
     * Tells the end once it is known what follows.
     *
     * @param at the shard's last position
     * @param goesOn whether anybody still wants to know
     * @param leave is run before it is told
     */
    void follow(
            ShardId shard,
            StreamPosition at,
            OwnLoop loop,
            ChangeListener listener,
            BooleanSupplier goesOn,
            Runnable leave) {
        follow(
                shard,
                at,
                loop,
                listener,
                goesOn,
                leave,
                new Pause(catalog.address().discovery()),
                ShardListing.now(),
                false);
    }

    private void follow(
            ShardId shard,
            StreamPosition at,
            OwnLoop loop,
            ChangeListener listener,
            BooleanSupplier goesOn,
            Runnable leave,
            Pause pause,
            long since,
            boolean warned) {
        long asked = ShardListing.now();
        loop.then(
                listing.after(stream, asked).subscribeAsCompletionStage(),
                shards -> {
                    if (!goesOn.getAsBoolean()) {
                        return;
                    }
                    List<String> children = shards.childrenOf(shard.shard());
                    if (!children.isEmpty()) {
                        leave.run();
                        listener.onReshard(reshard(shard, at, children));
                        return;
                    }
                    if (!shards.enabled()) {
                        throw LostStream.disabled(shard, stream.label());
                    }
                    boolean late = asked - since > PATIENCE.toMillis();
                    if (late && !warned) {
                        LOG.warnf(
                                "%s: has come to its end, and for %d minutes DynamoDB has listed no shard that follows it;"
                                        + " it is asked again and again",
                                shard, PATIENCE.toMinutes());
                    }
                    listener.onHeartbeat();
                    loop.after(
                            pause.next(),
                            () -> follow(shard, at, loop, listener, goesOn, leave, pause, since, late || warned));
                },
                failure -> {
                    if (!goesOn.getAsBoolean()) {
                        return;
                    }
                    if (!DynamoDbFailures.isBusy(failure)) {
                        loop.failed().accept(failure);
                        return;
                    }
                    loop.after(
                            pause.next(), () -> follow(shard, at, loop, listener, goesOn, leave, pause, since, warned));
                });
    }

    private static Reshard reshard(ShardId shard, StreamPosition at, List<String> children) {
        Map<ShardId, Position> beginnings = new HashMap<>();
        Position beginning =
                StreamPosition.beginning(at.stream(), at.since(), at.at()).toPosition();
        children.forEach(child -> beginnings.put(new ShardId(shard.keyspace(), child), beginning));
        return new Reshard(at.stream() + "/" + shard.shard(), Set.of(shard), beginnings);
    }
}
