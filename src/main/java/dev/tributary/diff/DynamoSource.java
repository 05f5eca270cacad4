package dev.tributary.diff;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings;
import dev.tributary.diff.dynamodb.ItemTable;
import dev.tributary.diff.dynamodb.SavedShard;
import dev.tributary.diff.dynamodb.Service;
import dev.tributary.diff.item.PlainDocument;
import dev.tributary.diff.item.Value;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.source.dynamodb.ItemSelection;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Tables of DynamoDB that are carried. Used on the comparison's context alone. */
final class DynamoSource {
    private final Vertx vertx;
    private final Settings settings;
    private final DiffOptions options;
    private final ItemSelection selection;
    private final Service service;
    private final Map<String, ItemTable> tables = new HashMap<>();
    private @Nullable StreamMoments moments;

    /** @param asItems whether the target is a DynamoDB, too */
    DynamoSource(Vertx vertx, Settings settings, DiffOptions options, boolean asItems) {
        this.vertx = vertx;
        this.settings = settings;
        this.options = options;
        ConnectionUrl url = ConnectionUrl.ofSource(settings);
        this.selection = ItemSelection.of(url, asItems);
        if (!options.keyspace().isEmpty()) {
            throw new PipelineException(
                    Kind.SETTING, "--keyspace: a DynamoDB has none; the tables to compare are --tables");
        }
        this.service = new Service(vertx, selection.service());
    }

    ItemSelection selection() {
        return selection;
    }

    Service service() {
        return service;
    }

    /** @param saved reads what the pipeline has saved of a table's shards; of all tables' where its name is empty */
    Future<List<String>> open(Function<String, Future<List<SavedShard>>> saved) {
        return Future.all(selection.tables().stream().map(this::find).toList())
                .compose(found -> StreamMoments.find(vertx, service, saved, settings.pipeline(), options.patience()))
                .map(found -> {
                    moments = found;
                    return selection.tables();
                });
    }

    private Future<ItemTable> find(String name) {
        return ItemTable.find(service, name, selection.consistent(), selection.readCapacity())
                .map(found -> {
                    ItemTable table = found.orElseThrow(() -> selection
                            .service()
                            .url()
                            .wrong("there is no table '" + name + "' in " + selection.service()));
                    tables.put(name, table);
                    return table;
                });
    }

    /** One that was found. */
    ItemTable table(String name) {
        ItemTable table = tables.get(name);
        if (table == null) {
            throw new IllegalArgumentException(name);
        }
        return table;
    }

    ItemEnd end(String name) {
        return new DynamoItems(table(name), options.parallel(), UnaryOperator.identity());
    }

    List<String> key(String name) {
        return table(name).key().stream().map(ItemTable.KeyAttribute::name).toList();
    }

    /** What its values are most likely found as in columns. */
    UnaryOperator<Value> likely() {
        if (!selection.plainDocuments()) {
            return UnaryOperator.identity();
        }
        boolean whole = selection.documents();
        return value -> whole || value.isDocument() ? new Value.Plain(PlainDocument.likely(value), whole) : value;
    }

    private StreamMoments moments() {
        if (moments == null) {
            throw new IllegalStateException("not opened");
        }
        return moments;
    }

    Future<Void> caughtUp(String table) {
        return moments().caughtUp(table);
    }

    String words() {
        return moments().words();
    }
}
