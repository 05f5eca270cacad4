package dev.tributary.source.vitess;

import binlogdata.Binlogdata.Filter;
import binlogdata.Binlogdata.ShardGtid;
import dev.tributary.config.Settings.LostPosition;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PartId;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.record.StreamId;
import dev.tributary.source.ChangeListener;
import dev.tributary.source.ChangeReader;
import dev.tributary.source.SourceShards;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One keyspace behind a VTGate; its methods do for its shards what those of {@link VitessSource} do. */
final class VitessKeyspace {
    private static final Logger LOG = Logger.getLogger(VitessKeyspace.class);

    /** After this the tablets of a shard that is said to have none are looked for once more. */
    private static final Duration SECOND_LOOK = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final VitessAddress address;
    private final VitessCatalog catalog;
    private final VitessGate gate;
    /** What is in the log already. */
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    /** @param rangeRows estimated rows from which a table with an integer key is cut into ranges of about that size */
    VitessKeyspace(Vertx vertx, VitessAddress address, VitessGate gate, long rangeRows) {
        this.vertx = vertx;
        this.address = address;
        this.gate = gate;
        this.catalog = new VitessCatalog(gate, address, rangeRows);
    }

    /** Fails if a stream of one of the shards can't be opened, or the tables are not as they are named; tells the tables. */
    Uni<List<SourceTable>> verify() {
        return catalog.shards()
                .flatMap(shards -> Uni.join()
                        .all(shards.stream().map(this::openFirst).toList())
                        .andFailFast())
                .flatMap(VitessKeyspace::failed)
                .flatMap(opened -> catalog.tables(address.keyspace()))
                .invoke(this::verifySelected)
                .onFailure()
                .transform(VitessFailures::atStart);
    }

    /** Later tables may come and go; what selects none of those that are there at the start is misspelt. */
    private void verifySelected(List<SourceTable> tables) {
        if (address.alone() && tables.isEmpty() && !address.tables().isEverything()) {
            throw address.url()
                    .wrong("parameters 'tables' and 'exclude': no table of keyspace '" + address.keyspace()
                            + "' is selected; check their spelling");
        }
    }

    /** First over the MySQL port, which says at once that there is no such tablet; VTGate's stream would wait for one. */
    private Uni<Optional<Throwable>> openFirst(ShardId shard) {
        return catalog.executed(shard)
                .flatMap(position -> new FirstStream(vertx, gate.channels(), address).open(shard))
                .map(opened -> Optional.<Throwable>empty())
                .onFailure()
                .recoverWithItem(Optional::of);
    }

    /** Every shard is waited for: what another failed with would else be dropped, which Mutiny logs with its stack. */
    private static Uni<Void> failed(List<Optional<Throwable>> failures) {
        return failures.stream()
                .flatMap(Optional::stream)
                .findFirst()
                .map(failure -> Uni.createFrom().<Void>failure(failure))
                .orElseGet(Uni.createFrom()::voidItem);
    }

    /** The shards that are to be read and are served, in the order of their names. */
    Uni<List<ShardId>> shards() {
        return catalog.shards();
    }

    Uni<SourceShards> shards(KnownShards known) {
        return catalog.servedShards().flatMap(served -> {
            SourceShards shards = new ServedShards(address, served).of(known);
            return shards.ending().isEmpty()
                    ? Uni.createFrom().item(shards)
                    : missing(shards.ending(), served)
                            // a VTGate that has just come up may not have heard of all tablets
                            .chain(missing -> missing.isEmpty()
                                    ? Uni.createFrom().item(missing)
                                    : Uni.createFrom()
                                            .voidItem()
                                            .onItem()
                                            .delayIt()
                                            .by(SECOND_LOOK)
                                            .chain(() -> missing(shards.ending(), served)))
                            .invoke(missing -> {
                                if (!missing.isEmpty()) {
                                    throw gone(missing.getFirst(), served);
                                }
                            })
                            .replaceWith(shards);
        });
    }

    /** Those that VTGate knows no tablet of. */
    private Uni<List<ShardId>> missing(List<ShardId> ending, List<ShardId> served) {
        return catalog.tabletShards().map(there -> {
            if (!there.containsAll(served)) {
                throw new PipelineException(
                        Kind.TRANSIENT, "VTGate does not know its tablets yet: it lacks some of " + served);
            }
            return ending.stream().filter(shard -> !there.contains(shard)).toList();
        });
    }

    private Uni<Boolean> isServed(ShardId shard) {
        return catalog.servedShards().map(served -> served.contains(shard));
    }

    private static PipelineException gone(ShardId shard, List<ShardId> served) {
        return PipelineException.lost(
                Set.of(shard),
                shard
                        + ": the shard was resharded and removed before its last changes were read: VTGate knows no tablet of"
                        + " it; served are " + served
                        + ". What was changed between is not known: " + LostPosition.ADVICE
                        + "; and after the next reshard keep the old shards until every pipeline has left them");
    }

    Uni<Void> takesWrites(ShardId shard) {
        return catalog.writable(shard);
    }

    boolean selects(ShardId shard) {
        return address.selects(shard);
    }

    Uni<List<SourceTable>> tables() {
        return tables(address.keyspace());
    }

    Uni<List<SourceTable>> tables(ShardId shard) {
        return isServed(shard).flatMap(served -> tables(served ? address.target(shard.shard()) : address.keyspace()));
    }

    private Uni<List<SourceTable>> tables(String database) {
        return catalog.tables(database).map(tables -> {
            if (address.alone() && tables.isEmpty() && !address.tables().isOpen()) {
                throw address.url().wrong("no table is selected in keyspace '" + address.keyspace() + "'");
            }
            catalog.warnings().stream().filter(warned::add).forEach(LOG::warn);
            return tables;
        });
    }

    Uni<List<PartCheckpoint>> parts(ShardId shard, List<SourceTable> tables, Predicate<SourceTable> ranged) {
        return catalog.parts(shard, tables, ranged);
    }

    Uni<Position> current(ShardId shard) {
        // a server that was gone may be back
        gate.channels().resetBackoff();
        return catalog.executed(shard)
                .map(executed -> VitessPosition.at(executed.toString()).toPosition());
    }

    Uni<Void> verify(ShardId shard, Position position) {
        VitessPosition saved = VitessPosition.parse(position);
        return isServed(shard)
                .flatMap(served -> served
                        ? catalog.executed(shard)
                                .invoke(executed -> verifyHistory(shard, saved, executed))
                                .chain(() -> catalog.purged(shard))
                                .invoke(purged -> verifyKept(shard, saved, purged))
                        : Uni.createFrom().nullItem())
                .replaceWithVoid();
    }

    /** Not every transaction has to be there: a replica may be behind the one that was read. */
    private static void verifyHistory(ShardId shard, VitessPosition saved, GtidSet executed) {
        if (saved.set().count() > 0 && !saved.set().overlaps(executed)) {
            throw new PipelineException(
                    Kind.LOST,
                    shard
                            + ": another shard has this name now: it has none of the transactions that were read (the stream"
                            + " stands at " + saved.gtid() + ", the shard has " + executed
                            + "). It was resharded away and back, or made anew, while nobody read it, and what was changed"
                            + " between is not known: " + LostPosition.ADVICE);
        }
    }

    private static void verifyKept(ShardId shard, VitessPosition saved, GtidSet purged) {
        if (!purged.isWithin(saved.set())) {
            throw new PipelineException(
                    Kind.LOST,
                    shard + ": the source has purged binlogs that the stream still needs (it stands at "
                            + saved.gtid() + ", purged is " + purged
                            + "): changes are lost; " + LostPosition.ADVICE);
        }
    }

    boolean resumable(SourceTable table) {
        return !table.key().isEmpty() && catalog.shapes().of(table.id().name()).resumable();
    }

    ChangeReader copy(
            ShardId shard,
            PartCheckpoint part,
            SourceTable table,
            @Nullable Position until,
            Context context,
            ChangeListener listener) {
        StreamId stream = new StreamId(shard, part.id());
        String name = part.id().table();
        Filter filter = part.copied()
                ? VStreamRequests.followed(name)
                : VStreamRequests.copied(
                        name,
                        KeyRange.parse(part.range())
                                .filter(name, catalog.shapes().of(name).copied()));
        GtidSet end = until == null ? null : VitessPosition.parse(until).set();
        PartReader reader = new PartReader(
                stream,
                part,
                table,
                resumable(table),
                end,
                () -> takesWrites(shard),
                own -> context.runOnContext(ignored -> own.run()),
                listener);
        return open(stream, PartReader.start(VStreamRequests.of(shard), part), filter, context, reader);
    }

    ChangeReader changes(
            ShardId shard,
            Position from,
            List<PartCheckpoint> parts,
            List<SourceTable> tables,
            @Nullable Position discovered,
            Context context,
            ChangeListener listener) {
        StreamId stream = new StreamId(shard, PartId.CHANGES);
        VitessPosition start = VitessPosition.parse(from);
        ChangesReader reader = new ChangesReader(
                stream,
                start,
                parts,
                tables,
                address.tables(),
                discovered == null ? null : VitessPosition.parse(discovered).set(),
                listener);
        ShardGtid shardGtid = VStreamRequests.of(shard).setGtid(start.gtid()).build();
        return open(stream, shardGtid, VStreamRequests.changes(address, tables), context, reader);
    }

    private ChangeReader open(StreamId stream, ShardGtid start, Filter filter, Context context, VStreamReader reader) {
        Duration silence = address.heartbeat().multipliedBy(4).plusSeconds(10);
        VitessChannels.OfLoop channel = gate.channels().of(context);
        reader.bind(new VStreamCall(
                channel.connection(),
                channel.messages(),
                VStreamRequests.of(address, start, filter),
                context,
                silence,
                reader::onMessage,
                status -> reader.onEnd(status, end -> VitessFailures.ofStream(stream, address, end))));
        return reader;
    }

    /** What is wrong with tables of the last {@link #tables}, or with names that keep others from them; for {@code check}. */
    List<String> warnings() {
        return catalog.warnings();
    }

    /** VTGate's version, for {@code check}; shows that the MySQL port answers. */
    Uni<String> version() {
        return catalog.version();
    }
}
