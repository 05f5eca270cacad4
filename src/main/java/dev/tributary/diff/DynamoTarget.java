package dev.tributary.diff;

import dev.tributary.config.ConnectionUrl;
import dev.tributary.config.Settings;
import dev.tributary.diff.dynamodb.ItemTable;
import dev.tributary.diff.dynamodb.SavedEntries;
import dev.tributary.diff.dynamodb.Service;
import dev.tributary.diff.item.Item;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.sink.dynamodb.TargetAddress;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Tables of DynamoDB that are written. Used on the comparison's context alone. */
final class DynamoTarget {
    private final Settings settings;
    private final DiffOptions options;
    private final TargetAddress address;
    private final Service service;

    DynamoTarget(Vertx vertx, Settings settings, DiffOptions options) {
        if (settings.keyColumns().filter(keys -> !keys.isBlank()).isPresent()) {
            throw new PipelineException(
                    Kind.SETTING, "TRIBUTARY_KEY_COLUMNS: into DynamoDB rows go by the source's own key alone");
        }
        this.settings = settings;
        this.options = options;
        this.address = TargetAddress.of(ConnectionUrl.ofSink(settings));
        this.service = new Service(vertx, address.service());
    }

    TargetAddress address() {
        return address;
    }

    Service service() {
        return service;
    }

    /** @param parts whether the pipeline copies tables in parts that it saves */
    SavedEntries saved(boolean parts) {
        return new SavedEntries(service, address.prefix(), settings.pipeline(), parts);
    }

    /** The name of the table that one of the source's is carried into. */
    String name(String source) {
        return address.prefix() + settings.table().orElse(source);
    }

    /** Fails where it would be the source's own. */
    Future<Void> verifyOther(ItemTable source) {
        if (!name(source.name()).equals(source.name())) {
            return Future.succeededFuture();
        }
        // what else is wrong with it is told of that table alone
        return find(source.name()).otherwise(Optional.empty()).map(found -> {
            if (found.isPresent() && found.get().identity().equals(source.identity())) {
                throw address.service()
                        .url()
                        .wrong("table '" + source.name() + "' is the source's own, which would be compared with itself:"
                                + " set another region, or a prefix (dynamodb://region/prefix)");
            }
            return null;
        });
    }

    Future<Optional<ItemTable>> find(String source) {
        return ItemTable.find(service, name(source), true, 0);
    }

    /** @param form what an item is compared as */
    ItemEnd end(ItemTable table, UnaryOperator<Item> form) {
        return new DynamoItems(table, options.parallel(), form);
    }

    /** What is to be said of a table whose key is not the one that its items have to have; empty if it is. */
    static List<String> otherKey(ItemTable table, List<ItemTable.KeyAttribute> wanted) {
        return table.key().equals(wanted)
                ? List.of()
                : List.of("its key is " + words(table.key()) + " at the target, and has to be " + words(wanted));
    }

    private static String words(List<ItemTable.KeyAttribute> key) {
        return key.stream().map(ItemTable.KeyAttribute::toString).collect(Collectors.joining(", "));
    }

    /**
     * Tables behind the prefix that no table of the source is carried into; without a prefix they are nobody's business.
     *
     * @param selected whether a name that is not known would be carried
     */
    Future<Collection<String>> others(Collection<String> known, Predicate<String> selected) {
        if (address.prefix().isEmpty() || settings.table().isPresent()) {
            return Future.succeededFuture(List.of());
        }
        return service.tables(address.prefix()).map(names -> {
            Collection<String> others = new TreeSet<>();
            for (String name : names) {
                String bare = name.substring(address.prefix().length());
                if (!known.contains(bare) && !bare.startsWith("tributary_") && selected.test(bare)) {
                    others.add(name);
                }
            }
            return others;
        });
    }
}
