package dev.tributary.source.dynamodb;

import dev.tributary.record.Position;
import dev.tributary.record.Reshard;
import dev.tributary.record.ShardId;
import dev.tributary.source.ChangeListener;
import dev.tributary.source.ChangeReader;
import io.vertx.core.Context;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a snapshot, of which there are none: it has come to its end, and the shards that the stream ended with when it
 * began take over, all at once.
 */
final class SnapshotEnd implements ChangeReader {
    private final ShardId snapshot;
    private final Anchor anchor;
    private final TableCatalog catalog;
    private final OwnLoop loop;
    private final ChangeListener listener;
    private boolean asked;
    private boolean ended;

    SnapshotEnd(ShardId snapshot, Anchor anchor, TableCatalog catalog, Context context, ChangeListener listener) {
        this.snapshot = snapshot;
        this.anchor = anchor;
        this.catalog = catalog;
        this.loop = new OwnLoop(context, this::fail);
        this.listener = listener;
    }

    @Override
    public void request() {
        if (!asked) {
            asked = true;
            loop.then(
                    catalog.verifyEnabled(snapshot, anchor.stream()).subscribeAsCompletionStage(),
                    this::handOver,
                    this::fail);
        }
    }

    private void handOver(@Nullable Void enabled) {
        if (ended) {
            return;
        }
        Retention.verify(snapshot, anchor.at(), catalog.clients().clock().millis());
        Map<ShardId, Position> shards = new HashMap<>();
        Position beginning = StreamPosition.beginning(anchor.stream(), anchor.since(), anchor.at())
                .toPosition();
        anchor.shards().forEach(shard -> shards.put(new ShardId(snapshot.keyspace(), shard), beginning));
        ended = true;
        listener.onReshard(new Reshard(anchor.stream() + "/" + snapshot.shard(), Set.of(snapshot), shards));
    }

    private void fail(Throwable failure) {
        if (!ended) {
            ended = true;
            listener.onFailure(failure);
        }
    }

    @Override
    public @Nullable Position midway() {
        return null;
    }

    @Override
    public void cancel() {
        ended = true;
    }
}
