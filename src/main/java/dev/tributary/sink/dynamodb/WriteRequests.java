package dev.tributary.sink.dynamodb;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** Writes as requests of the service. */
final class WriteRequests {
    /** Of a request. */
    private static final int MOST_WRITES = 25;
    /** Of an update: an expression has no more than 300 operators and 4 KB. */
    private static final int MOST_ATTRIBUTES = 100;

    private WriteRequests() {}

    /** Puts and deletes, as many in each as it takes; every update by itself, or in pieces. Of different keys. */
    static List<List<ItemWrite>> split(Collection<ItemWrite> writes) {
        List<List<ItemWrite>> requests = new ArrayList<>();
        List<ItemWrite> open = new ArrayList<>();
        for (ItemWrite write : writes) {
            if (write instanceof ItemWrite.Update update) {
                update.pieces(MOST_ATTRIBUTES).forEach(piece -> requests.add(List.of(piece)));
                continue;
            }
            open.add(write);
            // so many items of the largest size are less than the 16 MB of a request
            if (open.size() == MOST_WRITES) {
                requests.add(open);
                open = new ArrayList<>();
            }
        }
        if (!open.isEmpty()) {
            requests.add(open);
        }
        return requests;
    }

    static BatchWriteItemRequest batch(Collection<ItemWrite> writes) {
        return unprocessed(writes.stream()
                .collect(Collectors.groupingBy(
                        write -> write.key().table(), Collectors.mapping(WriteRequests::one, Collectors.toList()))));
    }

    /** The same for what the service has given back. */
    static BatchWriteItemRequest unprocessed(Map<String, List<WriteRequest>> writes) {
        return BatchWriteItemRequest.builder().requestItems(writes).build();
    }

    static int count(Map<String, List<WriteRequest>> writes) {
        return writes.values().stream().mapToInt(List::size).sum();
    }

    private static WriteRequest one(ItemWrite write) {
        return switch (write) {
            case ItemWrite.Put put ->
                WriteRequest.builder()
                        .putRequest(request -> request.item(put.item()))
                        .build();
            case ItemWrite.Delete delete ->
                WriteRequest.builder()
                        .deleteRequest(request -> request.key(delete.key().values()))
                        .build();
            case ItemWrite.Update update -> throw new IllegalArgumentException("an update goes by itself");
        };
    }

    /** An item that is not there stays so: its later changes tell what became of it. */
    static UpdateItemRequest update(ItemWrite.Update update) {
        Map<String, String> names = new HashMap<>();
        Map<String, AttributeValue> values = new HashMap<>();
        List<String> set = new ArrayList<>();
        List<String> remove = new ArrayList<>();
        update.values().forEach((name, value) -> {
            int n = names.size();
            names.put("#n" + n, name);
            values.put(":v" + n, value);
            set.add("#n" + n + " = :v" + n);
        });
        for (String name : update.removed()) {
            int n = names.size();
            names.put("#n" + n, name);
            remove.add("#n" + n);
        }
        String partition = update.key().values().keySet().iterator().next();
        names.put("#key", partition);
        String expression = (set.isEmpty() ? "" : "SET " + String.join(", ", set))
                + (remove.isEmpty() ? "" : " REMOVE " + String.join(", ", remove));
        UpdateItemRequest.Builder request = UpdateItemRequest.builder()
                .tableName(update.key().table())
                .key(update.key().values())
                .conditionExpression("attribute_exists(#key)")
                .expressionAttributeNames(names);
        if (!expression.isBlank()) {
            request.updateExpression(expression.strip());
        }
        if (!values.isEmpty()) {
            request.expressionAttributeValues(values);
        }
        return request.build();
    }
}
