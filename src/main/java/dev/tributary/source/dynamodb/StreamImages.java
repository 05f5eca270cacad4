package dev.tributary.source.dynamodb;

import dev.tributary.record.ChangeRecord;
import dev.tributary.record.Operation;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.OperationType;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.StreamRecord;

/**
 * Makes changes of a stream's records. Streams that tell keys or old images only do not say what an item is now: it is read, as it is
 * by then, which is that change or a later one; an item that is gone by then is deleted.
 */
record StreamImages(TableCatalog catalog, ItemRows rows) {
    /** The service takes no more keys at once. */
    private static final int MOST_KEYS = 100;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LAST_PAUSE = Duration.ofSeconds(5);

    /** Whether a record tells less than its change. */
    static boolean isBare(Record record) {
        return record.eventName() != OperationType.REMOVE && !record.dynamodb().hasNewImage();
    }

    /** The change that a record tells, with what was read of those that are bare. */
    ChangeRecord of(Record record, Map<Map<String, AttributeValue>, Map<String, AttributeValue>> read) {
        StreamRecord told = record.dynamodb();
        Map<String, AttributeValue> before = told.hasOldImage() ? told.oldImage() : told.keys();
        Map<String, AttributeValue> after = told.hasNewImage() ? told.newImage() : read.get(told.keys());
        if (record.eventName() == OperationType.REMOVE || after == null) {
            return rows.record(Operation.DELETE, before, null);
        }
        return record.eventName() == OperationType.INSERT
                ? rows.record(Operation.CREATE, null, after)
                : rows.record(Operation.UPDATE, before, after);
    }

    /** Reads the items of those that are bare. */
    Uni<Map<Map<String, AttributeValue>, Map<String, AttributeValue>>> read(List<Record> records) {
        Set<Map<String, AttributeValue>> keys = new LinkedHashSet<>();
        records.stream()
                .filter(StreamImages::isBare)
                .forEach(record -> keys.add(record.dynamodb().keys()));
        return read(new ArrayList<>(keys), new HashMap<>(), FIRST_PAUSE);
    }

    private Uni<Map<Map<String, AttributeValue>, Map<String, AttributeValue>>> read(
            List<Map<String, AttributeValue>> keys,
            Map<Map<String, AttributeValue>, Map<String, AttributeValue>> found,
            Duration pause) {
        if (keys.isEmpty()) {
            return Uni.createFrom().item(found);
        }
        String table = rows.table().id().name();
        List<Map<String, AttributeValue>> some = List.copyOf(keys.subList(0, Math.min(MOST_KEYS, keys.size())));
        return catalog.ask(
                        "reading items of table " + table,
                        () -> catalog.clients()
                                .tables()
                                .batchGetItem(request -> request.requestItems(Map.of(
                                        table,
                                        KeysAndAttributes.builder()
                                                .consistentRead(true)
                                                .keys(some)
                                                .build()))))
                .flatMap(answer -> {
                    answer.responses().getOrDefault(table, List.of()).forEach(item -> found.put(keyOf(item), item));
                    List<Map<String, AttributeValue>> left = new ArrayList<>(keys.subList(some.size(), keys.size()));
                    List<Map<String, AttributeValue>> refused = unprocessed(answer, table);
                    left.addAll(refused);
                    if (refused.isEmpty()) {
                        return read(left, found, FIRST_PAUSE);
                    }
                    Duration longer = pause.multipliedBy(2);
                    return Uni.createFrom()
                            .voidItem()
                            .onItem()
                            .delayIt()
                            .by(pause)
                            .chain(() -> read(left, found, longer.compareTo(LAST_PAUSE) < 0 ? longer : LAST_PAUSE));
                });
    }

    private static List<Map<String, AttributeValue>> unprocessed(BatchGetItemResponse answer, String table) {
        @Nullable KeysAndAttributes left = answer.unprocessedKeys().get(table);
        return left == null ? List.of() : left.keys();
    }

    private Map<String, AttributeValue> keyOf(Map<String, AttributeValue> item) {
        Map<String, AttributeValue> key = new HashMap<>();
        for (String name : rows.table().keyNames()) {
            AttributeValue value = item.get(name);
            if (value != null) {
                key.put(name, value);
            }
        }
        return key;
    }
}
