package dev.tributary.diff.dynamodb;

import dev.tributary.diff.item.Item;
import dev.tributary.diff.item.Value;
import dev.tributary.dynamodb.DynamoDbFailures;
import dev.tributary.dynamodb.ReadCapacity;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/** A table of DynamoDB, its items as a comparison sees them. Used on the comparison's context alone. */
public final class ItemTable {
    /** Of one request. */
    private static final int MOST_KEYS = 100;

    private static final long UNPROCESSED_PAUSE_MILLIS = 50;

    private final Service service;
    private final String name;
    private final List<KeyAttribute> key;
    private final String identity;
    private final long estimate;
    private final boolean consistent;
    private final ReadCapacity capacity;

    /**
     * An attribute of the key.
     *
     * @param type {@code S}, {@code N} or {@code B}
     */
    public record KeyAttribute(String name, String type) {
        @Override
        public String toString() {
            return name + " (" + type + ")";
        }
    }

    private ItemTable(
            Service service, String name, TableDescription described, boolean consistent, ReadCapacity capacity) {
        this.service = service;
        this.name = name;
        this.key = key(described);
        this.identity = service.identity(described.tableArn());
        this.estimate = described.itemCount() == null ? 0 : described.itemCount();
        this.consistent = consistent;
        this.capacity = capacity;
    }

    /**
     * Looks a table up; empty if there is none.
     *
     * @param consistent whether scans are consistent, for twice the capacity; what is read by key always is
     * @param unitsPerSecond read capacity units that it takes at most, on average; 0 for no limit
     */
    public static Future<Optional<ItemTable>> find(
            Service service, String name, boolean consistent, int unitsPerSecond) {
        return service.ask(
                        "describing table " + name,
                        () -> service.tables().describeTable(request -> request.tableName(name)))
                .map(answer -> Optional.of(new ItemTable(
                        service, name, answer.table(), consistent, new ReadCapacity(unitsPerSecond, System::nanoTime))))
                .recover(failure -> DynamoDbFailures.isMissing(failure)
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(failure));
    }

    private static List<KeyAttribute> key(TableDescription table) {
        List<KeyAttribute> key = new ArrayList<>();
        for (KeyType part : List.of(KeyType.HASH, KeyType.RANGE)) {
            for (KeySchemaElement element : table.keySchema()) {
                if (element.keyType() == part) {
                    String type = table.attributeDefinitions().stream()
                            .filter(definition -> definition.attributeName().equals(element.attributeName()))
                            .map(definition -> definition.attributeTypeAsString())
                            .findFirst()
                            .orElse("");
                    key.add(new KeyAttribute(element.attributeName(), type));
                }
            }
        }
        return List.copyOf(key);
    }

    public String name() {
        return name;
    }

    /** What it is called everywhere. */
    public String identity() {
        return identity;
    }

    /** How many items there are, by the service's own count, which is some hours old. */
    public long estimate() {
        return estimate;
    }

    /** The attribute that items are spread by, and the one that they are sorted by, if there is one. */
    public List<KeyAttribute> key() {
        return key;
    }

    /**
     * Reads every item once, except those that are written or deleted meanwhile.
     *
     * @param segments parts of the table that are read at a time
     */
    public Future<Void> scan(int segments, Consumer<Item> items) {
        return Future.all(IntStream.range(0, segments)
                        .mapToObj(segment -> {
                            Promise<Void> promise = Promise.promise();
                            page(segment, segments, Map.of(), items, promise);
                            return promise.future();
                        })
                        .toList())
                .mapEmpty();
    }

    /** Page after page; a table may have millions. */
    private void page(
            int segment, int segments, Map<String, AttributeValue> from, Consumer<Item> items, Promise<Void> promise) {
        paid().compose(v -> service.ask(
                        "scanning table " + name,
                        () -> service.tables()
                                .scan(request -> request.tableName(name)
                                        .segment(segment)
                                        .totalSegments(segments)
                                        .consistentRead(consistent)
                                        .exclusiveStartKey(from.isEmpty() ? null : from)
                                        .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL))))
                .map((ScanResponse page) -> {
                    take(page.consumedCapacity());
                    page.items().forEach(item -> items.accept(item(item)));
                    return page.hasLastEvaluatedKey() ? page.lastEvaluatedKey() : Map.<String, AttributeValue>of();
                })
                .onSuccess(next -> {
                    if (next.isEmpty()) {
                        promise.complete();
                    } else {
                        page(segment, segments, next, items, promise);
                    }
                })
                .onFailure(promise::fail);
    }

    private Future<Void> paid() {
        long wait = capacity.waitMillis();
        return wait == 0 ? Future.succeededFuture() : pause(wait).compose(v -> paid());
    }

    private Future<Void> pause(long millis) {
        Promise<Void> promise = Promise.promise();
        service.vertx().setTimer(millis, id -> promise.complete());
        return promise.future();
    }

    private void take(@Nullable ConsumedCapacity consumed) {
        if (consumed != null && consumed.capacityUnits() != null) {
            capacity.take(consumed.capacityUnits());
            service.took(consumed.capacityUnits());
        }
    }

    private Item item(Map<String, AttributeValue> item) {
        SortedMap<String, Value> attributes = Attributes.of(item);
        return new Item(
                key.stream()
                        .map(attribute -> Objects.requireNonNull(attributes.get(attribute.name())))
                        .toList(),
                attributes);
    }

    /** Reads items by their keys, consistently; those that are not there are left out. No more than 100. */
    public Future<Map<List<Value>, Item>> read(Collection<List<Value>> keys) {
        List<Map<String, AttributeValue>> wanted = keys.stream()
                .flatMap(values -> Attributes.key(key, values).stream())
                .toList();
        if (keys.size() > MOST_KEYS) {
            return Future.failedFuture(new IllegalArgumentException(keys.size() + " keys"));
        }
        return wanted.isEmpty() ? Future.succeededFuture(Map.of()) : read(wanted, new HashMap<>());
    }

    private Future<Map<List<Value>, Item>> read(
            List<Map<String, AttributeValue>> wanted, Map<List<Value>, Item> found) {
        return paid().compose(v -> service.ask(
                        "reading items of table " + name,
                        () -> service.tables()
                                .batchGetItem(request -> request.returnConsumedCapacity(ReturnConsumedCapacity.TOTAL)
                                        .requestItems(Map.of(
                                                name,
                                                KeysAndAttributes.builder()
                                                        .keys(wanted)
                                                        .consistentRead(true)
                                                        .build())))))
                .compose((BatchGetItemResponse answer) -> {
                    answer.consumedCapacity().forEach(this::take);
                    for (Map<String, AttributeValue> attributes :
                            answer.responses().getOrDefault(name, List.of())) {
                        Item item = item(attributes);
                        found.put(item.key(), item);
                    }
                    KeysAndAttributes left = answer.unprocessedKeys().get(name);
                    return left == null || left.keys().isEmpty()
                            ? Future.succeededFuture(found)
                            : pause(UNPROCESSED_PAUSE_MILLIS).compose(v -> read(left.keys(), found));
                });
    }
}
