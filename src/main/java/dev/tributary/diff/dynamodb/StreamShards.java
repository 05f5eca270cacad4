package dev.tributary.diff.dynamodb;

import dev.tributary.record.PipelineException;
import dev.tributary.record.PipelineException.Kind;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.Shard;

/**
 * The shards of a table's stream, as they are listed now.
 *
 * @param parents of each shard the one that it follows; null where there is none
 */
public record StreamShards(Map<String, @Nullable String> parents) {
    /** Lists them. */
    public static Future<StreamShards> list(Service service, String table) {
        return service.ask(
                        "describing table " + table,
                        () -> service.tables().describeTable(request -> request.tableName(table)))
                .compose(answer -> {
                    String stream = answer.table().latestStreamArn();
                    return stream == null
                            ? Future.failedFuture(new PipelineException(
                                    Kind.FATAL, "table " + table + " has no stream any more, which is followed"))
                            : page(service, table, stream, null, new HashMap<>());
                });
    }

    private static Future<StreamShards> page(
            Service service,
            String table,
            String stream,
            @Nullable String from,
            Map<String, @Nullable String> parents) {
        return service.ask(
                        "listing the shards of the stream of table " + table,
                        () -> service.streams()
                                .describeStream(
                                        request -> request.streamArn(stream).exclusiveStartShardId(from)))
                .compose(answer -> {
                    for (Shard shard : answer.streamDescription().shards()) {
                        parents.put(shard.shardId(), shard.parentShardId());
                    }
                    String next = answer.streamDescription().lastEvaluatedShardId();
                    return next == null
                            ? Future.succeededFuture(new StreamShards(parents))
                            : page(service, table, stream, next, parents);
                });
    }

    /** One that is neither known nor older than one that is: its changes are nobody's yet. */
    public Optional<String> unknown(Collection<String> known) {
        Set<String> older = new HashSet<>(known);
        for (String shard : known) {
            for (String parent = parents.get(shard); parent != null && older.add(parent); ) {
                parent = parents.get(parent);
            }
        }
        return parents.keySet().stream()
                .filter(shard -> !older.contains(shard))
                .sorted()
                .findFirst();
    }
}
