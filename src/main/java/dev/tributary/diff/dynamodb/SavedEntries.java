package dev.tributary.diff.dynamodb;

import dev.tributary.dynamodb.DynamoDbFailures;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What a pipeline has saved in the checkpoint table of a DynamoDB: an entry by which a shard is found, which tells all of one that is
 * closed, and in the shard's own group one of its changes and one of each part. Used on the comparison's context alone.
 */
public final class SavedEntries {
    private static final String TABLE = "tributary_checkpoint";
    private static final String SHARD = "shard ";
    private static final String CHANGES = "changes";
    private static final String PART = "part ";

    private final Service service;
    private final String table;
    private final String pipeline;
    private final boolean parts;

    /**
     * @param prefix of the target's tables
     * @param parts whether tables that are still copied are to be told: there is an entry of each of their parts
     */
    public SavedEntries(Service service, String prefix, String pipeline, boolean parts) {
        this.service = service;
        this.table = prefix + TABLE;
        this.pipeline = pipeline;
        this.parts = parts;
    }

    /** Every shard of a keyspace, or of all where that is empty; none where no pipeline of that name has been. */
    public Future<List<SavedShard>> shards(String keyspace) {
        return query(escaped(pipeline), keyspace.isEmpty() ? SHARD : SHARD + escaped(keyspace) + "/")
                .compose(this::shards)
                .recover(failure -> DynamoDbFailures.isMissing(failure)
                        ? Future.succeededFuture(List.of())
                        : Future.failedFuture(failure));
    }

    private Future<List<SavedShard>> shards(List<Map<String, AttributeValue>> known) {
        List<SavedShard> found = new ArrayList<>();
        List<Future<Void>> others = new ArrayList<>();
        for (Map<String, AttributeValue> entry : known) {
            if (text(entry, "state").equals("closed")) {
                found.add(shard(entry, Set.of()));
            } else {
                others.add(group(entry, found));
            }
        }
        return Future.all(others).map(found);
    }

    private Future<Void> group(Map<String, AttributeValue> entry, List<SavedShard> found) {
        String group = escaped(pipeline) + "/" + escaped(text(entry, "keyspace")) + "/" + escaped(text(entry, "shard"));
        // its changes first: a table that is copied after that was copied before
        return query(group, CHANGES)
                .compose(changes -> parts(group).map(all -> {
                    Set<String> copying = new HashSet<>();
                    for (Map<String, AttributeValue> part : all) {
                        if (!flag(part, "copied") || flag(part, "late")) {
                            copying.add(text(part, "table"));
                        }
                    }
                    changes.forEach(head -> found.add(shard(head, copying)));
                    return null;
                }));
    }

    private Future<List<Map<String, AttributeValue>>> parts(String group) {
        return parts ? query(group, PART) : Future.succeededFuture(List.of());
    }

    private static SavedShard shard(Map<String, AttributeValue> entry, Set<String> copying) {
        return new SavedShard(
                text(entry, "keyspace"),
                text(entry, "shard"),
                text(entry, "state"),
                entry.containsKey("position") ? text(entry, "position") : null,
                copying);
    }

    private Future<List<Map<String, AttributeValue>>> query(String group, String beginning) {
        return page(group, beginning, Map.of(), new ArrayList<>());
    }

    private Future<List<Map<String, AttributeValue>>> page(
            String group, String beginning, Map<String, AttributeValue> from, List<Map<String, AttributeValue>> found) {
        return service.ask(
                        "reading table " + table,
                        () -> service.tables()
                                .query(request -> request.tableName(table)
                                        .consistentRead(true)
                                        .keyConditionExpression("#g = :g AND begins_with(#e, :e)")
                                        .expressionAttributeNames(Map.of("#g", "stream", "#e", "entry"))
                                        .expressionAttributeValues(Map.of(
                                                ":g",
                                                AttributeValue.fromS(group),
                                                ":e",
                                                AttributeValue.fromS(beginning)))
                                        .exclusiveStartKey(from.isEmpty() ? null : from)))
                .compose(answer -> {
                    found.addAll(answer.items());
                    return answer.hasLastEvaluatedKey()
                                    && !answer.lastEvaluatedKey().isEmpty()
                            ? page(group, beginning, answer.lastEvaluatedKey(), found)
                            : Future.succeededFuture(found);
                });
    }

    private static String text(Map<String, AttributeValue> entry, String name) {
        AttributeValue value = entry.get(name);
        return value == null || value.s() == null ? "" : value.s();
    }

    private static boolean flag(Map<String, AttributeValue> entry, String name) {
        AttributeValue value = entry.get(name);
        return value != null && Boolean.TRUE.equals(value.bool());
    }

    private static String escaped(String name) {
        return name.replace("%", "%25").replace("/", "%2F");
    }
}
