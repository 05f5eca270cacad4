package dev.tributary.diff;

import dev.tributary.config.Settings;
import dev.tributary.diff.dynamodb.SavedEntries;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;

/** Tables of DynamoDB, and those of one that they are carried into as they are. */
final class DynamoToDynamo implements ItemPairs {
    private final DynamoTarget target;
    private final DynamoSource source;

    DynamoToDynamo(Vertx vertx, Settings settings, DiffOptions options) {
        this.target = new DynamoTarget(vertx, settings, options);
        this.source = new DynamoSource(vertx, settings, options, true);
    }

    @Override
    public Future<List<String>> open() {
        SavedEntries saved = target.saved(false);
        return source.open(saved::shards)
                .compose(names -> Future.all(names.stream()
                                .map(name -> target.verifyOther(source.table(name)))
                                .toList())
                        .map(names));
    }

    @Override
    public Future<Found> find(String name) {
        return target.find(name).map(found -> {
            if (found.isEmpty()) {
                return new Found.Unlike(TableReport.of(name, target.name(name), List.of("missing at the target")));
            }
            List<String> otherKey =
                    DynamoTarget.otherKey(found.get(), source.table(name).key());
            return otherKey.isEmpty()
                    ? new Found.Comparable(new ItemPair(
                            name,
                            target.name(name),
                            List.of(),
                            source.key(name),
                            source.end(name),
                            target.end(found.get(), UnaryOperator.identity()),
                            UnaryOperator.identity()))
                    : new Found.Unlike(TableReport.of(name, target.name(name), otherKey));
        });
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
        return ItemDiff.units("source", source.service()) + ItemDiff.units("target", target.service());
    }

    @Override
    public long sourceNanos() {
        return source.service().nanos();
    }

    @Override
    public long targetNanos() {
        return target.service().nanos();
    }

    @Override
    public Future<Void> close() {
        return Future.join(source.service().close(), target.service().close()).mapEmpty();
    }
}
