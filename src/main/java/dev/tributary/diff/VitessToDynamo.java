package dev.tributary.diff;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings;
import dev.tributary.diff.dynamodb.ItemTable;
import dev.tributary.diff.dynamodb.ItemTable.KeyAttribute;
import dev.tributary.diff.dynamodb.SavedEntries;
import dev.tributary.diff.dynamodb.SavedShard;
import dev.tributary.source.vitess.VitessSql;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Tables of a keyspace, and those of DynamoDB that their rows are carried into. */
final class VitessToDynamo implements ItemPairs {
    /** Each look is paid for. */
    private static final long LOOK_MILLIS = 1000;

    private final Vertx vertx;
    private final Settings settings;
    private final DiffOptions options;
    private final DynamoTarget target;
    private final Ends ends;
    private @Nullable Side source;
    private @Nullable Positions positions;

    VitessToDynamo(Vertx vertx, Settings settings, DiffOptions options) {
        this.vertx = vertx;
        this.settings = settings;
        this.options = options;
        ConnectionUrl url = ConnectionUrl.ofSource(settings);
        VitessSql keyspace = VitessSql.of(url, options.keyspace());
        if (!keyspace.alone()) {
            throw url.wrong("several keyspaces do not go into DynamoDB by one pipeline");
        }
        this.target = new DynamoTarget(vertx, settings, options);
        this.ends = Ends.ofSource(vertx, keyspace, options.parallel());
    }

    @Override
    public Future<List<String>> open() {
        return ends.sourceServers()
                .compose(servers -> Side.of("source", servers))
                .compose(side -> {
                    ends.verify(side.servers(), side);
                    source = side;
                    SavedEntries saved = target.saved(true);
                    return Positions.find(
                            vertx,
                            side.servers(),
                            () -> saved.shards("").map(VitessToDynamo::positions),
                            settings.pipeline(),
                            options.patience(),
                            LOOK_MILLIS);
                })
                .map(found -> {
                    positions = found;
                    return source().tableNames().stream()
                            .filter(name -> ends.source().selects(name))
                            .toList();
                });
    }

    private static Map<String, Positions.Saved> positions(List<SavedShard> shards) {
        Map<String, Positions.Saved> saved = new HashMap<>();
        for (SavedShard shard : shards) {
            if (shard.isOpen()) {
                String name = shard.keyspace() + "/" + shard.shard();
                String position = shard.position();
                saved.put(
                        name,
                        new Positions.Saved(position == null ? null : Positions.gtid(name, position), shard.copying()));
            }
        }
        return saved;
    }

    private Side source() {
        if (source == null) {
            throw new IllegalStateException("not opened");
        }
        return source;
    }

    private Positions positions() {
        if (positions == null) {
            throw new IllegalStateException("not opened");
        }
        return positions;
    }

    @Override
    public Future<Found> find(String name) {
        TableInfo table = source().table(name);
        List<String> problems = source().disagreements(name);
        if (table == null || !problems.isEmpty()) {
            return Future.succeededFuture(new Found.Unlike(TableReport.of(name, target.name(name), problems)));
        }
        return target.find(name)
                .map(found -> found.isEmpty()
                        ? new Found.Unlike(TableReport.of(name, target.name(name), List.of("missing at the target")))
                        : found(table, found.get()));
    }

    private Found found(TableInfo table, ItemTable there) {
        String name = table.name();
        if (table.streamKey().isEmpty()) {
            return new Found.Unlike(TableReport.unknown(
                    name, there.name(), "it has no key of whole columns, by which its items could be told apart"));
        }
        RowItems rows = new RowItems(table, target.address().jsonMaps());
        List<KeyAttribute> key = rows.keyAttributes();
        List<String> otherKey = DynamoTarget.otherKey(there, key);
        return otherKey.isEmpty()
                ? new Found.Comparable(new ItemPair(
                        name,
                        there.name(),
                        List.of(),
                        key.stream().map(KeyAttribute::name).toList(),
                        new SqlItems(source(), rows),
                        target.end(there, rows::found),
                        UnaryOperator.identity()))
                : new Found.Unlike(TableReport.of(name, there.name(), otherKey));
    }

    @Override
    public Future<Void> caughtUp(String table) {
        return positions().executed().compose(goal -> positions().reached(goal, table));
    }

    @Override
    public String words() {
        return positions().words();
    }

    @Override
    public Future<Collection<String>> onlyAtTheTarget() {
        return target.others(source().tableNames(), name -> ends.source().selects(name));
    }

    @Override
    public String costs() {
        return ItemDiff.units("target", target.service());
    }

    @Override
    public long sourceNanos() {
        return source == null ? 0 : source.nanos();
    }

    @Override
    public long targetNanos() {
        return target.service().nanos();
    }

    @Override
    public Future<Void> close() {
        return Future.join(ends.close(), target.service().close()).mapEmpty();
    }
}
