package dev.tributary.source.vitess;

import binlogdata.Binlogdata.Filter;
import binlogdata.Binlogdata.ShardGtid;
import dev.tributary.config.ConnectionUrl;
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
import dev.tributary.source.ShardSource;
import dev.tributary.source.SourceShards;
import io.grpc.ManagedChannel;
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

/** A keyspace behind a VTGate. */
public final class VitessSource implements ShardSource {
    private static final Logger LOG = Logger.getLogger(VitessSource.class);

    /** Of many shards, which need not be fast each. */
    private static final int LEAST_WINDOW = 64 << 10;
    /** Enough for 20 MB a second from 50 ms away. */
    private static final int MOST_WINDOW = 1 << 20;

    private final Vertx vertx;
    private final VitessAddress address;
    private final VitessCatalog catalog;
    private final long ahead;
    /** For one shard at first, and once it is known how many there are for so many. */
    private volatile ManagedChannel channel;
    /** What is in the log already. */
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    /**
     * @param rangeRows estimated rows from which a table with an integer key is cut into ranges of about that size
     * @param ahead bytes that VTGate may have sent, before they are asked for, of one stream of each shard together; but a little
     *     of each, however many there are
     * @throws PipelineException if the URL is wrong
     */
    public VitessSource(Vertx vertx, ConnectionUrl url, long rangeRows, long ahead) {
        this.vertx = vertx;
        this.address = VitessAddress.of(url);
        this.catalog = new VitessCatalog(vertx, address, rangeRows);
        this.ahead = ahead;
        this.channel = VitessChannel.open(address, window(1));
    }

    private int window(int shards) {
        return Math.clamp(ahead / Math.max(1, shards), LEAST_WINDOW, MOST_WINDOW);
    }

    /** The URL schemes that mean this source. */
    public static Set<String> schemes() {
        return VitessAddress.SCHEMES;
    }

    @Override
    public boolean snapshot() {
        return address.snapshot();
    }

    @Override
    public Uni<Void> open() {
        return catalog.shards()
                .invoke(shards -> connectFor(shards.size()))
                .flatMap(shards -> Uni.join()
                        .all(shards.stream().map(this::openFirst).toList())
                        .andFailFast())
                .flatMap(VitessSource::failed)
                .flatMap(opened -> catalog.tables(address.keyspace()))
                .invoke(this::verifySelected)
                .onFailure()
                .transform(VitessFailures::atStart)
                .replaceWithVoid();
    }

    /** No stream is open yet. */
    private void connectFor(int shards) {
        channel.shutdownNow();
        channel = VitessChannel.open(address, window(shards));
    }

    /** Later tables may come and go; what selects none of those that are there at the start is misspelt. */
    private void verifySelected(List<SourceTable> tables) {
        if (tables.isEmpty() && !address.tables().isEverything()) {
            throw address.url()
                    .wrong("parameters 'tables' and 'exclude': no table of keyspace '" + address.keyspace()
                            + "' is selected; check their spelling");
        }
    }

    /** First over the MySQL port, which says at once that there is no such tablet; VTGate's stream would wait for one. */
    private Uni<Optional<Throwable>> openFirst(ShardId shard) {
        return catalog.executed(shard)
                .flatMap(position -> new FirstStream(vertx, channel, address).open(shard))
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

    @Override
    public Uni<SourceShards> shards(KnownShards known) {
        return catalog.servedShards().flatMap(served -> {
            SourceShards shards = new ServedShards(address, served).of(known);
            return shards.ending().isEmpty()
                    ? Uni.createFrom().item(shards)
                    : catalog.tabletShards()
                            .invoke(there -> verifyThere(shards.ending(), there, served))
                            .replaceWith(shards);
        });
    }

    private static void verifyThere(List<ShardId> ending, Set<ShardId> there, List<ShardId> served) {
        if (!there.containsAll(served)) {
            throw new PipelineException(
                    Kind.TRANSIENT, "VTGate does not know its tablets yet: it lacks some of " + served);
        }
        for (ShardId shard : ending) {
            if (!there.contains(shard)) {
                throw gone(shard, served);
            }
        }
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
                        + ". What was changed between is not known: set TRIBUTARY_LOST_POSITION=resnapshot to have its tables"
                        + " copied again over what is at the target, or start a new pipeline (TRIBUTARY_PIPELINE) into an empty"
                        + " one; and after the next reshard keep the old shards until every pipeline has left them");
    }

    @Override
    public Uni<Void> takesWrites(ShardId shard) {
        return catalog.writable(shard);
    }

    @Override
    public boolean selects(ShardId shard) {
        return address.selects(shard);
    }

    @Override
    public Uni<List<SourceTable>> tables() {
        return tables(address.keyspace());
    }

    @Override
    public Uni<List<SourceTable>> tables(ShardId shard) {
        return isServed(shard).flatMap(served -> tables(served ? address.target(shard.shard()) : address.keyspace()));
    }

    private Uni<List<SourceTable>> tables(String database) {
        return catalog.tables(database).map(tables -> {
            if (tables.isEmpty() && !address.tables().isOpen()) {
                throw address.url().wrong("no table is selected in keyspace '" + address.keyspace() + "'");
            }
            catalog.warnings().stream().filter(warned::add).forEach(LOG::warn);
            return tables;
        });
    }

    @Override
    public Uni<List<PartCheckpoint>> parts(ShardId shard, List<SourceTable> tables, Predicate<SourceTable> ranged) {
        return catalog.parts(shard, tables, ranged);
    }

    @Override
    public Uni<Position> current(ShardId shard) {
        // its pauses between attempts grow up to two minutes, and a server that was gone may be back
        channel.resetConnectBackoff();
        return catalog.executed(shard)
                .map(executed -> VitessPosition.at(executed.toString()).toPosition());
    }

    @Override
    public boolean reached(Position reached, Position goal) {
        return VitessPosition.parse(goal)
                .set()
                .isWithin(VitessPosition.parse(reached).set());
    }

    @Override
    public Position first(List<PartCheckpoint> copied) {
        return CopiedParts.first(copied);
    }

    @Override
    public Uni<Void> verify(ShardId shard, Position position) {
        VitessPosition saved = VitessPosition.parse(position);
        return isServed(shard)
                .flatMap(served -> served
                        ? catalog.purged(shard).invoke(purged -> verify(shard, saved, purged))
                        : Uni.createFrom().nullItem())
                .replaceWithVoid();
    }

    private static void verify(ShardId shard, VitessPosition saved, GtidSet purged) {
        if (!purged.isWithin(saved.set())) {
            throw new PipelineException(
                    Kind.LOST,
                    shard + ": the source has purged binlogs that the stream still needs (it stands at "
                            + saved.gtid() + ", purged is " + purged
                            + "): changes are lost; set TRIBUTARY_LOST_POSITION=resnapshot to have the shard's tables copied"
                            + " again over what is at the target");
        }
    }

    @Override
    public boolean resumable(SourceTable table) {
        return !table.key().isEmpty() && catalog.shapes().of(table.id().name()).resumable();
    }

    @Override
    public ChangeReader copy(
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

    @Override
    public ChangeReader changes(
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
        reader.bind(new VStreamCall(
                channel,
                VStreamRequests.of(address, start, filter),
                context,
                silence,
                reader::onMessage,
                status -> reader.onEnd(status, end -> VitessFailures.ofStream(stream, address, end))));
        return reader;
    }

    /** What is wrong with tables of the last {@link #tables}, or with names that keep others from them; for {@code check}. */
    @Override
    public List<String> warnings() {
        return catalog.warnings();
    }

    /** VTGate's version, for {@code check}; shows that the MySQL port answers. */
    @Override
    public Uni<String> version() {
        return catalog.version();
    }

    @Override
    public Uni<Void> close() {
        channel.shutdownNow();
        catalog.close();
        return Uni.createFrom().voidItem();
    }
}
