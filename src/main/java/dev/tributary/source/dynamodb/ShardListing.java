package dev.tributary.source.dynamodb;

import dev.tributary.source.dynamodb.StreamShards.Shard;
import dev.tributary.source.dynamodb.TableFacts.StreamName;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.StreamDescription;

/**
 * Lists the shards of a table's stream, page after page. Many may want that at the same time, as shards end together: one listing
 * is made for all, since the service allows ten requests a second. Safe for any thread.
 */
final class ShardListing {
    private final TableCatalog catalog;
    private final String table;
    private final AtomicReference<@Nullable Listed> last = new AtomicReference<>();

    /** A listing that is under way or made. */
    private record Listed(String stream, long startedAt, Uni<StreamShards> shards) {}

    ShardListing(TableCatalog catalog, String table) {
        this.catalog = catalog;
        this.table = table;
    }

    /** Milliseconds of a clock that nobody sets, to be compared with each other only. */
    static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    /** The shards as they are listed at a time of {@link #now}, or later. */
    Uni<StreamShards> after(StreamName stream, long millis) {
        Listed known = last.get();
        if (known != null && known.startedAt() >= millis && known.stream().equals(stream.label())) {
            return known.shards();
        }
        Listed next = new Listed(
                stream.label(),
                now(),
                Uni.createFrom()
                        .deferred(() -> pages(stream, null, new ArrayList<>()))
                        .memoize()
                        .indefinitely());
        if (!last.compareAndSet(known, next)) {
            return after(stream, millis);
        }
        return next.shards().onFailure().invoke(failure -> last.compareAndSet(next, null));
    }

    private Uni<StreamShards> pages(StreamName stream, @Nullable String from, List<Shard> shards) {
        return catalog.ask(
                        "listing the shards of the stream of table " + table,
                        () -> catalog.clients()
                                .streams()
                                .describeStream(request ->
                                        request.streamArn(stream.arn()).exclusiveStartShardId(from)))
                .flatMap(answer -> {
                    StreamDescription page = answer.streamDescription();
                    page.shards().forEach(shard -> shards.add(new Shard(shard.shardId(), shard.parentShardId())));
                    String next = page.lastEvaluatedShardId();
                    return next != null
                            ? pages(stream, next, shards)
                            : Uni.createFrom()
                                    .item(StreamShards.of(
                                            stream.label(), StreamShards.isEnabled(page.streamStatus()), shards));
                });
    }
}
