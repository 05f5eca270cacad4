package dev.tributary.source.vitess;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.record.KnownShards;
import dev.tributary.record.PartCheckpoint;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.Position;
import dev.tributary.record.ShardId;
import dev.tributary.record.SourceTable;
import dev.tributary.source.ChangeListener;
import dev.tributary.source.ChangeReader;
import dev.tributary.source.ShardSource;
import dev.tributary.source.SourceShards;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The keyspaces behind a VTGate that a URL names: one, {@code /commerce}; some, {@code /commerce,customer}; or all there are,
 * those too that come later, {@code /*}.
 */
public final class VitessSource implements ShardSource {
    private static final Logger LOG = Logger.getLogger(VitessSource.class);

    private final Vertx vertx;
    private final ConnectionUrl url;
    private final long rangeRows;
    private final VitessGate gate;
    private final boolean snapshot;
    /** None if all are read. */
    private final Set<String> named;

    /** What is in the log already. */
    private volatile Set<String> missed = Set.of();

    private final Map<String, VitessKeyspace> keyspaces = new ConcurrentSkipListMap<>();

    /**
     * @param rangeRows estimated rows from which a table with an integer key is cut into ranges of about that size
     * @param ahead bytes that VTGate may have sent, before they are asked for, of one stream of each shard together; but a little
     *     of each, however many there are
     * @throws dev.tributary.record.PipelineException if the URL is wrong
     */
    public VitessSource(Vertx vertx, ConnectionUrl url, long rangeRows, long ahead) {
        this.vertx = vertx;
        this.url = url;
        this.rangeRows = rangeRows;
        this.named = VitessAddress.keyspaces(url);
        VitessAddress address = VitessAddress.of(url, named.stream().findFirst().orElse(VitessGate.ALL));
        this.snapshot = address.snapshot();
        if (named.size() != 1) {
            verifyOfSeveral();
        }
        this.gate = new VitessGate(vertx, address, ahead);
        named.stream().filter(this::readsSome).forEach(this::keyspace);
    }

    private void verifyOfSeveral() {
        if (!snapshot) {
            throw url.wrong(
                    "parameter 'snapshot': of several keyspaces what is moved from one to another has to be copied");
        }
        for (String parameter : List.of("tables", "exclude", "shards")) {
            for (String item : TableFilter.exactNames(url, parameter)) {
                int end = parameter.equals("shards") ? item.lastIndexOf('/') : item.indexOf('.');
                String keyspace = item.substring(0, Math.max(0, end));
                if (!keyspace.isEmpty() && !named.isEmpty() && !named.contains(keyspace)) {
                    throw url.wrong("parameter '" + parameter + "': '" + item + "' is of keyspace '" + keyspace
                            + "', which the path does not name");
                }
            }
        }
    }

    /** Where shards are named, keyspaces of which none is are not this process's. */
    private boolean readsSome(String keyspace) {
        return reads(keyspace) && VitessAddress.readsSome(url, keyspace);
    }

    /** The URL schemes that mean this source. */
    public static Set<String> schemes() {
        return VitessAddress.SCHEMES;
    }

    private VitessKeyspace keyspace(String name) {
        return keyspaces.computeIfAbsent(
                name, added -> new VitessKeyspace(vertx, VitessAddress.of(url, added), gate, rangeRows));
    }

    private VitessKeyspace of(ShardId shard) {
        return keyspace(shard.keyspace());
    }

    /** Those to read, in the order of their names. */
    private Uni<List<VitessKeyspace>> all() {
        if (!named.isEmpty()) {
            return Uni.createFrom().item(List.copyOf(keyspaces.values()));
        }
        return gate.shards().map(shards -> {
            Set<String> served = new TreeSet<>();
            for (String shard : shards) {
                String keyspace = shard.substring(0, Math.max(0, shard.lastIndexOf('/')));
                if (!keyspace.isEmpty() && readsSome(keyspace)) {
                    served.add(keyspace);
                }
            }
            if (served.isEmpty()) {
                throw new PipelineException(
                        Kind.TRANSIENT, url.setting() + ": VTGate serves no shard of any keyspace that is to be read");
            }
            for (String keyspace : served) {
                if (!keyspaces.containsKey(keyspace)) {
                    LOG.infof("keyspace %s is read: VTGate serves it", keyspace);
                }
            }
            return served.stream().map(this::keyspace).toList();
        });
    }

    private <T> Uni<List<T>> each(Function<VitessKeyspace, Uni<T>> question) {
        return all().flatMap(found -> Multi.createFrom()
                .iterable(found)
                .onItem()
                .transformToUniAndConcatenate(question::apply)
                .collect()
                .asList());
    }

    private static <T> List<T> together(List<? extends Collection<T>> lists) {
        return lists.stream().<T>flatMap(Collection::stream).toList();
    }

    @Override
    public boolean snapshot() {
        return snapshot;
    }

    @Override
    public boolean reads(String keyspace) {
        return named.isEmpty() || named.contains(keyspace);
    }

    @Override
    public boolean hasManyKeyspaces() {
        return named.size() != 1;
    }

    @Override
    public Uni<Void> open() {
        return shards().onFailure()
                .transform(VitessFailures::atStart)
                .invoke(shards -> gate.connectFor(shards.size()))
                .flatMap(shards -> each(VitessKeyspace::verify))
                .invoke(tables -> verifyNamed(together(tables)))
                .replaceWithVoid();
    }

    /** Of several keyspaces one has to have it, whichever. */
    private void verifyNamed(List<SourceTable> tables) {
        if (!hasManyKeyspaces()) {
            return;
        }
        for (String name : TableFilter.exactNames(url, "tables")) {
            if (tables.stream()
                    .map(SourceTable::id)
                    .noneMatch(
                            table -> name.equals(table.name()) || name.equals(table.keyspace() + "." + table.name()))) {
                throw url.wrong("parameter 'tables': no keyspace of " + keyspaces.keySet() + " has a table '" + name
                        + "'; check its spelling");
            }
        }
        if (tables.isEmpty()) {
            throw url.wrong("no table of keyspaces " + keyspaces.keySet()
                    + " is selected; check parameters 'tables' and 'exclude'");
        }
    }

    /** The shards that are to be read and are served, by keyspace and in the order of their names. */
    private Uni<List<ShardId>> shards() {
        return each(VitessKeyspace::shards).map(VitessSource::together);
    }

    @Override
    public Uni<SourceShards> shards(KnownShards known) {
        return each(keyspace -> keyspace.shards(known)).map(found -> {
            Set<ShardId> all =
                    new HashSet<>(together(found.stream().map(SourceShards::all).toList()));
            all.addAll(unserved(known, all));
            return new SourceShards(
                    known,
                    together(found.stream().map(SourceShards::served).toList()),
                    together(found.stream().map(SourceShards::ending).toList()),
                    together(found.stream().map(SourceShards::awaited).toList()),
                    all);
        });
    }

    /** Of keyspaces that VTGate serves nothing of: removed for good, or to come back; the others go on. */
    private Set<ShardId> unserved(KnownShards known, Set<ShardId> found) {
        Set<String> served = found.stream().map(ShardId::keyspace).collect(Collectors.toSet());
        Set<ShardId> unserved = known.open().stream()
                .filter(shard -> readsSome(shard.keyspace()) && !served.contains(shard.keyspace()))
                .collect(Collectors.toSet());
        Set<String> missing = unserved.stream().map(ShardId::keyspace).collect(Collectors.toCollection(TreeSet::new));
        if (!missing.equals(missed)) {
            missed = missing;
            if (!missing.isEmpty()) {
                LOG.warnf(
                        "keyspaces %s were read, and VTGate serves no shard of them: they are left out until it does",
                        missing);
            }
        }
        return unserved;
    }

    @Override
    public Uni<Void> takesWrites(ShardId shard) {
        return of(shard).takesWrites(shard);
    }

    @Override
    public boolean selects(ShardId shard) {
        return readsSome(shard.keyspace()) && of(shard).selects(shard);
    }

    @Override
    public Uni<List<SourceTable>> tables() {
        return each(VitessKeyspace::tables).map(VitessSource::together);
    }

    @Override
    public Uni<List<SourceTable>> tables(ShardId shard) {
        return of(shard).tables(shard);
    }

    @Override
    public Uni<List<PartCheckpoint>> parts(ShardId shard, List<SourceTable> tables, Predicate<SourceTable> ranged) {
        return of(shard).parts(shard, tables, ranged);
    }

    @Override
    public Uni<Position> current(ShardId shard) {
        return of(shard).current(shard);
    }

    @Override
    public Position first(List<PartCheckpoint> copied) {
        return CopiedParts.first(copied);
    }

    @Override
    public Uni<Void> verify(ShardId shard, Position position) {
        return of(shard).verify(shard, position);
    }

    @Override
    public boolean reached(Position reached, Position goal) {
        return VitessPosition.reached(reached, goal);
    }

    /** How many transactions it holds. */
    @Override
    public double ordinal(Position position) {
        return VitessPosition.parse(position).set().count();
    }

    @Override
    public ChangeReader copy(
            ShardId shard,
            PartCheckpoint part,
            SourceTable table,
            @Nullable Position until,
            Context context,
            ChangeListener listener) {
        return of(shard).copy(shard, part, table, until, context, listener);
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
        return of(shard).changes(shard, from, parts, tables, discovered, context, listener);
    }

    @Override
    public boolean resumable(SourceTable table) {
        return keyspace(table.id().keyspace()).resumable(table);
    }

    /** What is wrong with tables of the last {@link #tables}, or with names that keep others from them; for {@code check}. */
    @Override
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        keyspaces.values().forEach(keyspace -> warnings.addAll(keyspace.warnings()));
        return warnings;
    }

    /** VTGate's version, for {@code check}; shows that the MySQL port answers. */
    @Override
    public Uni<String> version() {
        return all().flatMap(found -> found.getFirst().version());
    }

    @Override
    public Uni<Void> close() {
        gate.close();
        return Uni.createFrom().voidItem();
    }
}
