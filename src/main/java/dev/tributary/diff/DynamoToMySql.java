package dev.tributary.diff;

import dev.tributary.config.Settings;
import dev.tributary.diff.dynamodb.ItemTable;
import dev.tributary.diff.dynamodb.SavedShard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.sqlclient.Row;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tables of DynamoDB, and the ones of a server of MySQL's protocol that they are carried into. */
final class DynamoToMySql implements ItemPairs {
    private static final int NO_SUCH_TABLE = 1146;

    private final Settings settings;
    private final DynamoSource source;
    private final Ends ends;
    private @Nullable Side target;
    private boolean mariaDb;

    DynamoToMySql(Vertx vertx, Settings settings, DiffOptions options) {
        this.settings = settings;
        this.ends = Ends.ofTarget(vertx, settings, options.parallel());
        this.source = new DynamoSource(vertx, settings, options, false);
    }

    @Override
    public Future<List<String>> open() {
        return ends.targetServers()
                .compose(servers -> Side.of("target", servers))
                .compose(side -> {
                    target = side;
                    Server checkpoints = ends.checkpoints(side.servers().size());
                    return side.servers()
                            .getFirst()
                            .query("asking for the version", "SELECT VERSION()")
                            .compose(version -> {
                                String text = version.iterator().next().getString(0);
                                mariaDb = text.toLowerCase(Locale.ROOT).contains("mariadb");
                                return source.open(table -> saved(checkpoints, table));
                            });
                });
    }

    private Side target() {
        if (target == null) {
            throw new IllegalStateException("not opened");
        }
        return target;
    }

    private Future<List<SavedShard>> saved(Server checkpoints, String table) {
        String sql = "SELECT `keyspace`, `shard`, `state`, `position` FROM `tributary_checkpoint` WHERE `pipeline` = "
                + literal(settings.pipeline()) + " AND `shard` <> '' AND `source_table` = ''"
                + (table.isEmpty() ? "" : " AND `keyspace` = " + literal(table));
        return checkpoints
                .query("reading the checkpoints", sql)
                .map(rows -> {
                    List<SavedShard> shards = new ArrayList<>();
                    for (Row row : rows) {
                        shards.add(new SavedShard(
                                row.getString(0), row.getString(1), row.getString(2), row.getString(3), Set.of()));
                    }
                    return shards;
                })
                .recover(failure ->
                        isMissing(failure) ? Future.succeededFuture(List.of()) : Future.failedFuture(failure));
    }

    private static boolean isMissing(Throwable failure) {
        return failure instanceof MySQLException error
                ? error.getErrorCode() == NO_SUCH_TABLE
                : String.valueOf(failure.getMessage()).contains("MySQL error " + NO_SUCH_TABLE);
    }

    private static String literal(String text) {
        return "_utf8mb4 X'" + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)) + "'";
    }

    @Override
    public Future<Found> find(String name) {
        TableInfo there = target().tableAlike(settings.table().orElse(name));
        if (there == null) {
            return unlike(name, settings.table().orElse(name), List.of("missing at the target"));
        }
        List<String> problems = new ArrayList<>(target().disagreements(there.name()));
        if (!problems.isEmpty()) {
            return unlike(name, there.name(), problems);
        }
        boolean whole = source.selection().documents();
        ItemTable table = source.table(name);
        List<String> key = source.key(name);
        if (there.key().size() != key.size() || !there.key().containsAll(key)) {
            return unlike(name, there.name(), List.of("not both sides have the key " + String.join(", ", key)));
        }
        String last = whole ? ItemColumns.WHOLE : ItemColumns.REST;
        if (there.column(last) == null) {
            problems.add("column " + last + " is missing at the target");
            if (whole) {
                return unlike(name, there.name(), problems);
            }
        }
        ItemColumns columns =
                new ItemColumns(there, table.key(), whole, source.selection().plainDocuments(), mariaDb);
        return Future.succeededFuture(new Found.Comparable(new ItemPair(
                name,
                there.name(),
                problems,
                source.key(name),
                source.end(name),
                new SqlItems(target(), columns),
                source.likely())));
    }

    private static Future<Found> unlike(String name, String target, List<String> problems) {
        return Future.succeededFuture(new Found.Unlike(TableReport.of(name, target, problems)));
    }

    @Override
    public Future<Void> caughtUp(String table) {
        return source.caughtUp(table);
    }

    @Override
    public String words() {
        return source.words();
    }

    /** Of the target's other tables the source's URL says nothing. */
    @Override
    public Future<Collection<String>> onlyAtTheTarget() {
        return Future.succeededFuture(List.of());
    }

    @Override
    public String costs() {
        return ItemDiff.units("source", source.service());
    }

    @Override
    public long sourceNanos() {
        return source.service().nanos();
    }

    @Override
    public long targetNanos() {
        return target == null ? 0 : target.nanos();
    }

    @Override
    public Future<Void> close() {
        return Future.join(source.service().close(), ends.close()).mapEmpty();
    }
}
