package dev.tributary.source.dynamodb;

import dev.tributary.dynamodb.DynamoDbFailures;
import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import dev.tributary.record.ShardId;
import dev.tributary.source.dynamodb.TableFacts.StreamName;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;

/** Describes tables and enables streams. */
record TableCatalog(DynamoDbAddress address, DynamoDbClients clients) {
    private static final Logger LOG = Logger.getLogger(TableCatalog.class);
    private static final Duration ASKING = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    <T> Uni<T> ask(String what, Supplier<CompletionStage<T>> request) {
        return Uni.createFrom()
                .completionStage(request)
                .onFailure()
                .transform(failure -> DynamoDbFailures.of(address.service(), what, failure));
    }

    Uni<TableFacts> table(String name) {
        return ask("describing table " + name, () -> clients.tables().describeTable(request -> request.tableName(name)))
                .map(answer -> {
                    TableStatus status = answer.table().tableStatus();
                    if (status != TableStatus.ACTIVE && status != TableStatus.UPDATING) {
                        throw new PipelineException(
                                Kind.TRANSIENT, "table " + name + " can't be read now, it is " + status);
                    }
                    return TableFacts.of(answer.table());
                });
    }

    Uni<List<TableFacts>> tables() {
        return Uni.join()
                .all(address.tables().stream().map(this::table).toList())
                .andFailFast();
    }

    /** The table's stream, which is enabled if it has none and that is wanted. */
    Uni<StreamName> stream(String table) {
        return table(table).flatMap(facts -> {
            if (facts.streams()) {
                return Uni.createFrom().item(facts.stream().orElseThrow());
            }
            verifyMayEnable(facts);
            LOG.infof("table %s has no stream: it is enabled, with new and old images", table);
            return ask(
                            "enabling the stream of table " + table,
                            () -> clients.tables()
                                    .updateTable(request -> request.tableName(table)
                                            .streamSpecification(stream -> stream.streamEnabled(true)
                                                    .streamViewType(StreamViewType.NEW_AND_OLD_IMAGES))))
                    .chain(() -> enabled(table));
        });
    }

    /** Fails as SETTING if there is no stream and none is to be enabled. */
    void verifyMayEnable(TableFacts facts) {
        if (!facts.streams() && !address.enableStream()) {
            throw address.url()
                    .wrong("table '" + facts.id().name()
                            + "' has no stream: enable it (new and old images), or allow it"
                            + " with parameter enable_stream=true; if the pipeline has begun, it was disabled since, and changes"
                            + " are lost: " + LostStream.WHAT_TO_DO);
        }
    }

    /**
     * Fails as LOST unless changes of a shard's table still come into this stream. One request, as long as they do: only if the
     * table is described otherwise the stream itself is asked, as what is told of a table may be a moment old. One that is not found is
     * lost if the table names another or none.
     *
     * @param label the stream's
     */
    Uni<Void> verifyEnabled(ShardId shard, String label) {
        return table(shard.keyspace()).flatMap(table -> {
            boolean same = table.streams()
                    && table.stream().filter(of -> of.label().equals(label)).isPresent();
            return same ? Uni.createFrom().voidItem() : verifyStream(shard, table, table.streamOf(label));
        });
    }

    private Uni<Void> verifyStream(ShardId shard, TableFacts table, StreamName stream) {
        boolean another = table.stream()
                .filter(named -> named.label().equals(stream.label()))
                .isEmpty();
        return Uni.createFrom()
                .completionStage(() -> clients.streams()
                        .describeStream(
                                request -> request.streamArn(stream.arn()).limit(1)))
                .map(answer -> StreamShards.isEnabled(answer.streamDescription().streamStatus()))
                .onFailure(failure -> another && DynamoDbFailures.isMissing(failure))
                .recoverWithItem(false)
                .onFailure(DynamoDbFailures::isMissing)
                .transform(missing -> new PipelineException(
                        Kind.TRANSIENT,
                        shard + ": the table's stream " + stream.label()
                                + " is not found, though the table names no other; it is asked for again",
                        missing))
                .onFailure()
                .transform(failure -> DynamoDbFailures.of(
                        address.service(), "describing the stream of table " + shard.keyspace(), failure))
                .invoke(enabled -> {
                    if (!enabled) {
                        throw LostStream.disabled(shard, stream.label());
                    }
                })
                .replaceWithVoid();
    }

    private Uni<StreamName> enabled(String table) {
        return table(table)
                .flatMap(facts -> clientsSee(facts))
                .onFailure()
                .retry()
                .withBackOff(ASKING, ASKING.multipliedBy(4))
                .expireIn(PATIENCE.toMillis());
    }

    private Uni<StreamName> clientsSee(TableFacts facts) {
        StreamName stream = facts.stream()
                .filter(named -> facts.streams())
                .orElseThrow(() -> new PipelineException(
                        Kind.TRANSIENT, "the stream of table " + facts.id().name() + " is not enabled yet"));
        return ask(
                        "describing the stream of table " + facts.id().name(),
                        () -> clients.streams().describeStream(request -> request.streamArn(stream.arn())))
                .map(described -> {
                    if (described.streamDescription().shards().isEmpty()) {
                        throw new PipelineException(
                                Kind.TRANSIENT,
                                "the stream of table " + facts.id().name() + " has no shards yet");
                    }
                    return stream;
                });
    }
}
