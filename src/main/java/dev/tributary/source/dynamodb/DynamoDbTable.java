package dev.tributary.source.dynamodb;

import dev.tributary.dynamodb.ReadCapacity;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.source.ChangeListener;
import dev.tributary.source.ChangeReader;
import dev.tributary.source.dynamodb.TableFacts.StreamName;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** One table: its snapshot, and the shards of its stream. Safe for any thread. */
final class DynamoDbTable {
    private static final Logger LOG = Logger.getLogger(DynamoDbTable.class);

    /** The shard that is the snapshot; the service's own names begin with "shardId-". */
    private static final String SNAPSHOT = "snapshot";
    /** Of a table, in bytes: about a quarter of an hour of one segment. */
    private static final long SEGMENT_BYTES = 1L << 30;

    private static final int MOST_SEGMENTS = 200;

    private final ShardId snapshot;
    private final TableFacts facts;
    private final TableCatalog catalog;
    private final int parts;
    private final SourceTable sourceTable;
    private final ItemRows rows;
    private final ReadCapacity capacity;
    private final ShardListing listing;
    /** The label of the stream that has what is changed while the snapshot is copied; empty before that. */
    private volatile String copied = "";
    /** Whether there is a checkpoint of the snapshot: the stream that it began at is not to be replaced by another. */
    private volatile boolean begun;
    /** The readers that are open, one for each shard. */
    private final Map<ShardId, RecordsReader> open = new ConcurrentHashMap<>();

    /** @param parts how many segments are copied at a time */
    DynamoDbTable(TableFacts facts, TableCatalog catalog, int parts) {
        this.snapshot = new ShardId(facts.id().name(), SNAPSHOT);
        this.facts = facts;
        this.catalog = catalog;
        this.parts = parts;
        DynamoDbAddress address = catalog.address();
        TableShape shape = TableShape.of(facts, address.form());
        this.sourceTable = shape.sourceTable();
        this.rows = new ItemRows(shape, address.plainDocuments());
        this.capacity = new ReadCapacity(address.readCapacity(), System::nanoTime);
        this.listing = new ShardListing(catalog, facts.id().name());
    }

    static boolean isSnapshot(ShardId shard) {
        return shard.shard().equals(SNAPSHOT);
    }

    SourceTable sourceTable() {
        return sourceTable;
    }

    ItemRows rows() {
        return rows;
    }

    ReadCapacity capacity() {
        return capacity;
    }

    private String name() {
        return facts.id().name();
    }

    /**
     * Its shards that are to be read now.
     *
     * @param gone closed ones that are in no listing any more, and won't be again
     */
    record Shards(List<ShardId> toRead, Set<ShardId> gone) {}

    Uni<Shards> shards(KnownShards known) {
        if (known.knows(snapshot)) {
            begun = true;
        }
        if (!known.isOver(snapshot)) {
            return Uni.createFrom().item(new Shards(List.of(snapshot), Set.of()));
        }
        Set<String> reading = names(known.open());
        Set<String> all = new HashSet<>(reading);
        all.addAll(names(known.ended()));
        all.addAll(names(known.closed()));
        return catalog.table(name())
                .flatMap(now -> now.stream()
                        .map(stream -> listing.after(
                                stream,
                                ShardListing.now()
                                        - catalog.address()
                                                .discovery()
                                                .longest()
                                                .toMillis()))
                        .orElseThrow())
                .map(listed -> isOfStream(listed, all)
                        ? new Shards(ids(reading, listed.strange(all, reading)), gone(names(known.old()), listed, all))
                        : new Shards(ids(reading, List.of()), Set.of()))
                .onFailure()
                .recoverWithItem(failure -> {
                    LOG.debugf("the shards of table %s can't be listed now: %s", name(), failure.getMessage());
                    return new Shards(ids(reading, List.of()), Set.of());
                });
    }

    private List<ShardId> ids(Set<String> reading, List<String> strange) {
        return Stream.concat(reading.stream().sorted(), strange.stream())
                .map(shard -> new ShardId(name(), shard))
                .toList();
    }

    /**
     * A listing that is behind may leave out any shard, but a closed one is kept for a day, and these have been closed for longer:
     * none of them comes back. The snapshot is none of them: what is known of it says that there is to be no other.
     */
    private Set<ShardId> gone(Set<String> old, StreamShards listed, Set<String> known) {
        return old.stream()
                .filter(shard -> !listed.parents().containsKey(shard) && known.containsAll(listed.childrenOf(shard)))
                .map(shard -> new ShardId(name(), shard))
                .collect(Collectors.toSet());
    }

    /** Whether a listing is of the stream whose shards are known: of another, none of them is read on. */
    private static boolean isOfStream(StreamShards shards, Set<String> known) {
        return shards.parents().keySet().stream().anyMatch(known::contains);
    }

    private Set<String> names(Collection<ShardId> shards) {
        return shards.stream()
                .filter(shard -> shard.keyspace().equals(name()) && !isSnapshot(shard))
                .map(ShardId::shard)
                .collect(Collectors.toSet());
    }

    /** The segments of its snapshot, which begins now. */
    Uni<List<PartCheckpoint>> parts() {
        return anchor().map(anchor -> anchor.parts(name(), segments()));
    }

    private int segments() {
        int wanted = catalog.address().segments();
        return wanted > 0 ? wanted : (int) Math.clamp(facts.bytes() / SEGMENT_BYTES, parts, MOST_SEGMENTS);
    }

    /** Has a segment of the snapshot copied that began there. */
    void copies(Anchor anchor) {
        copied = anchor.stream();
    }

    /** While it is copied. */
    Uni<Void> answers() {
        String stream = copied;
        return stream.isEmpty() ? catalog.table(name()).replaceWithVoid() : catalog.verifyEnabled(snapshot, stream);
    }

    /** Where its stream stands now, which is enabled if it has none. */
    private Uni<Anchor> anchor() {
        return catalog.stream(name())
                .flatMap(stream -> listing.after(stream, ShardListing.now()))
                .map(shards -> {
                    if (shards.parents().isEmpty()) {
                        throw new PipelineException(
                                Kind.TRANSIENT, "the stream of table " + name() + " has no shards yet");
                    }
                    return Anchor.now(
                            shards.stream(),
                            shards.last(),
                            catalog.clients().clock().millis(),
                            catalog.address().snapshot());
                });
    }

    /** Of a snapshot where it would begin; of a shard a place that is reached once all is read that was made before now. */
    Uni<Position> current(ShardId shard) {
        if (isSnapshot(shard)) {
            // nothing begins there but what has no snapshot, and only once
            boolean begins = !catalog.address().snapshot() && !begun;
            return (begins ? anchor() : time()).map(Anchor::toPosition);
        }
        RecordsReader reader = open.get(shard);
        if (reader == null) {
            return stream()
                    .map(stream -> StreamPosition.beginning(
                                    stream.label(), 0, catalog.clients().clock().millis())
                            .toPosition());
        }
        Position settled = reader.settled();
        return settled != null
                ? Uni.createFrom().item(settled)
                : Uni.createFrom()
                        .failure(() -> new PipelineException(
                                Kind.TRANSIENT, shard + ": whether there is more is not known before it is read"));
    }

    /** Where that would begin, with no place in the stream, which may not be there. */
    private Uni<Anchor> time() {
        return catalog.table(name())
                .map(now -> Anchor.now(
                        now.stream().map(StreamName::label).orElse(""),
                        List.of(),
                        catalog.clients().clock().millis(),
                        catalog.address().snapshot()));
    }

    private Uni<StreamName> stream() {
        return catalog.table(name())
                .map(now -> now.stream()
                        .orElseThrow(() -> new PipelineException(
                                Kind.LOST, "table " + name() + " has no stream any more; " + LostStream.WHAT_TO_DO)));
    }

    /** Reads the changes of a shard. */
    ChangeReader changes(ShardId shard, StreamPosition from, Context context, ChangeListener listener) {
        StreamName stream = facts.streamOf(from.stream());
        RecordsReader reader = new RecordsReader(
                shard,
                stream.arn(),
                from,
                catalog,
                new StreamImages(catalog, rows),
                new ShardEnd(catalog, listing, stream),
                context,
                listener,
                over -> open.remove(shard, over));
        open.put(shard, reader);
        return reader;
    }

    /** The same as long as there is a table of that name. */
    String arn() {
        return facts.arn();
    }
}
